"""Which batch was in which vessel: series that name a vessel and no batch get the batch of their time."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.process.windows import different_clocks, in_utc
from pipeline.domain.sources import OfEquipment, TrajectoryRows
from pipeline.domain.tables import NamedQuarantine, empty
from pipeline.history.batches import find_batches
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.quarantine import reject
from pipeline.history.typed_rows import VESSEL

NO_BATCH = "no batch was in"
"""Beginning of the reason of a record between two batches."""
_START, _END, _BUSY, _TWICE, _AT = "_start", "_end", "_busy", "_twice", "_at"


@dataclass(frozen=True)
class Assigned:
    """Typed rows in which every record has a batch, and the quarantine of records without one."""

    rows: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame


def continuous(process: Process) -> dict[str, OfEquipment]:
    """Return source of series without a batch → how its records find their batch."""
    return {
        name: source.of_equipment
        for name, source in process.sources.items()
        if isinstance(source, TrajectoryRows) and source.of_equipment is not None
    }


def with_batches_of_vessels(
    process: Process, typed: Mapping[str, pl.DataFrame], batches: pl.DataFrame | None = None
) -> Assigned:
    """Give the records of continuous series the batch that was in their vessel, from its start to its end.

    A record at the end of a batch belongs to it, unless the next batch starts at that moment. batches: joined batch rows; by
    default those of the typed rows.

    Raises ScalebridgeError if the times of a series and the starts of the batches have different clocks.
    """
    found, records = dict(typed), [empty(NamedQuarantine)]
    todo = {name: rule for name, rule in continuous(process).items() if VESSEL in typed[name].columns}
    if not todo:
        return Assigned(found, records[0])
    rows = find_batches(process, typed).rows if batches is None else batches
    for name, rule in todo.items():
        occupied = occupancy(process, rows, rule.attribute)
        found[name], aside = _of_source(process, name, typed[name], rule, occupied)
        records.append(aside.with_columns(pl.lit(None, pl.String).alias("batch_id")))
    return Assigned(found, pl.concat(records))


def occupancy(process: Process, batches: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """Return `batch_id`, the vessel, start and end of each batch, by vessel and start.

    A batch without an end lasts to the next start. batches: joined batch rows. The column `_busy` holds the latest end of the
    batches that started before in the vessel.
    """
    assert process.started is not None  # the validation of the process requires it
    ended = pl.lit(None, pl.Datetime("us")) if process.ended is None else pl.col(process.ended)
    known = batches.select(
        pl.col(process.batch).alias("batch_id"),
        pl.col(attribute).cast(pl.String).alias(VESSEL),
        pl.col(process.started).alias(_START),
        ended.alias(_END),
    )
    rows = known.drop_nulls([VESSEL, _START]).sort(VESSEL, _START, "batch_id")
    following = pl.col(_START).shift(-1).over(VESSEL)
    lasting = rows.with_columns(pl.coalesce(_END, following).alias(_END))
    return lasting.with_columns(
        pl.col(_END).cum_max().shift(1).over(VESSEL).alias(_BUSY), pl.struct(VESSEL, _START).is_duplicated().alias(_TWICE)
    )


def _of_source(
    process: Process, name: str, rows: pl.DataFrame, rule: OfEquipment, occupied: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of one source with their batches, and the quarantine of those without one."""
    assert process.started is not None  # the validation of the process requires it
    utc = getattr(rows.schema["moment"], "time_zone", None) is not None
    if in_utc(process, process.started) is not utc:
        raise ScalebridgeError(f"Process '{process.name}': {different_clocks(name, process.started, utc)}")
    order = rows.with_row_index("_order").with_columns(pl.col("moment").dt.replace_time_zone(None).alias(_AT))
    joined = order.sort(_AT).join_asof(
        occupied.sort(_START), left_on=_AT, right_on=_START, by=VESSEL, strategy="backward", check_sortedness=False
    )
    placed = joined.sort("_order")
    both = (pl.col(_AT) < pl.col(_BUSY)) | pl.col(_TWICE)
    outside = pl.col("batch_id").is_null() | (pl.col(_AT) > pl.col(_END))
    why = (
        pl.when(both)
        .then(pl.format("two batches were in '{}' at this time, '{}' and an earlier one", VESSEL, "batch_id"))
        .when(outside)
        .then(pl.format("{} '{}' at this time", pl.lit(NO_BATCH), VESSEL))
    )
    kept, aside = reject(placed, pl.lit(name), why, rule.column, pl.col("moment"))
    spare = ["_order", _AT, _START, _END, _BUSY, _TWICE, VESSEL]
    front = [FILE, ROW, "batch_id"]
    good = kept.drop(spare)
    return good.select(*front, pl.exclude(front)), aside
