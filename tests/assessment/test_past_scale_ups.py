"""Past scale-ups: how they are found, what was known before them, and their table."""

from datetime import datetime

import polars as pl
import pytest

from pipeline.assessment.past_scale_ups import reenactments
from pipeline.domain.process.axes import Axes
from pipeline.domain.units import unit
from pipeline.extrapolation.protocols import PastScaleUps, Split, fold_table
from pipeline.extrapolation.scale_ups import scale_ups
from pipeline.forecasting.cross_validation import crossfit
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import AdditiveTable, CarryOver, Hierarchical, Task
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), (), groups=("product",))
PAST = PastScaleUps("past_scale_ups", last=3, given=(0, 2), least=10)


def _history() -> pl.DataFrame:
    """Products one after the other, each from its smallest scale to its largest."""
    rows = batch_rows(5, each=4).sort("product", "scale")
    times = [datetime(2020, 1, 1).replace(month=1 + i // 28, day=1 + i % 28) for i in range(rows.height)]
    return rows.with_columns(pl.Series("started_at", times, dtype=pl.Datetime("us")), site=pl.lit("A"))


def test_scale_ups__are_first_batches_above_all_earlier_scales_or_at_a_new_site() -> None:
    rows = _history()
    assert scale_ups(rows)["step"].unique().to_list() == ["scale"]
    assert scale_ups(rows).filter(pl.col("lineage") == "P0")["scale_level"].to_list() == [0.05, 2.0]
    last = rows["started_at"].max()
    moved = rows.with_columns(site=pl.when(pl.col("started_at") == last).then(pl.lit("B")).otherwise(pl.lit("A")))
    assert scale_ups(moved).filter(pl.col("step") == "site")["lineage"].to_list() == ["P4"]


@pytest.mark.parametrize("given", [0, 2])
def test_past_scale_ups__train_on_batches_before_the_scale_up_and_on_the_given_ones(given: int) -> None:
    rows = _history()
    table, _ = fold_table(rows, Split((PAST,)))
    name = f"past_scale_ups_after_{given}" if given else "past_scale_ups"
    folds = table.filter(pl.col("protocol") == name).join(rows, on="batch_id")
    assert folds["fold"].n_unique() == 3
    for (_,), fold in folds.group_by("fold"):
        train, test = (fold.filter(pl.col("role") == role) for role in ("train", "test"))
        assert train["started_at"].max() < test["started_at"].min()  # type: ignore[operator]
        own = train.filter(pl.col("lineage") == test["lineage"][0])
        assert (own["scale_level"] == test["scale_level"][0]).sum() == given


def test_reenactments__hold_forecast_interval_and_outcome() -> None:
    rows, results = _history(), results_of(_history())
    folds, _ = fold_table(rows, Split((PAST,)))
    found = crossfit(rows, results, folds, [TASK], (CarryOver(), AdditiveTable()), IntervalConfig(), 1).predictions
    table = reenactments(found, {"y": unit("%")})
    first = table.row(0, named=True)
    own = found.filter((pl.col("protocol") == "past_scale_ups") & (pl.col("fold") == 0))
    assert table.height == 6
    assert first["observed"] == pytest.approx(100 * own.filter(pl.col("model") == "carry_over")["observed"].mean())
    assert first["lower"] < first["predicted"] < first["upper"]
    assert 0 <= first["covered"] <= first["batches"]
    assert table["given"].unique().sort().to_list() == [0, 2]


def test_reenactments__neither_the_forecast_nor_its_model_saw_the_outcome() -> None:
    """The outcomes of the last scale-up become the carry-over mean exactly; a choice that saw them would take that mean."""
    rows = _history()
    results, (folds, _) = results_of(rows, noise=0.01), fold_table(rows, Split((PAST,)))
    last = folds.filter((pl.col("protocol") == "past_scale_ups") & (pl.col("fold") == 2))
    models = (CarryOver(), AdditiveTable(), Hierarchical())

    def forecast(given: pl.DataFrame) -> pl.DataFrame:
        return crossfit(rows, given, last, [TASK], models, IntervalConfig(), 1).predictions

    before = forecast(results)
    carried = before.filter(model="carry_over").select("batch_id", carried="predicted")
    exact = results.join(carried, on="batch_id", how="left").with_columns(value=pl.coalesce("carried", "value"))
    (first,), (second,) = (reenactments(each, {"y": unit("%")}).to_dicts() for each in (before, forecast(exact)))
    assert second["observed"] == pytest.approx(second["carry_over"])
    assert first["answered_by"] == second["answered_by"] != "carry_over"
    assert first["predicted"] == second["predicted"] != pytest.approx(second["carry_over"])


def test_reenactments__state_what_a_transfer_changed_where_axes_are_declared() -> None:
    rows = _history().with_columns(
        scale=pl.lit(0.05), scale_level=pl.lit(0.05), site=pl.format("S{}", pl.int_range(pl.len()).over("product") // 4)
    )
    results = results_of(rows)
    folds, _ = fold_table(rows, Split((PAST,)), axes=Axes(("site",)))
    found = crossfit(rows, results, folds, [TASK], (CarryOver(),), IntervalConfig(), 1).predictions
    table = reenactments(found, {"y": unit("%")})
    assert set(table["step"]) == {"site"}
    assert set(table["place"]) <= {"S1", "S2"}
    before = reenactments(found.drop("step", "place"), {"y": unit("%")})
    assert before.equals(table.drop("step", "place"))
