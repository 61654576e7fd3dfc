"""What a feature is: data, not a class hierarchy."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Feature:
    """A quantity computed from one batch row by a stateless expression.

    `compute` takes one expression per entry of `inputs` (SI units) and returns one expression in the SI form of `unit`.
    """

    name: str
    unit: str
    """Display unit, as pint reads it; the value itself is in SI."""
    inputs: tuple[str, ...]
    """Names of the operation's inputs, e.g. `agitation`, `impeller_diameter`; a process maps its attributes to them."""
    compute: Callable[..., pl.Expr]
    description: str
    """What the quantity tells an engineer, in a few words."""
    source: str
    """Where formula and validity come from (paper, year)."""


@dataclass(frozen=True)
class TrajectoryFeature:
    """A quantity aggregated from the time series of one batch by a stateless expression.

    `compute` takes one expression per entry of `tags`, then one per entry of `inputs`, over a wide frame of one batch:
    one row per time in ascending order, one column per tag (null where it has no record). It returns one aggregating
    expression, so that `frame.group_by("batch_id").agg(...)` evaluates it for all batches at once.
    """

    name: str
    unit: str
    """Display unit, as pint reads it; the value itself is in SI."""
    tags: tuple[str, ...]
    """Names of the operation's tags; a process maps its own to them. `time` is the row's time [s]."""
    compute: Callable[..., pl.Expr]
    description: str
    """What the quantity tells an engineer, in a few words."""
    source: str
    """Where the definition comes from (paper, year)."""
    inputs: tuple[str, ...] = ()
    """Batch inputs that the formula needs besides the tags, as columns that are constant over the batch."""
