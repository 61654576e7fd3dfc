"""What was received of a feed, as a file that the readers of raw files read."""

from pathlib import Path

from pipeline.domain.feeds import EQUIPMENT, MqttFeed, OpcUaPull
from pipeline.domain.names.folders import folder_name
from pipeline.domain.whole_files import write_by
from pipeline.history.live.journal_reader import JournalReader

ROWS = "records.parquet"
"""The records of a journal as a table. It is made from the journal and may be deleted."""
ALL = "all"
"""Folder of a feed that is received for all vessels at once."""


def journal_folder(received: Path, source: str, pull: OpcUaPull | MqttFeed, vessel: str | None) -> Path:
    """Return the folder of the journal of a source.

    received: `data/received/<process>`. vessel: the one that is followed; it has a folder of its own where nodes are chosen by it.
    """
    own = isinstance(pull, OpcUaPull) and vessel and any(EQUIPMENT in node for node in pull.nodes.values())
    return received / source / (folder_name(vessel, "vessel") if own and vessel else ALL)


def received_rows(reader: JournalReader) -> Path:
    """Return the file with the records of a journal, each once. It is written anew if there are new records."""
    file = reader.folder / ROWS
    reader.look()
    newest = max((path.stat().st_mtime_ns for path in reader.read_until), default=0)
    if not file.is_file() or file.stat().st_mtime_ns <= newest:
        write_by(file, reader.records().write_parquet)
    return file
