"""Features of unit operations, described as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Feature:
    """A quantity that is computed from the inputs of one batch, independently of other batches.

    `compute` takes one expression per entry of `inputs`, then one per entry of `optional`, as an expression or a number (SI units).
    It returns one expression in the SI form of `unit`.
    """

    name: str
    unit: str
    """Display unit. The value itself is in SI."""
    inputs: tuple[str, ...]
    """Names of inputs of the operation, such as `agitation`. A process maps its attributes to them."""
    compute: Callable[..., pl.Expr]
    description: str
    """What the quantity tells an engineer, in a few words."""
    source: str
    """Source of the formula and its validity (paper, year)."""
    optional: Mapping[str, float] = field(default_factory=dict)
    """Input that a process may leave out → its value in SI then. `gas_flow.temperature` and `gas_flow.pressure` are the declared
    reference state of the attribute that feeds `gas_flow`."""


@dataclass(frozen=True)
class TrajectoryFeature:
    """A quantity that is aggregated from the time series of one batch, independently of other batches.

    `compute` takes one expression per entry of `tags`, then one per entry of `inputs`. They refer to a wide frame of one
    batch: one row per time in ascending order, one column per tag, null without a record. It returns one aggregating
    expression, so that `frame.group_by("batch_id").agg(...)` evaluates it for all batches.
    """

    name: str
    unit: str
    """Display unit. The value itself is in SI."""
    tags: tuple[str, ...]
    """Names of tags of the operation. A process maps its attributes to them. `time` is the time of the row [s]."""
    compute: Callable[..., pl.Expr]
    description: str
    """What the quantity tells an engineer, in a few words."""
    source: str
    """Source of the definition (paper, year)."""
    inputs: tuple[str, ...] = ()
    """Inputs that the formula needs besides the tags, as columns that are constant over the batch."""
