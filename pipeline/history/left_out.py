"""Leave batches out on purpose. Their rows are counted, and not used."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import batch_of_source
from pipeline.domain.sources import DeviationRows, GenealogyRows, LongResults, TrajectoryRows, TransferRows
from pipeline.domain.tables import LeftOutRows, empty
from pipeline.history.connectors.files import FILE, ROW


def batch_column(process: Process, source: str) -> str | None:
    """Column of the typed rows of a source that names the batch, of a transfer the one that took; None if its rows belong to no
    single batch."""
    if isinstance(process.sources[source], LongResults | GenealogyRows | TrajectoryRows | DeviationRows):
        return "batch_id"
    if isinstance(process.sources[source], TransferRows):
        return "to_batch"
    batch = batch_of_source(process, source)
    return batch if batch in process.written_in(source) else None


def leave_out(
    process: Process, rows: Mapping[str, pl.DataFrame], unreadable: pl.DataFrame, left_out: LeftOut
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """Take the batches that are left out from the typed rows and from the unreadable cells. Count their rows per file.

    Raises ScalebridgeError if a batch that is left out occurs in no file.
    """
    if not left_out.batches:
        return dict(rows), unreadable, empty(LeftOutRows)
    names = pl.Series(list(left_out.by_name)).implode()
    columns = {source: column for source in rows if (column := batch_column(process, source)) is not None}
    _known(process, rows, columns, unreadable, left_out)
    gone = [
        frame.filter(pl.col(columns[source]).is_in(names)).select(
            pl.col(columns[source]).alias("batch_id"), pl.lit(source).alias("source"), pl.col(FILE), pl.col(ROW)
        )
        for source, frame in rows.items()
        if source in columns
    ]
    unread = unreadable.filter(pl.col("batch_id").is_in(names))
    places = pl.concat([*gone, unread.select("batch_id", "source", pl.col("file").alias(FILE), pl.col("row").alias(ROW))])
    kept = {
        source: frame.filter(~pl.col(columns[source]).is_in(names).fill_null(False)) if source in columns else frame
        for source, frame in rows.items()
    }
    stays = ~pl.col("batch_id").is_in(names).fill_null(False)
    return kept, unreadable.filter(stays), _counted(places, left_out)


def _counted(places: pl.DataFrame, left_out: LeftOut) -> pl.DataFrame:
    """Count the rows of each batch and file, with the decision."""
    decisions = pl.DataFrame(
        [(one.batch, one.who, one.when, one.why) for one in left_out.batches],
        schema={"batch_id": pl.String, "who": pl.String, "when": pl.Date, "why": pl.String},
        orient="row",
    )
    counts = places.group_by("batch_id", "source", pl.col(FILE).alias("file")).agg(pl.col(ROW).n_unique().alias("rows"))
    joined = counts.join(decisions, on="batch_id", how="left")
    return joined.select(LeftOutRows.column_names()).sort("batch_id", "source", "file")


def _known(
    process: Process,
    rows: Mapping[str, pl.DataFrame],
    columns: Mapping[str, str],
    unreadable: pl.DataFrame,
    left_out: LeftOut,
) -> None:
    """Raise ScalebridgeError if a batch that is left out occurs in no file."""
    read = [rows[source][column] for source, column in columns.items()]
    known = {str(name) for names in (*read, unreadable["batch_id"]) for name in names.drop_nulls().unique()}
    for one in left_out.batches:
        if one.batch not in known:
            near = close_to(one.batch, known)
            there = f"the closest names are {near}" if near else f"its batches are {listed(sorted(known))}"
            raise ScalebridgeError(
                f"Batch '{one.batch}', which {one.who} left out on {one.when} (`left_out` of params.yaml), occurs in no file of "
                f"process '{process.name}'; {there}. Correct the name in conf/left_out/, or remove the entry"
            )
