"""Equivalence of two sites or devices at one batch size."""

import polars as pl
import pytest

from pipeline.answers.equivalence.place_step import place_equivalence
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
