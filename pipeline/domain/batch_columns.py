"""Which attributes are columns of the batch table, and which are recorded over time."""

import polars as pl

from pipeline.domain.attributes import LAB, Attribute
from pipeline.domain.process.definition import Definition

ROLES = ("train", "test")
"""Role of a batch in a fold: the model learns from it, or predicts it."""
AVAILABLE = "available_at"
"""Column of a result or deviation: from when it is known."""
BEGAN = "began"
"""Column of a deviation: when it began."""


def batch_attributes(process: Definition) -> list[str]:
    """Attributes that are columns of the batch table.

    The others are laboratory results, properties of lots, values over time, dates and the name of the batch itself. A spectrum of a
    batch is a column of the batch table also where it is an in-process control.
    """
    tags = trajectory_tags(process)
    return [
        name
        for name, attribute in process.attributes.items()
        if (attribute.role not in LAB or attribute.kind == "spectrum")
        and attribute.kind != "date"
        and attribute.material is None
        and name not in tags
        and name != process.batch
    ]


def trajectory_tags(process: Definition) -> set[str]:
    """Attributes that are recorded over time."""
    sources = process.sources_that_give("trajectories")
    wide = {name for source in sources for name in process.written_in(source)}
    return wide | {name for source in sources.values() for name in getattr(source, "tags", {}).values()}


def lot_channels(name: str, attribute: Attribute) -> list[str]:
    """Return the names of the channels of a spectrum in the table of lots, which has a row per property: `nir[0]`, `nir[1]`, …"""
    count = 0 if attribute.channels is None else attribute.channels.count
    return [f"{name}[{i}]" for i in range(count)]


def lot_attribute() -> pl.Expr:
    """Return the attribute to which a row of the table of lots belongs; a channel belongs to its spectrum."""
    return pl.col("attribute").str.replace(r"\[\d+\]$", "")
