"""The verb `series`: features of series from a folder or bucket that is larger than the memory."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, check_targets, say
from pipeline.domain.errors import ScalebridgeError

ENDING = ".parquet"


def series(
    address: Annotated[
        str,
        typer.Argument(
            help="folder or bucket of Parquet files, such as s3://bucket/series; each batch lies in one folder, such as that of "
            "its site and product"
        ),
    ],
    out: Annotated[Path, typer.Option(help="the Parquet file to write, with a row per batch")],
) -> None:
    """Make the features of series from records of sensors outside of the project, some batches at a time.

    The files have the columns batch_id, tag, time [s] and value [SI]. Folders are spread over the processes of this machine, or
    over the cluster that SCALEBRIDGE_CLUSTER names. Inputs such as volumes come from data/history.
    """
    from pipeline.domain.config_files import load
    from pipeline.domain.process.process import Process
    from pipeline.domain.whole_files import write_by
    from pipeline.features.series import features_of_partitions
    from pipeline.history.store import read_history

    if out.suffix.lower() != ENDING:
        raise ScalebridgeError(f"{out} does not end in {ENDING}; the features are written as a Parquet file")
    check_targets(out)
    process, history = load(PLACES.config, "process", Process), read_history(PLACES.history, records=False)
    found = features_of_partitions(process, history, address)
    write_by(out, found.write_parquet)
    unknown = found.filter(~found["batch_id"].is_in(history.batches["batch_id"].implode())).height
    note = f"; {unknown:,} of them are no batches of data/history, so features that need their inputs are missing" * bool(
        unknown
    )
    say(f"Wrote {out}: {found.height:,} batches, {found.width - 1} features{note}")
