"""The verb `quarantine`: the rows that are set aside, as a workbook."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import PLACES, check_targets, say
from pipeline.domain.display import counted
from pipeline.domain.errors import ScalebridgeError

ENDING = ".xlsx"


def quarantine(
    out: Annotated[Path, typer.Option(help="the workbook to write, such as quarantine.xlsx")],
) -> None:
    """Read the raw files, and write the rows that are set aside as a workbook, with units, reasons and what brings them back.

    The files are read as `scalebridge check` does. Nothing else is written, and no run is needed.
    """
    from pipeline.config import compose, validate
    from pipeline.domain.whole_files import write_whole
    from pipeline.history.quality.verdict import read_history_of, verdict
    from pipeline.reports.sheets.quarantine import workbook

    if out.suffix.lower() != ENDING:
        raise ScalebridgeError(f"{out} does not end in {ENDING}; the quarantine is written as a workbook of Excel")
    check_targets(out)
    composed = validate(compose(PLACES.conf, PLACES.params), str(PLACES.params))
    process = composed.process
    raw, snapshots = PLACES.raw / process.name, PLACES.snapshots / process.name
    history = read_history_of(process, raw, composed.left_out, composed.scope, snapshots)
    found = verdict(process, history)
    write_whole(out, workbook(history.quarantine, found, process))
    say(f"{process.name}: {found.headline}")
    records, causes = history.quarantine.height, len(found.causes)
    say(f"Wrote {out}: {counted(records, 'record')}, {counted(causes, 'cause')}")
