"""Hold the proposed scale against the reference: each comparable quantity at both, and what history has seen of it."""

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from pipeline.features.catalogue import catalogue


def compare(process: Process, proposed: pl.DataFrame, reference: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Compare the quantities that stay meaningful across scales.

    `proposed` (1 row), `reference` and `rows` are feature tables. Returns one row per quantity: feature, unit, at the
    reference (median), proposed, ratio, smallest and largest of all history, in display units.
    """
    size = (process.scale.attribute,)
    entries = [e for e in catalogue(process) if e.role == "similarity" and e.inputs != size]
    lines = [
        {
            "quantity": entry.feature,
            "unit": entry.unit,
            "description": entry.description,
            "reference": reference[entry.feature].median() if reference.height else None,
            "proposed": proposed[entry.feature][0],
            "smallest": rows[entry.feature].min(),
            "largest": rows[entry.feature].max(),
            "_unit": entry.unit,
        }
        for entry in entries
    ]
    numbers = ("reference", "proposed", "smallest", "largest")
    table = pl.DataFrame(lines, schema_overrides=dict.fromkeys(numbers, pl.Float64), infer_schema_length=None)
    if table.is_empty():
        return table
    return in_display_units(table, numbers).with_columns((pl.col("proposed") / pl.col("reference")).alias("ratio"))


def in_display_units(table: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Convert SI columns to the unit that stands in `_unit`, and drop that column."""
    labels = table["_unit"].unique().to_list()
    lines = {"_unit": labels, "_factor": [unit(n).factor for n in labels], "_offset": [unit(n).offset for n in labels]}
    schema = {"_unit": pl.String, "_factor": pl.Float64, "_offset": pl.Float64}
    joined = table.join(pl.DataFrame(lines, schema=schema), on="_unit", how="left", maintain_order="left")
    shown = joined.with_columns((pl.col(c) - pl.col("_offset")) / pl.col("_factor") for c in columns)
    return shown.drop("_unit", "_factor", "_offset")
