"""Choice of the configured model, unless another one is better by more than one standard error."""

import polars as pl
import pytest

from pipeline.forecasting.model_choice import choose

BATCHES = ("first", "second")
"""Batches of each lineage, with the same error."""


def _hidden(errors: list[float]) -> pl.DataFrame:
    """Forecasts of hidden batches with one error per lineage."""
    lines = [
        {"batch_id": f"P{i} {batch}", "lineage": f"P{i}", "observed": 0.0, "predicted": e, "censoring": "none"}
        for i, e in enumerate(errors)
        for batch in BATCHES
    ]
    return pl.DataFrame(lines)


def _of_one_line(errors: list[float]) -> pl.DataFrame:
    """Forecasts of hidden batches of one lineage, with one error per batch."""
    return _hidden(errors).gather_every(2).with_columns(lineage=pl.lit("P"))


def _chosen(errors: dict[str, list[float]]) -> str:
    """The choice of one kind of question; errors: model → error of each lineage, the configured model last."""
    return choose({model: {"new_scale": _hidden(own)} for model, own in errors.items()}, ["new_scale"]).model


def test_choose__keeps_the_configured_model_where_another_is_better_within_one_standard_error() -> None:
    assert _chosen({"mean": [3.0, 4.0, 5.0, 3.0], "table": [0.9, 2.1, 1.0, 1.9], "trees": [1.0, 1.9, 1.1, 2.0]}) == "trees"


def test_choose__takes_the_best_of_those_that_are_better_for_every_lineage() -> None:
    assert _chosen({"mean": [3.0, 4.0, 5.0, 3.0], "table": [2.0, 2.0, 2.0, 2.1], "trees": [6.0, 6.0, 6.1, 6.0]}) == "table"


def test_choose__one_lineage_with_large_errors_for_all_models_does_not_decide() -> None:
    assert _chosen({"mean": [0.5, 0.6, 0.5, 30.0], "trees": [1.0, 1.1, 1.0, 29.5]}) == "mean"


def test_choose__every_kind_of_question_that_decides_has_the_same_weight() -> None:
    steps = {"mean": [10.0, 11.0, 10.0], "table": [5.0, 5.2, 5.1], "trees": [5.0, 5.1, 5.2]}
    other = {"mean": [3.0] * 3, "table": [1.0, 1.1, 1.0], "trees": [2.0, 2.0, 2.1]}
    hidden = {model: {"new_scale": _hidden(steps[model]), "new_lineage": _hidden(other[model])} for model in steps}
    assert choose(hidden, ["new_scale"]) == ("trees", "new_scale")
    assert choose(hidden, ["new_lineage", "new_scale"]) == ("table", "new_lineage and new_scale")


@pytest.mark.parametrize(("table", "expected"), [([1.0, 1.4], "table"), ([1.0, 1.5], "trees")])
def test_choose__with_two_lineages_takes_the_smallest_error_and_the_configured_of_equals(
    table: list[float], expected: str
) -> None:
    errors = {"mean": [1.0, 2.0], "table": table, "trees": [1.0, 1.5]}
    tables = {
        model: pl.concat([_hidden(own), _hidden(own).with_columns(pl.col("batch_id") + "'")])
        for model, own in errors.items()
    }
    assert choose({model: {"new_scale": own} for model, own in tables.items()}, ["new_scale"]).model == expected


@pytest.mark.parametrize(("mean", "expected"), [([1.0, 1.1, 0.9, 1.0, 1.2], "mean"), ([0.1, 9.0, 0.3, 7.0, 2.0], "trees")])
def test_choose__in_a_single_line_each_batch_is_evidence(mean: list[float], expected: str) -> None:
    """One batch in which the other model is much better is no proof: the errors of five batches must show it."""
    hidden = {"mean": {"next_batch": _of_one_line(mean)}, "trees": {"next_batch": _of_one_line([2.0, 2.1, 1.9, 2.2, 2.0])}}
    assert choose(hidden, ["next_batch"]) == (expected, "next_batch")


def test_choose__a_model_that_is_not_compared_answers_whatever_its_errors_are() -> None:
    hidden = {"carry_over": {"new_scale": _hidden([1.0] * 4)}, "blend": {"new_scale": _hidden([2.0] * 4)}}
    assert choose(hidden, ["new_scale"], compared=False) == ("blend", "new_scale")
    assert choose(hidden, ["new_scale"]) == ("carry_over", "new_scale")


def test_choose__with_few_hidden_batches_takes_the_carry_over_mean() -> None:
    hidden = {m: {"new_scale": _hidden([e, e])} for m, e in (("mean", 3.0), ("carry_over", 2.0), ("blend", 1.0))}
    assert choose(hidden, ["new_scale"]) == ("carry_over", "none")
    assert choose(hidden, ["new_scale"], compared=False) == ("carry_over", "none")
    assert choose({m: hidden[m] for m in ("mean", "blend")}, ["new_scale"]) == ("mean", "none")
    assert choose(hidden, []) == ("carry_over", "none")
