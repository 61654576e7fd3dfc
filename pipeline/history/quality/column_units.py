"""The unit in which a column of a file is read."""

from pipeline.domain.display import unit_label
from pipeline.domain.process.process import Process
from pipeline.domain.sources import LongResults, Source, TrajectoryRows


def column_units(process: Process) -> dict[tuple[str, str], str]:
    """Return (source, column) → unit as people write it, for columns with a unit.

    The values of a long file are of several attributes. Their column is listed if all of these have the same unit, and no column of
    the file states the unit of each row.
    """
    found: dict[tuple[str, str], str] = {}
    for name, source in process.sources.items():
        for attribute, column in process.written_in(name).values():
            found[name, column.column] = unit_label(column.unit or attribute.unit)
        if (long := _long_column(source)) is not None:
            column_of_values, attributes = long
            units = {unit_label(process.attributes[one].unit) for one in attributes if one in process.attributes}
            found[name, column_of_values] = units.pop() if len(units) == 1 else ""
    return {place: unit for place, unit in found.items() if unit}


def _long_column(source: Source) -> tuple[str, tuple[str, ...]] | None:
    """Return the column of the values of a long file, and the attributes that it holds."""
    if isinstance(source, LongResults) and source.unit is None:
        return source.value, tuple(source.names.values())
    if isinstance(source, TrajectoryRows) and source.value is not None:
        return source.value, tuple(source.tags.values())
    return None
