"""Evaluation protocols: which batches a model is trained on and which it predicts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import ROLES
from pipeline.domain.process.axes import TRANSFER_COLUMNS, Axes, Axis
from pipeline.domain.process.parts import ONE_PRODUCT, ONE_SCALE
from pipeline.domain.process.process import Process
from pipeline.domain.strict_config import STRICT
from pipeline.extrapolation.attribute_protocols import AttributeProtocol, Cut, ListedGroups, attribute_problem, hide
from pipeline.extrapolation.availability import FIRST, dated
from pipeline.extrapolation.hiding import NotApplicableError, hold_out
from pipeline.extrapolation.places_out import place_out
from pipeline.extrapolation.scale_ups import NO_AXES, ScaleUp, one_scale_up, scale_ups


@configuration(config=STRICT, frozen=True)
class LeaveProductOut:
    """Products are hidden: no batch of a test product is a training batch, at any scale."""

    kind: Literal["leave_product_out"]
    folds: int = Field(default=5, ge=2)
    """Number of folds at most. Whole products are spread over them so that the folds have similar sizes."""


@configuration(config=STRICT, frozen=True)
class LargestScaleOut:
    """The largest scale of a lineage (a product, a strength) is hidden: its smaller scales are training batches."""

    kind: Literal["largest_scale_out"]
    folds: int = Field(default=5, ge=2)
    """Number of folds at most. Whole lineages are spread over them so that the folds have similar sizes."""


@configuration(config=STRICT, frozen=True)
class SiteOut:
    """A lineage is hidden at one of its sites: its batches at other sites and the same scale are training batches."""

    kind: Literal["site_out"]
    folds: int = Field(default=5, ge=2)
    """Number of folds at most. The sites of a lineage are in different folds as far as there are folds."""


@configuration(config=STRICT, frozen=True)
class DeviceOut:
    """A lineage is hidden on one of its devices: its batches on other devices and at the same scale are training batches."""

    kind: Literal["device_out"]
    folds: int = Field(default=5, ge=2)
    """Number of folds at most. The devices of a lineage are in different folds as far as there are folds."""


@configuration(config=STRICT, frozen=True)
class ForwardInTime:
    """Later batches are hidden: the model learns from results that were available at a date."""

    kind: Literal["forward_in_time"]
    cutoffs: int = Field(default=4, ge=1)
    """Number of dates. The model of each date predicts the batches that started after it, up to the next date."""


@configuration(config=STRICT, frozen=True)
class PastScaleUps:
    """Each past scale-up in turn. The model learns from results that were available when the scale-up started, or when the results
    of the first few batches at the new scale or site were available."""

    kind: Literal["past_scale_ups"]
    last: int = Field(default=9, ge=1)
    """Number of scale-ups, the latest ones."""
    given: tuple[int, ...] = (0,)
    """Numbers of batches at the new scale whose results are known. Each number makes folds of its own: their question is asked when
    all results of so many batches are available, and the batches that start later are predicted."""
    least: int = Field(default=20, ge=2)
    """Number of batches that must have a known result before a scale-up starts; earlier scale-ups are left out."""
    axis: tuple[Axis, ...] | None = Field(default=None, min_length=1)
    """Axes along which past transfers are looked for: `scale`, `site`, `device`. Default: those of the process definition."""


Protocol = Annotated[
    LeaveProductOut | LargestScaleOut | SiteOut | DeviceOut | ForwardInTime | PastScaleUps | Cut | ListedGroups,
    Field(discriminator="kind"),
]
_KINDS = (
    "leave_product_out",
    "largest_scale_out",
    "site_out",
    "device_out",
    "forward_in_time",
    "past_scale_ups",
    "cut",
    "listed_groups",
)


def name_of(protocol: Protocol) -> str:
    """Name under which a protocol is scored: its own name if it has one, or its kind."""
    return (isinstance(protocol, AttributeProtocol) and protocol.name) or protocol.kind


@configuration(config=STRICT, frozen=True)
class Split:
    """The protocols of a run."""

    protocols: tuple[Protocol, ...] = Field(min_length=1)
    """Each name of a protocol at most once; without a name of its own, a protocol has the name of its kind."""

    def __post_init__(self) -> None:
        """Refuse a protocol that is given twice, or under the name of another kind: its rows could not be told apart."""
        names = [name_of(protocol) for protocol in self.protocols]
        if repeated := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            named = ", or a `name` to each" if repeated[0] in ("cut", "listed_groups") else ""
            raise ValueError(f"the protocol '{repeated[0]}' is given twice; give each protocol once{named}")
        for protocol in self.protocols:
            name = name_of(protocol)
            if name != protocol.kind and (name in _KINDS or name.startswith("past_scale_ups")):
                raise ValueError(f"the name '{name}' of a protocol is that of another kind; choose another name")

    @property
    def attributes(self) -> list[str]:
        """Attributes of the batches by which protocols hide."""
        return [protocol.attribute for protocol in self.protocols if isinstance(protocol, AttributeProtocol)]

    def problems(self, process: Process) -> list[str]:
        """List what keeps protocols from being read with a process definition, one sentence each."""
        found = [attribute_problem(one, process) for one in self.protocols if isinstance(one, AttributeProtocol)]
        return [problem for problem in found if problem is not None]


_MOMENT = pl.Datetime("us")
_FOLDS: Mapping[str, pl.DataType] = {
    "protocol": pl.String(),
    "fold": pl.Int32(),
    "batch_id": pl.String(),
    "role": pl.String(),
    "as_of": _MOMENT,
}


NO_ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({})
"""Attributes of a split none of whose protocols hides by an attribute."""
NO_DATES = "no batch has a start"
"""Reason of the protocols that order batches in time."""


def fold_table(
    rows: pl.DataFrame, split: Split, attributes: Mapping[str, Attribute] = NO_ATTRIBUTES, axes: Axes = NO_AXES
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the folds of all protocols, and per name of a protocol that cannot be applied the reason.

    rows: batch_id, product, lineage, scale_level, started_at, site, the attributes of the split in SI, and the dates of
    their results as `availability.with_result_dates` adds them; without these, a result counts from the start of its batch.
    attributes: name → attribute of the process definition; axes: of its transfers. `as_of` is the date of the question in
    the protocols that go back in time: a training batch has a result that was available then. Where axes are declared, past
    transfers also have `step`, their axis, and `place`, the new site or device. There are no folds where no protocol can be
    applied.
    """
    tables: list[pl.DataFrame] = []
    skipped: dict[str, str] = {}
    for protocol in split.protocols:
        try:
            tables += [
                table.with_columns(pl.lit(name).alias("protocol"))
                for name, table in _folds_by_name(rows, protocol, attributes, axes).items()
            ]
        except NotApplicableError as reason:
            skipped[name_of(protocol)] = str(reason)
    table = pl.concat([pl.DataFrame(schema=_FOLDS), *tables], how="diagonal_relaxed").cast({"role": pl.Enum(ROLES)})
    return table.sort("protocol", "fold", "batch_id"), skipped


def fold_sizes(table: pl.DataFrame) -> dict[str, dict[str, dict[str, int]]]:
    """Number of batches: protocol → fold → role."""
    sizes: dict[str, dict[str, dict[str, int]]] = {}
    for protocol, fold, role, count in table.group_by("protocol", "fold", "role", maintain_order=True).len().iter_rows():
        sizes.setdefault(protocol, {}).setdefault(f"fold {fold}", {})[role] = count
    return sizes


def assign(rows: pl.DataFrame, protocol: Protocol, attributes: Mapping[str, Attribute] = NO_ATTRIBUTES) -> pl.DataFrame:
    """Return the folds of a protocol: fold, batch_id, role (train or test).

    rows: as of `fold_table`; or the results of one attribute with `available_at`, from when each is known. A fold need not hold all
    batches. Raises NotApplicableError.
    """
    return _assign(rows, protocol, attributes).select("fold", "batch_id", "role")


def _assign(rows: pl.DataFrame, protocol: Protocol, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Return the folds of a protocol, with the date of the question `as_of` if it has one."""
    match protocol:
        case LeaveProductOut():
            if ONE_PRODUCT in attributes:
                raise NotApplicableError("the process definition states no `product`, so all batches count as one product")
            return _leave_product_out(rows, protocol.folds)
        case LargestScaleOut():
            if ONE_SCALE in attributes:
                raise NotApplicableError("the process definition states no `scale`, so all batches count as one size")
            return _largest_scale_out(rows, protocol.folds)
        case SiteOut():
            return place_out(rows, "site", protocol.folds)
        case DeviceOut():
            return place_out(rows, "equipment", protocol.folds)
        case ForwardInTime():
            return _forward_in_time(rows, protocol.cutoffs)
        case PastScaleUps():
            return _past_scale_ups(rows, protocol, 0, NO_AXES)
        case Cut() | ListedGroups():
            return hide(rows, protocol, attributes)


def _folds_by_name(
    rows: pl.DataFrame, protocol: Protocol, attributes: Mapping[str, Attribute], axes: Axes
) -> dict[str, pl.DataFrame]:
    """Return the folds of a protocol by the name under which they are scored."""
    if not isinstance(protocol, PastScaleUps):
        return {name_of(protocol): _assign(rows, protocol, attributes)}
    tables: dict[str, pl.DataFrame] = {}
    for given in protocol.given:
        try:
            name = f"{protocol.kind}_after_{given}" if given else protocol.kind
            tables[name] = _past_scale_ups(rows, protocol, given, axes)
        except NotApplicableError:
            continue
    if not tables:
        raise _no_scale_up(rows, protocol, axes)
    return tables


def _past_scale_ups(rows: pl.DataFrame, protocol: PastScaleUps, given: int, axes: Axes) -> pl.DataFrame:
    known, axes = dated(rows), axes if protocol.axis is None else replace(axes, declared=protocol.axis)
    found = [ScaleUp(*row) for row in scale_ups(rows, axes).iter_rows()]
    tables = [(one, one_scale_up(known, one, given, protocol.least)) for one in found]
    usable = [(one, table) for one, table in tables if table is not None][-protocol.last :]
    if not usable:
        raise _no_scale_up(rows, protocol, axes)
    folds = pl.concat(
        table.with_columns(
            pl.lit(i, pl.Int32).alias("fold"), pl.lit(one.step).alias("step"), pl.lit(one.place, pl.String).alias("place")
        )
        for i, (one, table) in enumerate(usable)
    )
    return folds.select("fold", "batch_id", "role", "as_of", *(() if axes.declared is None else TRANSFER_COLUMNS))


def _no_scale_up(rows: pl.DataFrame, protocol: PastScaleUps, axes: Axes) -> NotApplicableError:
    if rows["started_at"].null_count() == rows.height:
        return NotApplicableError(NO_DATES)
    reached = " or ".join(protocol.axis or axes.searched)
    return NotApplicableError(
        f"no lineage reached a new {reached} after {protocol.least} or more batches with a known result"
    )


def _leave_product_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    products = rows["product"].n_unique()
    if products < 2:
        raise NotApplicableError(f"needs at least 2 products, there is {products}")
    return hold_out(rows, rows, "product", folds)


def _largest_scale_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    top = pl.col("scale_level") == pl.col("scale_level").max().over("lineage")
    hidden = rows.filter(top & (pl.col("scale_level").n_unique().over("lineage") > 1))
    if hidden.is_empty():
        raise NotApplicableError("no lineage (product, strength) was made at two scales")
    return hold_out(rows, hidden, "lineage", folds)


def _forward_in_time(rows: pl.DataFrame, cutoffs: int) -> pl.DataFrame:
    starting = dated(rows.filter(pl.col("started_at").is_not_null()))
    if starting.is_empty():
        raise NotApplicableError(NO_DATES)
    if starting["started_at"].n_unique() < 2:
        raise NotApplicableError("needs batches that started at two different times")
    quantiles = [starting["started_at"].sort()[int(starting.height * i / (cutoffs + 1)) - 1] for i in range(1, cutoffs + 1)]
    last = starting["started_at"].max()
    dates = [date for date in sorted(set(quantiles)) if date < last] or [starting["started_at"].min()]
    tables = [_as_of(starting, date, until) for date, until in zip(dates, [*dates[1:], last], strict=True)]
    usable = [table for table in tables if table["role"].n_unique() == len(ROLES)]
    if not usable:
        raise NotApplicableError("no batch started after a date at which a result was available")
    return pl.concat(table.with_columns(pl.lit(fold, pl.Int32).alias("fold")) for fold, table in enumerate(usable))


def _as_of(rows: pl.DataFrame, date: datetime, until: datetime) -> pl.DataFrame:
    """Return the roles of the batches that started up to `until`, for a question that is asked at a date."""
    started = pl.col("started_at")
    role = (
        pl.when((started > date) & (started <= until)).then(pl.lit("test"))
        .when((started <= date) & (pl.col(FIRST) <= date)).then(pl.lit("train"))
    )  # fmt: skip
    return rows.select("batch_id", role.alias("role"), pl.lit(date, _MOMENT).alias("as_of")).drop_nulls("role")
