"""Equivalence of two sites or devices at one batch size."""

import polars as pl
import pytest

from pipeline.answers.equivalence.place_step import MOST_PLACES, place_equivalence
from pipeline.answers.limits import EquivalenceConfig
from pipeline.domain.process.axis_words import Change
from pipeline.features.catalogue import names_of
from pipeline.reports.figures.equivalence import step_title
from tests.support.pot import pot
from tests.support.rows import batch_rows

SHIFT = 0.5
"""Titre at site B minus titre at site A [g/L = kg/m³]."""


def _rows() -> pl.DataFrame:
    rows = batch_rows(4, (0.1,), each=12)
    there = pl.int_range(pl.len()) % 2 == 1
    return rows.with_columns(
        site=pl.when(there).then(pl.lit("B")).otherwise(pl.lit("A")),
        equipment=pl.when(there).then(pl.lit("V2")).otherwise(pl.lit("V1")),
        temperature=pl.lit(310.0),
        agitation=pl.lit(1.0),
    )


def _results(rows: pl.DataFrame) -> pl.DataFrame:
    value = 2 + 0.1 * pl.col("x") + SHIFT * (pl.col("site") == "B").cast(pl.Float64)
    return rows.select("batch_id", attribute=pl.lit("titre"), value=value, censoring=pl.lit("none"))


@pytest.mark.parametrize(("change", "places"), [("site", ("A", "B")), ("device", ("V1", "V2"))])
def test_place_equivalence__is_that_of_the_sending_and_the_receiving_place(change: Change, places: tuple[str, str]) -> None:
    rows, process = _rows(), pot()
    proposed, reference = rows.filter(site="B").head(1), rows.filter(site="A", product="P0")
    (step,) = place_equivalence(
        process, rows, _results(rows), change, proposed, reference, EquivalenceConfig(), names_of(process)
    )
    found = step.attributes["titre"]
    assert step.places == places
    assert step_title(step).startswith(f"{places[0]} → {places[1]}, each product that ran")
    assert found.difference == pytest.approx(SHIFT, abs=0.15)
    assert found.batches == (12, 12)
    assert "scale" not in found.reason


def test_place_equivalence__has_no_step_at_a_place_without_batches() -> None:
    rows, process = _rows(), pot()
    proposed = rows.head(1).with_columns(site=pl.lit("new"))
    found = place_equivalence(process, rows, _results(rows), "site", proposed, rows, EquivalenceConfig(), names_of(process))
    assert found == ()


def _three_sites(far: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return batches of four products at the sites A, B and C, and results: C lies `far` above A and B [kg/m³]."""
    rows = batch_rows(4, (0.1,), each=24).with_columns(
        site=(pl.int_range(pl.len()) % 3).replace_strict({0: "A", 1: "B", 2: "C"}),
        temperature=pl.lit(310.0),
        agitation=pl.lit(1.0),
    )
    scatter = 0.1 * (pl.int_range(pl.len()) // 3 % 2)
    value = 2 + scatter + far * (pl.col("site") == "C").cast(pl.Float64)
    return rows, rows.select("batch_id", attribute=pl.lit("titre"), value=value, censoring=pl.lit("none"))


def test_place_equivalence__sending_places_that_differ_are_compared_one_by_one() -> None:
    """Taken together, the difference between A and C would count as scatter, and B would be called the same as both."""
    (rows, results), process = _three_sites(1.0), pot()
    steps = place_equivalence(
        process, rows, results, "site", rows.filter(site="B").head(1), rows.filter(pl.col("site") != "B"), EquivalenceConfig(),
        names_of(process),
    )  # fmt: skip
    found = {step.places: step.attributes["titre"] for step in steps}
    assert set(found) == {("A", "B"), ("C", "B")}
    assert found["A", "B"].difference == pytest.approx(0.0, abs=0.1)
    assert found["A", "B"].verdict == "same"
    assert found["C", "B"].difference == pytest.approx(-1.0, abs=0.1)
    assert found["C", "B"].verdict != "same"


def test_place_equivalence__says_how_many_sending_places_it_leaves_out() -> None:
    rows, process = batch_rows(1, (0.1,), each=48), pot()
    places = pl.format("V{}", pl.int_range(pl.len()) % (MOST_PLACES + 3))
    rows = rows.with_columns(equipment=places, temperature=pl.lit(310.0), agitation=pl.lit(1.0))
    results = rows.select("batch_id", attribute=pl.lit("titre"), value=pl.col("x"), censoring=pl.lit("none"))
    proposed, reference = rows.filter(equipment="V0").head(1), rows.filter(pl.col("equipment") != "V0")
    steps = place_equivalence(process, rows, results, "device", proposed, reference, EquivalenceConfig(), names_of(process))
    assert len(steps) == MOST_PLACES
    assert {step.about for step in steps} == {
        "each product that ran on both devices; 2 more sending devices with fewer batches are not compared"
    }
