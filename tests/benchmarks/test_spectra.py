"""The benchmark of spectra: PLS from one fit is PLS, a history is read through the program, and ratios are those of errors."""

from itertools import product

import numpy as np
import polars as pl
import pytest
import spectra
from ours import OURS
from sklearn.cross_decomposition import PLSRegression
from spectral_histories import BATCHES, CHANNELS, histories


def test_pls__of_every_number_of_components_comes_from_one_fit() -> None:
    rng = np.random.default_rng(1)
    x, new = rng.normal(size=(40, 12)), rng.normal(size=(5, 12))
    x -= x.mean(axis=0)
    y = x[:, 0] + rng.normal(size=40) + 3
    for count, found in enumerate(spectra._paths(x, y, new, 4).T, start=1):
        assert found == pytest.approx(PLSRegression(count, scale=False).fit(x, y).predict(new).ravel())


def test_histories__have_their_spectra_raw_and_treated() -> None:
    made = next(histories(1, real=False))
    assert (made.raw.rows.height, made.treated.rows["nir"].null_count()) == (BATCHES, 0)
    assert made.raw.rows.schema["nir"] == pl.Array(pl.Float64, CHANNELS)
    assert made.treated.tasks["quality"].spectra == ("nir",)
    assert set(made.hidden) == {"largest scale", "batches", "products"}


def test_report__divides_by_the_better_of_ridge_and_pls() -> None:
    errors = {
        "training mean": 8.0,
        "ridge, declared pre-treatment": 2.0,
        "PLS, declared pre-treatment": 4.0,
        f"{OURS}, x": 1.0,
    }
    cells = [
        {
            "model": m,
            "seed": s,
            "history": "made",
            "protocol": "batches",
            "fold": 0,
            "batch_id": f"B{b}",
            "observed": float(b),
        }
        | {"predicted": b + e, "lower_90": 0.0, "upper_90": 1.0, "answered": True}
        for (m, e), s, b in product(errors.items(), (1, 2), range(4))
    ]
    ratios, sizes, inside, answered = spectra._report(pl.DataFrame(cells), [1, 2]).tables
    assert {row[0]: row[1:] for row in ratios.rows}[f"{OURS}, x"] == pytest.approx((0.5, 0.5, 0.5))
    assert {row[0]: row[1] for row in sizes.rows}["training mean"] == pytest.approx(8 / np.std(range(4), ddof=1))
    assert (inside.rows, answered.rows) == ([(f"{OURS}, x", 0.5)], [(f"{OURS}, x", 1.0)])
