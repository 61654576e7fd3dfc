"""Choice of the simplest model within one standard error of the best."""

import polars as pl

from pipeline.assessment.model_choice import choose, choose_all

SIMPLE_FIRST = ("mean", "table", "blend")


BATCHES = ("first", "second")
"""Batches of each lineage, with the same error."""


def _predictions(errors: dict[str, list[float]], protocol: str = "largest_scale_out") -> pl.DataFrame:
    lines = [
        {
            "protocol": protocol,
            "cqa": "y",
            "model": model,
            "lineage": f"P{i}",
            "batch_id": f"P{i} {batch}",
            "observed": 0.0,
            "predicted": e,
            "censoring": "none",
        }
        for model, row in errors.items()
        for i, e in enumerate(row)
        for batch in BATCHES
    ]
    return pl.DataFrame(lines)


def test_choose__takes_the_simplest_model_within_one_standard_error() -> None:
    found = _predictions({"mean": [3.0, 4.0, 5.0, 3.0], "table": [1.0, 2.0, 1.0, 2.0], "blend": [0.9, 2.1, 1.1, 1.9]})
    assert choose(found, "y", SIMPLE_FIRST) == ("table", "largest_scale_out")


def test_choose__takes_the_model_that_is_better_for_every_lineage() -> None:
    found = _predictions({"mean": [3.0, 4.0, 5.0, 3.0], "table": [2.0, 2.0, 2.0, 2.1], "blend": [1.0, 1.0, 1.1, 1.0]})
    assert choose(found, "y", SIMPLE_FIRST)[0] == "blend"


def test_choose__one_lineage_with_large_errors_for_all_models_does_not_decide() -> None:
    found = _predictions({"mean": [1.0, 1.1, 1.0, 30.0], "table": [0.9, 1.0, 1.1, 29.0], "blend": [0.5, 0.6, 0.5, 29.5]})
    assert choose(found, "y", SIMPLE_FIRST)[0] == "blend"


def test_choose__every_protocol_has_the_same_weight() -> None:
    steps = _predictions({"mean": [10.0, 11.0, 10.0], "table": [5.0, 5.2, 5.1], "blend": [5.0, 5.1, 5.2]}, "past_scale_ups")
    other = _predictions({"mean": [3.0] * 3, "table": [2.0, 2.1, 2.0], "blend": [1.0, 1.0, 1.1]}, "leave_product_out")
    assert choose(steps, "y", SIMPLE_FIRST) == ("table", "past_scale_ups")
    assert choose(pl.concat([steps, other]), "y", SIMPLE_FIRST) == ("blend", "past_scale_ups and leave_product_out")


def test_choose__with_two_lineages_takes_the_smallest_error_and_the_simplest_of_equals() -> None:
    many = pl.concat(
        _predictions(errors, "leave_product_out").with_columns(pl.format("{} {}", "batch_id", pl.lit(i)).alias("batch_id"))
        for i, errors in enumerate([{"mean": [1.0, 2.0], "table": [1.0, 1.5], "blend": [1.0, 1.5]}] * 2)
    )
    assert choose(many, "y", SIMPLE_FIRST) == ("table", "leave_product_out")


def test_choose__with_few_hidden_batches_takes_the_carry_over_mean() -> None:
    found = _predictions({"mean": [3.0, 3.0], "carry_over": [2.0, 2.0], "blend": [1.0, 1.0]})
    assert choose(found, "y", ("mean", "carry_over", "blend")) == ("carry_over", "none")
    assert choose(found, "y", ("mean", "blend")) == ("mean", "none")
    assert choose(found.clear(), "y", ("mean", "carry_over", "blend")) == ("carry_over", "none")


def test_choose_all__chooses_for_each_attribute() -> None:
    found = _predictions({"mean": [3.0] * 4, "table": [2.0] * 4, "blend": [1.0] * 4})
    other = _predictions({"mean": [1.0] * 4, "table": [1.0] * 4, "blend": [1.0] * 4}).with_columns(pl.lit("z").alias("cqa"))
    both = choose_all(pl.concat([found, other]), ["y", "z"], SIMPLE_FIRST)
    assert {cqa: kind for cqa, (kind, _) in both.items()} == {"y": "blend", "z": "mean"}
