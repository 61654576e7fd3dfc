"""Read all sources of a process."""

from pathlib import Path

from pipeline.domain.process import Process
from pipeline.history.read import read_source
from pipeline.history.typed import Typed, needed_columns, type_source


def ingest(process: Process, folder: Path) -> dict[str, Typed]:
    """Read every source below `folder` by the declared rules.

    Raises ScalebridgeError for a missing file or column, before any row is read.
    """
    raw = {
        name: read_source(name, source, folder, needed_columns(name, source, process))
        for name, source in process.sources.items()
    }
    return {name: type_source(name, process.sources[name], process, frame) for name, frame in raw.items()}
