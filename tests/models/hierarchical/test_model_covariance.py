"""The posterior covariance of process means, against the textbook formula with every kernel written out."""

import numpy as np
import polars as pl
import pytest

from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.registry import AdditiveTable, Hierarchical, Task
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
ROWS = batch_rows(5, each=4)
Y = results_of(ROWS)["value"].to_numpy()
KNOWN = ROWS.filter(pl.col("product") == "P1").head(3)
NEW = ROWS.head(3).with_columns(product=pl.lit("new"), lineage=pl.lit("new"), scale=pl.lit(2.0), log10_scale=np.log10(2.0))
ASKED = pl.concat([KNOWN, NEW, KNOWN.head(1).with_columns(site=pl.lit(None, pl.String))])


def kernel(fitted: FittedHierarchical, a: pl.DataFrame, b: pl.DataFrame) -> np.ndarray:
    """Prior covariance between rows, one pair after the other, from the definition of the model."""
    variance = dict(zip(fitted.layout.components, fitted.variances.components, strict=True))
    names = list(fitted.layout.quantities)
    values = [fitted.encoding.matrix(rows)[:, : len(names)] for rows in (a, b)]
    found = np.empty((a.height, b.height))
    for i, one in enumerate(a.iter_rows(named=True)):
        for j, other in enumerate(b.iter_rows(named=True)):
            u, v = values[0][i], values[1][j]
            line = one["product"] == other["product"]
            same = one["batch_id"] == other["batch_id"] and one["product"] == other["product"]
            total = variance["constant"]
            for name in fitted.layout.groups:
                total += variance[name] * (one[name] == other[name] if one[name] and other[name] else same)
            if names:
                total += variance["shared slopes"] * (u @ v) / len(names)
                total += variance["curves"] * np.exp(-0.5 * (u - v) ** 2).sum() / len(names)
            if "own slopes" in variance:
                own = [names.index("log10_scale")]
                total += variance["own slopes"] * line * (u[own] @ v[own]) / len(own)
            if "drift with scale" in variance:
                total += variance["drift with scale"] * line * np.exp(-abs(np.log10(one["scale"] / other["scale"])))
            found[i, j] = total
    return found


@pytest.mark.parametrize("config", [Hierarchical(), AdditiveTable()])
def test_covariance__is_the_textbook_posterior(config: Hierarchical | AdditiveTable) -> None:
    fitted = fit_hierarchical(config, ROWS, Y, TASK)
    asked = ASKED.with_columns(batch_id=pl.int_range(pl.len()).cast(pl.String))
    prior, shared = kernel(fitted, asked, asked), kernel(fitted, asked, ROWS)
    trained = kernel(fitted, ROWS, ROWS) + fitted.variances.noise * np.eye(ROWS.height)
    expected = fitted.deviation**2 * (prior - shared @ np.linalg.inv(trained) @ shared.T)
    assert np.allclose(fitted.covariance(asked), expected, atol=1e-9)


def test_covariance__with_noise_is_the_squared_spread() -> None:
    fitted = fit_hierarchical(Hierarchical(), ROWS, Y, TASK)
    total = np.diag(fitted.covariance(ASKED)) + fitted.deviation**2 * fitted.variances.noise
    assert np.allclose(np.sqrt(total), fitted.spread(ASKED), rtol=1e-5)


def test_covariance__rows_of_one_new_product_share_its_effect() -> None:
    fitted = fit_hierarchical(Hierarchical(), ROWS, Y, TASK)
    other = NEW.with_columns(product=pl.lit("other"), lineage=pl.lit("other"))
    found = fitted.covariance(pl.concat([NEW.head(1), NEW.tail(1), other.tail(1)]))
    effects = dict(zip(fitted.layout.components, fitted.variances.components, strict=True))
    assert found[0, 1] - found[0, 2] >= 0.99 * fitted.deviation**2 * (effects["product"] + effects["lineage"])


def test_covariance__is_a_covariance() -> None:
    found = fit_hierarchical(Hierarchical(), ROWS, Y, TASK).covariance(ROWS)
    assert np.allclose(found, found.T)
    assert np.linalg.eigvalsh(found).min() > -1e-9
