"""Which batches learn and which are predicted: three protocols that re-enact what a scale-up asks of a model.

The same pure function makes the outer folds and, inside the training rows of each, the rehearsal that calibrates the
intervals.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict import STRICT
from pipeline.domain.tables import Folds


@dataclass(config=STRICT, frozen=True)
class LeaveProductOut:
    """A new product: no batch of it is known at any scale."""

    kind: Literal["leave_product_out"]
    folds: int = Field(default=5, ge=2)
    """Products are spread over at most this many folds of similar size."""


@dataclass(config=STRICT, frozen=True)
class LargestScaleOut:
    """A scale-up: a line of batches (a product, a strength) is known at its smaller scales only."""

    kind: Literal["largest_scale_out"]
    folds: int = Field(default=5, ge=2)
    """Lines are spread over at most this many folds of similar size."""


@dataclass(config=STRICT, frozen=True)
class ForwardInTime:
    """Tomorrow's batches: everything that started up to a date is known, nothing later."""

    kind: Literal["forward_in_time"]
    cutoffs: int = Field(default=4, ge=1)
    """Dates at which the model is trained anew; each predicts up to the next."""


Protocol = Annotated[LeaveProductOut | LargestScaleOut | ForwardInTime, Field(discriminator="kind")]


@dataclass(config=STRICT, frozen=True)
class Split:
    """The protocols of a run."""

    protocols: tuple[Protocol, ...] = Field(min_length=1)

    def __post_init__(self) -> None:
        """Refuse a protocol that is named twice: its rows could not be told apart."""
        kinds = [protocol.kind for protocol in self.protocols]
        if twice := [kind for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1]:
            raise ValueError(f"the protocol '{twice[0]}' stands twice")


class NotApplicableError(ScalebridgeError):
    """A protocol that these batches cannot be put through, with the reason."""


def scale_levels(scale: pl.Series, tolerance: float) -> pl.Series:
    """Give each scale the smallest scale of its level; a level spans at most a factor of 1 + `tolerance`.

    >>> scale_levels(pl.Series([262.0, 27.0, 270.0, 217.0]), 0.1).to_list()
    [262.0, 27.0, 262.0, 217.0]
    """
    levels: dict[float, float] = {}
    start = 0.0
    for value in scale.unique().sort():
        if value > start * (1 + tolerance):
            start = value
        levels[value] = start
    return scale.replace_strict(levels, return_dtype=pl.Float64)


def fold_table(rows: pl.DataFrame, split: Split) -> tuple[pl.DataFrame, dict[str, str]]:
    """Assign the batches under every protocol; return the table and, for a protocol that cannot be applied, the reason.

    `rows` needs batch_id, product, lineage, scale_level, started_at. Raises ScalebridgeError where no protocol applies.
    """
    tables: list[pl.DataFrame] = []
    skipped: dict[str, str] = {}
    for protocol in split.protocols:
        try:
            tables.append(assign(rows, protocol).select(pl.lit(protocol.kind).alias("protocol"), "fold", "batch_id", "role"))
        except NotApplicableError as reason:
            skipped[protocol.kind] = str(reason)
    if not tables:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped.items())
        raise ScalebridgeError(f"No protocol can be applied to these {rows.height} batches: {reasons}")
    role = Folds.role.dtype
    table = pl.concat(tables).with_columns(pl.col("role").cast(role), pl.col("fold").cast(pl.Int32))
    return table.sort("protocol", "fold", "batch_id"), skipped


def assign(rows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Assign batches to folds: fold, batch_id, role. A batch may be in neither role of a fold.

    Raises NotApplicableError.
    """
    match protocol:
        case LeaveProductOut():
            return _leave_product_out(rows, protocol.folds)
        case LargestScaleOut():
            return _largest_scale_out(rows, protocol.folds)
        case ForwardInTime():
            return _forward_in_time(rows, protocol.cutoffs)


def rehearse(rows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Put training rows through their own protocol; where it no longer applies, through the nearest one that does.

    Returns protocol (what was rehearsed in the end), fold, batch_id, role.

    What stays when a line of one step is held out may have no further step to rehearse: then whole products are held
    out, and for a single product, thirds of its batches.
    """
    for attempt in (protocol, LeaveProductOut("leave_product_out")):
        try:
            return assign(rows, attempt).select(pl.lit(attempt.kind).alias("protocol"), pl.all())
        except NotApplicableError:
            continue
    thirds = rows.select("batch_id", (pl.int_range(pl.len()) % 3).alias("fold"))
    roles = _roles(rows, [(fold, thirds.filter(pl.col("fold") == fold)["batch_id"]) for fold in range(3)])
    return roles.select(pl.lit("thirds").alias("protocol"), pl.all())


def _leave_product_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    products = rows["product"].n_unique()
    if products < 2:
        raise NotApplicableError(f"needs at least 2 products, there is {products}")
    return _hold_out(rows, rows, "product", folds)


def _largest_scale_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    top = pl.col("scale_level") == pl.col("scale_level").max().over("lineage")
    steps = rows.filter(top & (pl.col("scale_level").n_unique().over("lineage") > 1))
    if steps.is_empty():
        raise NotApplicableError("no line of batches was made at two scales")
    return _hold_out(rows, steps, "lineage", folds)


def _hold_out(rows: pl.DataFrame, tested: pl.DataFrame, group: str, folds: int) -> pl.DataFrame:
    """Test the batches of `tested`, whole groups together; all other rows of a fold are learned from."""
    fold_of = _spread(dict(tested.group_by(group).len().iter_rows()), folds)
    numbered = tested.select("batch_id", pl.col(group).replace_strict(fold_of, return_dtype=pl.Int32).alias("fold"))
    return _roles(rows, [(int(fold), part["batch_id"]) for (fold,), part in numbered.group_by("fold", maintain_order=True)])


def _forward_in_time(rows: pl.DataFrame, cutoffs: int) -> pl.DataFrame:
    dated = rows.filter(pl.col("started_at").is_not_null())
    if dated["started_at"].n_unique() < 2:
        raise NotApplicableError("needs batches that started at two different times")
    quantiles = [dated["started_at"].sort()[int(dated.height * i / (cutoffs + 1)) - 1] for i in range(1, cutoffs + 1)]
    last = dated["started_at"].max()
    dates = [date for date in sorted(set(quantiles)) if date < last] or [dated["started_at"].min()]
    parts = []
    for fold, (date, until) in enumerate(zip(dates, [*dates[1:], last], strict=True)):
        started = pl.col("started_at")
        role = pl.when(started <= date).then(pl.lit("train")).when(started <= until).then(pl.lit("test"))
        part = dated.select(pl.lit(fold, dtype=pl.Int32).alias("fold"), "batch_id", role.alias("role")).drop_nulls("role")
        parts.append(part)
    return pl.concat(parts)


def _spread(sizes: Mapping[str, int], folds: int) -> dict[str, int]:
    """Spread groups over folds, the largest first, each to the fold that is smallest so far."""
    filled = [0] * min(folds, len(sizes))
    chosen = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold = filled.index(min(filled))
        chosen[group], filled[fold] = fold, filled[fold] + size
    return chosen


def _roles(rows: pl.DataFrame, tests: list[tuple[int, pl.Series]]) -> pl.DataFrame:
    """All rows of each fold with their role: test for those named, train for the others."""
    parts = [
        rows.select(
            pl.lit(fold, dtype=pl.Int32).alias("fold"),
            "batch_id",
            pl.when(pl.col("batch_id").is_in(names.implode())).then(pl.lit("test")).otherwise(pl.lit("train")).alias("role"),
        )
        for fold, names in sorted(tests, key=lambda test: test[0])
    ]
    return pl.concat(parts)
