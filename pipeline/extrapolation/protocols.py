"""Which batches learn and which are predicted: protocols that re-enact what a scale-up asks of a model."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.batch_columns import ROLES
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT


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


@dataclass(config=STRICT, frozen=True)
class PastScaleUps:
    """Each past scale-up as it came: known is what had started before it, and the first few batches at the new scale or site."""

    kind: Literal["past_scale_ups"]
    last: int = Field(default=9, ge=1)
    """So many scale-ups, the latest."""
    given: tuple[int, ...] = (0,)
    """Numbers of batches at the new scale that are known already; each is asked as a question of its own."""
    least: int = Field(default=20, ge=2)
    """Batches that must have been made before."""


Protocol = Annotated[LeaveProductOut | LargestScaleOut | ForwardInTime | PastScaleUps, Field(discriminator="kind")]


@dataclass(config=STRICT, frozen=True)
class Split:
    """The protocols of a run."""

    protocols: tuple[Protocol, ...] = Field(min_length=1)
    """Each kind of protocol at most once."""

    def __post_init__(self) -> None:
        """Refuse a protocol that is named twice: its rows could not be told apart."""
        kinds = [protocol.kind for protocol in self.protocols]
        if twice := [kind for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1]:
            raise ValueError(f"the protocol '{twice[0]}' stands twice")


class NotApplicableError(ScalebridgeError):
    """A protocol that these batches cannot be put through, with the reason."""


def fold_table(rows: pl.DataFrame, split: Split) -> tuple[pl.DataFrame, dict[str, str]]:
    """Assign the batches under every protocol; return the table and, for a protocol that cannot be applied, the reason.

    `rows` needs batch_id, product, lineage, scale_level, started_at. Raises ScalebridgeError where no protocol applies.
    """
    tables: list[pl.DataFrame] = []
    skipped: dict[str, str] = {}
    for protocol in split.protocols:
        try:
            tables += [
                table.select(pl.lit(name).alias("protocol"), "fold", "batch_id", "role")
                for name, table in _named(rows, protocol).items()
            ]
        except NotApplicableError as reason:
            skipped[protocol.kind] = str(reason)
    if not tables:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped.items())
        raise ScalebridgeError(f"No protocol can be applied to these {rows.height} batches: {reasons}")
    role = pl.Enum(ROLES)
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
        case PastScaleUps():
            return _past_scale_ups(rows, protocol, 0)


def _named(rows: pl.DataFrame, protocol: Protocol) -> dict[str, pl.DataFrame]:
    """Folds of a protocol, by the name under which they are scored."""
    if not isinstance(protocol, PastScaleUps):
        return {protocol.kind: assign(rows, protocol)}
    found: dict[str, pl.DataFrame] = {}
    for given in protocol.given:
        try:
            found[f"{protocol.kind}_after_{given}" if given else protocol.kind] = _past_scale_ups(rows, protocol, given)
        except NotApplicableError:
            continue
    if not found:
        raise NotApplicableError(f"no line of batches reached a new scale or site after {protocol.least} others")
    return found


def scale_ups(rows: pl.DataFrame) -> pl.DataFrame:
    """Find the first batch of every line at a scale above all its earlier ones, or at a new site: lineage, step, started_at.

    `step` is `scale` or `site`; columns scale_level and site say which. Oldest first.
    """
    order = rows.filter(pl.col("started_at").is_not_null()).sort("started_at", "batch_id")
    before = pl.col("scale_level").cum_max().shift(1).over("lineage")
    steps = order.with_columns(
        pl.when(pl.col("scale_level") > before).then(pl.lit("scale"))
        .when(before.is_not_null() & pl.col("site").is_first_distinct().over("lineage") & pl.col("site").is_not_null())
        .then(pl.lit("site"))
        .alias("step")
    )  # fmt: skip
    return steps.drop_nulls("step").select("lineage", "step", "scale_level", "site", "started_at")


def _past_scale_ups(rows: pl.DataFrame, protocol: PastScaleUps, given: int) -> pl.DataFrame:
    tables = [_one_scale_up(rows, step, given, protocol.least) for step in scale_ups(rows).to_dicts()]
    usable = [table for table in tables if table is not None][-protocol.last :]
    if not usable:
        raise NotApplicableError(f"no line of batches reached a new scale or site after {protocol.least} others")
    return pl.concat(t.with_columns(pl.lit(i, pl.Int32).alias("fold")) for i, t in enumerate(usable)).select(
        "fold", "batch_id", "role"
    )


def _one_scale_up(rows: pl.DataFrame, step: dict[str, Any], given: int, least: int) -> pl.DataFrame | None:
    """Roles of one scale-up: the batches of the line at that scale (or site), and all that had started before."""
    place = "scale_level" if step["step"] == "scale" else "site"
    here = (pl.col("lineage") == step["lineage"]) & (pl.col(place) == step[place])
    own = rows.filter(here & (pl.col("started_at") >= step["started_at"])).sort("started_at", "batch_id")
    known = rows.filter(pl.col("started_at") < step["started_at"])
    asked = own.slice(given)
    if known.height < least or asked.is_empty():
        return None
    train = pl.concat([known, own.head(given)]).select("batch_id", pl.lit("train").alias("role"))
    return pl.concat([train, asked.select("batch_id", pl.lit("test").alias("role"))])


def _leave_product_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    products = rows["product"].n_unique()
    if products < 2:
        raise NotApplicableError(f"needs at least 2 products, there is {products}")
    return hold_out(rows, rows, "product", folds)


def _largest_scale_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    top = pl.col("scale_level") == pl.col("scale_level").max().over("lineage")
    steps = rows.filter(top & (pl.col("scale_level").n_unique().over("lineage") > 1))
    if steps.is_empty():
        raise NotApplicableError("no line of batches was made at two scales")
    return hold_out(rows, steps, "lineage", folds)


def hold_out(rows: pl.DataFrame, tested: pl.DataFrame, group: str, folds: int) -> pl.DataFrame:
    """Test the batches of `tested`, whole groups together; all other rows of a fold are learned from."""
    fold_of = _spread(dict(tested.group_by(group).len().iter_rows()), folds)
    numbered = tested.select("batch_id", pl.col(group).replace_strict(fold_of, return_dtype=pl.Int32).alias("fold"))
    return roles(rows, [(int(fold), part["batch_id"]) for (fold,), part in numbered.group_by("fold", maintain_order=True)])


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


def roles(rows: pl.DataFrame, tests: list[tuple[int, pl.Series]]) -> pl.DataFrame:
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
