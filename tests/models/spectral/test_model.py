"""The model that reads spectra: it finds what a dense linear model finds, explains it, and is saved."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.extrapolation.kinds import KINDS
from pipeline.forecasting.calibrated_model import fit_calibrated
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.base import far_spectra
from pipeline.models.blend.fitting import fit_super_learner
from pipeline.models.blend.model import SuperLearner
from pipeline.models.registry import CarryOver, GlobalMean, Task, fit_again, from_dict
from pipeline.models.spectral.model import FittedSpectral, Spectral, fit_spectral, spectral_from_dict
from tests.support.rows import batch_rows

TASK = Task("y", ("x", "log10_scale"), (), groups=("product", "lineage", "site"), spectra=("nir",))
POSITIONS = np.linspace(0, 1, 60)


def _rows(seed: int = 1) -> tuple[pl.DataFrame, FloatArray]:
    """Rows whose result follows the height of one of three overlapping peaks, and x."""
    rows = batch_rows(6)
    rng = np.random.default_rng(seed)
    heights = rng.uniform(0.5, 1.5, (rows.height, 3))
    peaks = np.exp(-0.5 * ((POSITIONS - np.array([[0.4], [0.5], [0.6]])) / 0.08) ** 2)
    spectra = heights @ peaks + 0.003 * rng.normal(size=(rows.height, len(POSITIONS)))
    y = 10 * heights[:, 1] + rows["x"].to_numpy() + 0.1 * rng.normal(size=rows.height)
    return rows.with_columns(nir=pl.Series(spectra, dtype=pl.Array(pl.Float64, len(POSITIONS)))), y


@pytest.fixture(scope="module")
def fitted() -> FittedSpectral:
    rows, y = _rows()
    return fit_spectral(Spectral(), rows[::2], y[::2], TASK)


def test_predict__finds_a_peak_among_overlapping_ones(fitted: FittedSpectral) -> None:
    rows, y = _rows()
    error = np.sqrt(np.mean((fitted.predict(rows[1::2]) - y[1::2]) ** 2))
    assert error < 0.15 * y.std()


def test_contributions__sum_to_the_prediction_with_one_share_per_spectrum(fitted: FittedSpectral) -> None:
    rows, _ = _rows()
    base, shares = fitted.contributions(rows)
    assert tuple(shares.columns) == fitted.reads
    assert base + shares.to_numpy().sum(axis=1) == pytest.approx(fitted.predict(rows))
    assert shares["nir"].std() > 3 * shares["log10_scale"].std()  # type: ignore[operator]


def test_predict__takes_a_missing_spectrum_as_the_mean_one(fitted: FittedSpectral) -> None:
    rows, _ = _rows()
    without = rows.with_columns(nir=pl.lit(None, dtype=rows.schema["nir"]))
    mean = pl.Series(np.tile(fitted.encoding.spectra["nir"].means, (rows.height, 1)), dtype=rows.schema["nir"])
    assert fitted.predict(without) == pytest.approx(fitted.predict(rows.with_columns(nir=mean)))


def test_saved__predicts_the_same(fitted: FittedSpectral) -> None:
    rows, _ = _rows()
    again = spectral_from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert again.predict(rows) == pytest.approx(fitted.predict(rows), rel=1e-12)


def test_fit__with_more_rows_than_it_holds_takes_an_even_sample() -> None:
    rows, y = _rows()
    assert len(fit_spectral(Spectral(most=40), rows, y, TASK).known_numbers) == 40


def test_fit__without_any_spectrum_or_number_is_a_model_of_the_groups() -> None:
    rows, y = _rows()
    bare = rows.with_columns(nir=pl.lit(None, dtype=rows.schema["nir"]))
    model = fit_spectral(Spectral(), bare, y, replace(TASK, numeric=()))
    assert set(model.reads) == {"product", "lineage", "site"}
    assert np.isfinite(model.predict(bare)).all()
    again = spectral_from_dict(model.to_dict())
    assert again.predict(bare) == pytest.approx(model.predict(bare))


BLEND = SuperLearner((GlobalMean(), CarryOver()), folds=2, prior=(0.4, 0.6))


def test_blend__has_the_member_only_where_a_task_has_a_spectrum() -> None:
    assert BLEND.for_task(replace(TASK, spectra=())) is BLEND
    with_spectra = BLEND.for_task(TASK)
    assert [member.kind for member in with_spectra.members] == ["global_mean", "carry_over", "spectral"]
    assert with_spectra.prior == pytest.approx((0.12, 0.18, 0.7))
    assert with_spectra.for_task(TASK) == with_spectra


def test_blend__of_a_spectral_history_learns_saves_and_fits_again() -> None:
    rows, y = _rows()
    blend = fit_super_learner(BLEND, rows, y, TASK, 1, KINDS[:2])
    assert all(weights[2] > 0.5 for weights in blend.fitted.weights.values())
    again = from_dict(json.loads(json.dumps(blend.fitted.to_dict())))
    assert again.predict(rows) == pytest.approx(blend.fitted.predict(rows))
    refit = fit_again(blend.fitted, BLEND, rows[::2], y[::2], TASK, 1)
    assert np.isfinite(refit.predict(rows)).all()
    assert "nir" in refit.reads


def test_spectra__far_from_all_of_history_are_not_answered(fitted: FittedSpectral) -> None:
    """A spectrum may lie twice as far from the mean one as the farthest of training."""
    rows, y = _rows()
    mean, one = fitted.encoding.spectra["nir"].means, rows["nir"].to_numpy()
    distance = fitted.encoding.spectra["nir"].distance(rows["nir"])
    stretched = mean + (one - mean) * (np.where(np.arange(len(one)) % 2, 1.9, 2.1) / distance)[:, None]
    asked = rows.with_columns(nir=pl.Series(stretched, dtype=rows.schema["nir"]))
    assert far_spectra(fitted, asked)["nir"].tolist() == [i % 2 == 0 for i in range(len(one))]
    known = rows.with_columns(observed=pl.Series(y), censoring=pl.lit("none"))
    trained = fit_calibrated(known, TASK, BLEND, IntervalConfig(), 1, KINDS[:1])
    reasons = trained.reasons(rows.with_columns(nir=pl.Series(mean + 40 * (one - mean), dtype=rows.schema["nir"])))
    assert "times as far from the mean spectrum of history" in reasons[0]
    assert trained.reasons(rows).null_count() == rows.height
    assert far_spectra(GlobalMean, rows) == {}  # type: ignore[arg-type]


def test_task__keeps_its_spectra_in_a_file_and_old_files_have_none() -> None:
    assert Task.from_dict(TASK.to_dict(), 0.1).spectra == ("nir",)
    old = replace(TASK, spectra=()).to_dict()
    assert "spectra" not in old
    assert Task.from_dict(old, 0.1).spectra == ()
