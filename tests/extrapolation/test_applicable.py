"""Sentences about the protocols that apply to a history, and about attributes with too few results."""

import polars as pl
import pytest

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.applicable import UNTESTED, history_lines, nothing_to_learn, scored_targets, too_few_results
from pipeline.extrapolation.attribute_protocols import Cut, ListedGroups
from pipeline.extrapolation.protocols import ForwardInTime, LargestScaleOut, LeaveProductOut, Split, fold_table
from tests.support.rows import batch_rows, results_of

SPLIT = Split(
    (
        LeaveProductOut("leave_product_out", 2),
        LargestScaleOut("largest_scale_out", 2),
        ForwardInTime("forward_in_time", 1),
    )
)


def _lines(rows: pl.DataFrame, results: pl.DataFrame, *targets: str) -> list[str]:
    return history_lines(rows, results, SPLIT, targets or ("y",))


def test_history_lines__say_which_protocols_apply() -> None:
    rows = batch_rows(4)
    assert _lines(rows, results_of(rows)) == [
        "60 valid batches of 4 products at 3 scales",
        "forward in time applies (1 fold)",
        "largest scale out applies (2 folds)",
        "leave product out applies (2 folds)",
    ]


def test_history_lines__say_why_a_protocol_does_not_apply_and_what_to_record() -> None:
    rows = batch_rows(1, (0.001,)).with_columns(pl.lit(None, pl.Datetime("us")).alias("started_at"))
    size, *others = _lines(rows, results_of(rows))
    assert size == "6 valid batches of 1 product at 1 scale"
    assert others == [
        "leave product out does not apply: needs at least 2 products, there is 1; to use it, record batches of a second product, "
        "and state `product` in the process definition",
        "largest scale out does not apply: no lineage (product, strength) was made at two scales; to use it, record batches of a "
        "product at a second scale, and state `scale` in the process definition",
        "forward in time does not apply: no batch has a start; to use it, record when each batch started and from when its "
        "results are known, and state `started` in the process definition",
        UNTESTED,
    ]


def test_history_lines__a_fold_that_leaves_two_results_scores_nothing() -> None:
    rows = batch_rows(1, (0.001,), each=4)
    assert _lines(rows, results_of(rows))[1] == (
        "forward in time does not apply: no fold leaves 3 results to learn from and one to predict; to use it, record more batches"
    )


def test_history_lines__name_an_attribute_with_too_few_results() -> None:
    rows = batch_rows(4)
    both = pl.concat([results_of(rows), results_of(rows).head(1).with_columns(pl.lit("z").alias("attribute"))])
    assert _lines(rows, both, "y", "z")[-1] == (
        "z is not predicted: history has 1 result of it, and 3 are needed, since a prediction interval comes from hiding results "
        "that are known; record more results"
    )


def test_history_lines__without_any_attribute_to_predict_are_an_error() -> None:
    rows = batch_rows(4)
    with pytest.raises(ScalebridgeError, match=r"no quality attribute has enough results \(y 2, z 0\): 3 are needed"):
        _lines(rows, results_of(rows).head(2), "y", "z")


def test_history_lines__without_targets_say_that_batches_are_only_watched() -> None:
    rows = batch_rows(4)
    size, only_watched = history_lines(rows, results_of(rows), SPLIT, ())
    assert size == "60 valid batches of 4 products at 3 scales"
    assert only_watched == (
        "The process definition has no attribute of the role CQA and no `also_predict`, so nothing is predicted: batches of this "
        "process can only be watched"
    )


def test_nothing_to_learn__without_targets_says_how_to_declare_one() -> None:
    said = nothing_to_learn(results_of(batch_rows(1)), [])
    assert said.endswith("To predict a result, declare it with the role CQA, or name it in `also_predict`")


def test_too_few_results__counts_results_of_each_attribute() -> None:
    results = results_of(batch_rows(1, (0.001,), each=3))
    assert too_few_results(results, ["y"]) == {}
    assert list(too_few_results(results.head(2), ["y"])) == ["y"]


def test_scored_targets__need_three_results_to_learn_from_and_one_to_predict() -> None:
    rows = batch_rows(4, (0.001,), each=3)
    folds, _ = fold_table(rows, SPLIT)
    assert scored_targets(folds, results_of(rows), ["y"]) == {"forward_in_time": ["y"], "leave_product_out": ["y"]}
    of_one_product = results_of(rows).join(rows.filter(pl.col("product") == "P0"), on="batch_id", how="semi")
    assert "leave_product_out" not in scored_targets(folds, of_one_product, ["y"])


def test_history_lines__say_what_a_protocol_over_an_attribute_hides() -> None:
    rows = batch_rows(4).with_columns(diameter=pl.col("scale"), code=pl.col("product"))
    attributes = {
        "diameter": Attribute("CPP", "plan", "x", unit="mm"),
        "code": Attribute("context", "plan", "x", kind="text"),
    }
    split = Split(
        (
            Cut("cut", "diameter", above="40 mm"),
            Cut("cut", "diameter", above=3000.0, name="largest_vessel"),
            ListedGroups("listed_groups", "code", (("P0",), ("P1", "P2"))),
        )
    )
    _, *lines = history_lines(rows, results_of(rows), split, ("y",), attributes)
    assert lines == [
        "cut (diameter above 40 mm) applies (1 fold)",
        "listed groups (code in 2 lists) applies (2 folds)",
        "largest vessel (diameter above 3,000 mm) does not apply: no batch has diameter above 3,000 mm; history holds 1 to "
        "2,000 mm; to use it, choose a limit in conf/split/ that has batches on both sides",
    ]
