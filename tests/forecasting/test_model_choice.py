"""Choice of the simplest model within one standard error of the best."""

import polars as pl

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


def _chosen(errors: dict[str, list[float]]) -> str:
    """The choice of one kind of question; errors: model → error of each lineage, the simplest model first."""
    return choose({model: {"new_scale": _hidden(own)} for model, own in errors.items()}, ["new_scale"]).model


def test_choose__takes_the_simplest_model_within_one_standard_error() -> None:
    assert _chosen({"mean": [3.0, 4.0, 5.0, 3.0], "table": [1.0, 2.0, 1.0, 2.0], "blend": [0.9, 2.1, 1.1, 1.9]}) == "table"


def test_choose__takes_the_model_that_is_better_for_every_lineage() -> None:
    assert _chosen({"mean": [3.0, 4.0, 5.0, 3.0], "table": [2.0, 2.0, 2.0, 2.1], "blend": [1.0, 1.0, 1.1, 1.0]}) == "blend"


def test_choose__one_lineage_with_large_errors_for_all_models_does_not_decide() -> None:
    assert (
        _chosen({"mean": [1.0, 1.1, 1.0, 30.0], "table": [0.9, 1.0, 1.1, 29.0], "blend": [0.5, 0.6, 0.5, 29.5]}) == "blend"
    )


def test_choose__every_kind_of_question_that_decides_has_the_same_weight() -> None:
    steps = {"mean": [10.0, 11.0, 10.0], "table": [5.0, 5.2, 5.1], "blend": [5.0, 5.1, 5.2]}
    other = {"mean": [3.0] * 3, "table": [2.0, 2.1, 2.0], "blend": [1.0, 1.0, 1.1]}
    hidden = {model: {"new_scale": _hidden(steps[model]), "new_lineage": _hidden(other[model])} for model in steps}
    assert choose(hidden, ["new_scale"]) == ("table", "new_scale")
    assert choose(hidden, ["new_lineage", "new_scale"]) == ("blend", "new_lineage and new_scale")


def test_choose__with_two_lineages_takes_the_smallest_error_and_the_simplest_of_equals() -> None:
    errors = {"mean": [1.0, 2.0], "table": [1.0, 1.5], "blend": [1.0, 1.5]}
    tables = {
        model: pl.concat([_hidden(own), _hidden(own).with_columns(pl.col("batch_id") + "'")])
        for model, own in errors.items()
    }
    assert choose({model: {"new_scale": own} for model, own in tables.items()}, ["new_scale"]).model == "table"


def test_choose__with_few_hidden_batches_takes_the_carry_over_mean() -> None:
    hidden = {m: {"new_scale": _hidden([e, e])} for m, e in (("mean", 3.0), ("carry_over", 2.0), ("blend", 1.0))}
    assert choose(hidden, ["new_scale"]) == ("carry_over", "none")
    assert choose({m: hidden[m] for m in ("mean", "blend")}, ["new_scale"]) == ("mean", "none")
    assert choose(hidden, []) == ("carry_over", "none")
