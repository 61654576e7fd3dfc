"""The solution for many rows: the same as the exact one, also after saving, with memory that grows with the rows alone."""

import json
import tracemalloc

import numpy as np
import polars as pl
import pytest

from pipeline.domain.config_files import as_json
from pipeline.models import row_subset
from pipeline.models.hierarchical import reduced
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical, hierarchical_from_dict
from pipeline.models.registry import AdditiveTable, Hierarchical, Task
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
ROWS = batch_rows(8, each=12)
NEW = pl.concat(
    [batch_rows(9, (0.001, 0.05, 2.0, 40.0), each=3, seed=7), ROWS.head(3).with_columns(site=pl.lit(None, pl.String))]
)
CONFIGS = [Hierarchical(), Hierarchical(target_scale="transformed"), Hierarchical(terms=0), AdditiveTable()]


def _y(rows: pl.DataFrame) -> np.ndarray:
    return np.exp(0.1 * results_of(rows)["value"].to_numpy())


def _both(
    config: Hierarchical | AdditiveTable, monkeypatch: pytest.MonkeyPatch, rows: pl.DataFrame = ROWS
) -> tuple[FittedHierarchical, FittedHierarchical]:
    """The exact model, and the same by columns."""
    exact = fit_hierarchical(config, rows, _y(rows), TASK)
    assert exact._reduced is None
    exact.spread(rows)
    monkeypatch.setattr(row_subset, "MOST_ROWS", rows.height - 1)
    return exact, fit_hierarchical(config, rows, _y(rows), TASK)


@pytest.mark.parametrize("config", CONFIGS, ids=["recorded", "transformed", "no quantities", "table"])
def test_solution_by_columns__is_the_exact_one(
    config: Hierarchical | AdditiveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact, columns = _both(config, monkeypatch)
    assert columns._reduced is not None
    assert columns.variances == exact.variances
    for rows in (ROWS, NEW):
        assert columns.predict(rows) == pytest.approx(exact.predict(rows), rel=1e-5)
        assert columns.noise(rows) == pytest.approx(exact.noise(rows), rel=1e-4)
    assert np.std(_y(ROWS)) > 0.1


@pytest.mark.parametrize("config", CONFIGS, ids=["recorded", "transformed", "no quantities", "table"])
def test_spread_and_covariance_by_columns__are_the_exact_ones(
    config: Hierarchical | AdditiveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = fit_hierarchical(config, ROWS, _y(ROWS), TASK)
    expected = [(exact.spread(rows), exact.covariance(rows)) for rows in (ROWS, NEW)]
    _, columns = _both(config, monkeypatch)
    for rows, (spread, covariance) in zip((ROWS, NEW), expected, strict=True):
        assert columns.spread(rows) == pytest.approx(spread, rel=1e-4)
        assert columns.covariance(rows) == pytest.approx(covariance, abs=1e-4 * float(covariance.max()))
    assert columns.spread(ROWS.clear()).shape == (0,)


def test_contributions_by_columns__are_the_exact_ones_and_sum_to_the_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    exact, columns = _both(Hierarchical(), monkeypatch)
    (base, shares), (_, expected) = columns.contributions(NEW), exact.contributions(NEW)
    assert base + shares.sum_horizontal().to_numpy() == pytest.approx(columns.predict(NEW))
    assert shares.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-5)


@pytest.mark.parametrize("by", [("product", "scale_level"), ("site",)], ids=["few rows in a block", "more than columns"])
def test_blocks_out_by_columns__are_the_exact_ones(by: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = batch_rows(3, each=60)
    exact = fit_hierarchical(Hierarchical(), rows, _y(rows), TASK)
    blocks = rows.select(pl.struct(by).rank("dense")).to_series().to_numpy().astype(np.int64)
    expected = exact.blocks_out(rows, _y(rows), blocks)
    _, columns = _both(Hierarchical(), monkeypatch, rows)
    assert columns.blocks_out(rows, _y(rows), blocks) == pytest.approx(expected, abs=1e-4 * float(_y(rows).std()))


def test_censored_results_by_columns__are_as_in_the_exact_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    y = np.maximum(_y(ROWS), 1.3)
    marked = ROWS.with_columns(censoring=pl.Series(np.where(y <= 1.3, "left", "none")))
    exact = fit_hierarchical(Hierarchical(), marked, y, TASK).predict(NEW)
    assert (marked["censoring"] == "left").sum() > 10
    monkeypatch.setattr(row_subset, "MOST_ROWS", 50)
    assert fit_hierarchical(Hierarchical(), marked, y, TASK).predict(NEW) == pytest.approx(exact, rel=1e-5)


def test_saved_by_columns__is_packed_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    _, columns = _both(Hierarchical(), monkeypatch)
    text = as_json(columns.to_dict())
    again = hierarchical_from_dict(json.loads(text))
    assert again.predict(NEW).tolist() == columns.predict(NEW).tolist()
    assert again.spread(NEW).tolist() == columns.spread(NEW).tolist()
    own = columns.to_dict()
    assert sum(len(str(own[name])) for name in ("values", "codes", "decades", "alpha")) < 60 * ROWS.height


@pytest.mark.parametrize("rows", [0, 1])
def test_is_small__refuses_more_columns_than_the_limit(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = fit_hierarchical(Hierarchical(), ROWS, _y(ROWS), TASK)
    arguments = (fitted.layout, fitted.design, fitted.variances.components)
    assert reduced.is_small(*arguments)
    monkeypatch.setattr(reduced, ("MOST_SHARED", "MOST_CROSSED")[rows], 10)
    assert not reduced.is_small(*arguments)


def test_memory__of_a_fit_grows_with_the_rows_and_not_with_their_square() -> None:
    """3,000 rows more take less than 1 kB each; one matrix between 6,000 rows takes 288 MB."""

    def most(each: int) -> tuple[int, int]:
        rows = batch_rows(10, each=each)
        y = _y(rows)
        tracemalloc.start()
        fitted = fit_hierarchical(Hierarchical(rows=50, iterations=2), rows, y, TASK)
        fitted.spread(rows), fitted.blocks_out(rows, y, np.arange(rows.height) % 40)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return rows.height, peak

    (few, small), (many, large) = most(120), most(240)
    assert few > row_subset.MOST_ROWS
    assert large - small < 1_000 * (many - few)
    assert large < 50e6
