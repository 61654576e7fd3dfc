"""Types of process definitions and proposals as plain data, as YAML gives them."""

from collections.abc import Callable
from typing import Any

PlainData = dict[str, Any]
"""Nested plain data, which tests change in place."""
Make = Callable[..., PlainData]
"""Function that makes a definition, with changes of its top level by keyword."""


def with_oxygen_series(definition: PlainData, column: str, **source: object) -> PlainData:
    """Add a series `hist` with the batch in the column `Batch`, and an attribute `oxygen` that is read from a column of it."""
    definition["sources"]["hist"] = {"gives": "trajectories", "batch": "Batch", **source}
    definition["attributes"]["oxygen"] = {
        "role": "CPP",
        "horizon": "in_process",
        "description": "x",
        "unit": "%",
        "column": [{"source": "hist", "column": column}],
    }
    return definition
