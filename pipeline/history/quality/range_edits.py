"""Edits for values outside the possible range: another unit, or an error."""

import re

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import same_dimension, unit
from pipeline.history.cells import number
from pipeline.history.quality.edits import Edit, Found, quoted

UNITS = (
    *(
        "degC",
        "degF",
        "K",
        "%",
        "1/s",
        "rpm",
        "L",
        "mL",
        "m^3",
        "L/min",
        "mL/min",
        "L/h",
        "mL/h",
        "m^3/h",
        "bar",
        "mbar",
        "Pa",
    ),
    *("kPa", "psi", "mmHg", "g/L", "mg/L", "mg/mL", "ug/mL", "mol/L", "mmol/L", "umol/L", "kg", "g", "mg", "m", "cm", "mm"),
    *("s", "min", "h", "day", "N", "kN", "MPa", "W", "kW"),
)
"""Units that are tried for values outside the possible range."""


def range_edits(found: Found, match: re.Match[str]) -> list[Edit]:
    """Values outside the possible range: another unit in which all are inside, or an error."""
    names = [*found.read_as()] or [name for name, one in found.process.attributes.items() if one.between is not None]
    fits = (
        [label for name in names for label in _units_that_fit(found, found.process.attributes[name])]
        if len(names) == 1
        else []
    )
    hint = (
        f" In `{fits[0]}` all are inside: if the file is in this unit, write `unit: {fits[0]}` at the column."
        if fits
        else ""
    )
    return [
        Edit(
            f"{quoted(found.values['value'])}:{hint} Correct typing errors in the file. Change `between` of "
            f"{found.attributes} only if such a value is possible.",
            found.cells,
        )
    ]


def _units_that_fit(found: Found, attribute: Attribute) -> list[str]:
    """Units in which every value is inside the possible range."""
    if attribute.between is None:
        return []
    decimal = found.process.sources[found.source].decimal
    values = found.values.select(number(pl.col("value").str.replace(r"^[<>≤≥]\s*", ""), decimal)).to_series().drop_nulls()
    low, high = (attribute.si.to_si(limit) for limit in attribute.between)
    written = {column.unit or attribute.unit for _, column in found.read_as().values()} or {attribute.unit}
    return [
        label
        for label in UNITS
        if label not in written
        and len(values)
        and _converts(label, attribute.unit)
        and (values * unit(label).factor + unit(label).offset).is_between(low, high).all()
    ]


def _converts(label: str, wanted: str) -> bool:
    try:
        return same_dimension(label, wanted)
    except ScalebridgeError:
        return False
