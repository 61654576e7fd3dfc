"""Which steps between scales are compared, in which units."""

import polars as pl
import pytest

from pipeline.answers.equivalence.scale_steps import equivalence
from pipeline.answers.limits import EquivalenceConfig
from pipeline.features.catalogue import names_of
from tests.support.example_result import plant_process, rows

PROCESS = plant_process()
LAB = rows(PROCESS, "lab", [3.0 + 0.1 * i for i in range(6)], 5e-6)
PLANT = rows(PROCESS, "plant", [1.2 + 0.02 * i for i in range(6)], 5e-4)
ROWS = pl.concat([LAB, PLANT])
RESULTS = ROWS.select(
    "batch_id",
    pl.lit("titre").alias("attribute"),
    (pl.when(pl.col("scale") > 1).then(6.0).otherwise(5.0) + 0.1 * (pl.int_range(pl.len()) % 3)).alias("value"),
    pl.lit("none").alias("censoring"),
)


def test_equivalence__step_of_all_and_of_the_product() -> None:
    steps = equivalence(PROCESS, ROWS, RESULTS, "P", 0.005, 2.0, EquivalenceConfig(), names_of(PROCESS))
    assert [(step.smaller, step.larger, step.unit) for step in steps] == [(5.0, 2000.0, "L")] * 2
    assert "P itself" in steps[1].about
    titre = steps[0].attributes["titre"]
    assert titre.verdict == "parallel offset"
    assert titre.difference == pytest.approx(1.0)
    assert titre.batches == (6, 6)
    assert steps[0].attributes["hmw"].verdict == "the data can't tell"


def test_equivalence__a_censored_result_lies_between_the_possible_range_and_its_limit() -> None:
    """The first result of the lab, 5.0, becomes below 5.0 and at least 0: the mean of six falls by up to 5/6."""
    censored = RESULTS.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("left")).otherwise("censoring").alias("censoring")
    )
    plain, found = (
        equivalence(PROCESS, ROWS, results, "P", 0.005, 2.0, EquivalenceConfig(), names_of(PROCESS))[0].attributes["titre"]
        for results in (RESULTS, censored)
    )
    assert plain.difference is not None
    assert found.batches == plain.batches == (6, 6)
    assert (plain.censored, found.censored) == ((0, 0), (1, 0))
    assert found.censored_range == pytest.approx((plain.difference, plain.difference + 5 / 6), abs=1e-4)
    assert "censored" in found.reason


def test_equivalence__a_right_censored_result_goes_up_to_the_largest_possible_value() -> None:
    censored = RESULTS.with_columns(
        pl.when(pl.int_range(pl.len()) == 6).then(pl.lit("right")).otherwise("censoring").alias("censoring")
    )
    found = equivalence(PROCESS, ROWS, censored, "P", 0.005, 2.0, EquivalenceConfig(), names_of(PROCESS))[0].attributes[
        "titre"
    ]
    largest = PROCESS.attributes["titre"].between[1]  # type: ignore[index]
    assert found.censored == (0, 1)
    assert found.censored_range == pytest.approx((1.0, 1.0 + (largest - 6.0) / 6), abs=1e-4)


def test_equivalence__a_scale_without_batches_is_no_step() -> None:
    assert equivalence(PROCESS, LAB, RESULTS, "P", 0.005, 2.0, EquivalenceConfig(), names_of(PROCESS)) == ()
