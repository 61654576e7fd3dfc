"""The kind of question is read from the rows, and hidden parts of history ask it again."""

import polars as pl
import pytest

from pipeline.extrapolation.kinds import SHIFTS, TrainingExtent, asked
from pipeline.extrapolation.reenactment import reenact
from tests.support.rows import batch_rows


def _asking(**changes: object) -> pl.DataFrame:
    row = {"product": "P1", "lineage": "P1", "scale": 0.05, "site": "A"} | changes
    return pl.DataFrame([row])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "next_batch"),
        ({"product": "other"}, "new_product"),
        ({"product": "other", "lineage": "other"}, "new_lineage"),
        ({"scale": 2.0}, "new_scale"),
        ({"scale": 0.054}, "next_batch"),
        ({"scale": 15.0}, "beyond_scale"),
        ({"scale": 15.0, "site": "new"}, "new_source"),
    ],
)
def test_shift__is_the_furthest_step_that_a_row_takes(changes: dict[str, object], kind: str) -> None:
    assert asked(_asking(**changes), TrainingExtent.of(batch_rows(), ["site"])) == [kind]


def test_reasons__name_what_lies_too_far_outside() -> None:
    rows = batch_rows().with_columns(power=10 ** pl.col("log10_scale"))  # 0.001 to 2
    known = TrainingExtent.of(rows, ["site"], ["power", "x"])
    asking = pl.concat([_asking()] * 3).with_columns(power=pl.Series([2.0, 3000.0, 5000.0]))
    assert asking.select(known.reasons()).to_series().to_list() == [
        None,
        None,
        "power = 5000.0 is too far outside 0.001 to 2, all that history holds (SI)",
    ]


def test_known__round_trip() -> None:
    known = TrainingExtent.of(batch_rows().with_columns(power=10 ** pl.col("log10_scale")), ["site"], ["power"])
    assert TrainingExtent.from_dict(known.to_dict()) == known


@pytest.mark.parametrize("kind", SHIFTS)
def test_reenact__what_is_hidden_asks_the_kind_that_was_named(kind: str) -> None:
    rows = batch_rows(6, each=6)
    if kind == "new_product":  # a line of several products
        rows = rows.with_columns(lineage=pl.lit("all"))
    folds = reenact(rows, kind, ["site"], 3)
    assert folds["shift"].unique().to_list() == [kind]
    for (_,), part in folds.group_by("fold"):
        train, test = (
            rows.filter(pl.col("batch_id").is_in(part.filter(role=r)["batch_id"].implode())) for r in ("train", "test")
        )
        kinds = asked(test, TrainingExtent.of(train, ["site"] if kind == "new_source" else []))
        assert kind in kinds
        assert set(train["batch_id"]).isdisjoint(test["batch_id"])


def test_reenact__falls_back_and_says_so() -> None:
    one_level = batch_rows(3, levels=(2.0, 5.0), each=4).filter(pl.col("scale_level") == 2.0)
    assert reenact(one_level, "beyond_scale", [], 3)["shift"].unique().to_list() == ["new_lineage"]
    single = one_level.filter(pl.col("product") == "P0").with_columns(started_at=pl.lit(None, pl.Datetime))
    assert reenact(single, "new_scale", [], 3)["shift"].unique().to_list() == ["thirds"]
