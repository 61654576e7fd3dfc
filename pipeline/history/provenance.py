"""Where a value of a joined batch row came from."""

from pipeline.domain.process.process import Process

BASE = ""
"""The source that gives the batch rows themselves."""


def file_of(source: str) -> str:
    """Column with the file that a source contributed to a batch row."""
    return f"_file:{source}" if source else "_file"


def row_of(source: str) -> str:
    """Column with the row that a source contributed to a batch row."""
    return f"_row:{source}" if source else "_row"


def source_of_attributes(process: Process) -> dict[str, str]:
    """Name the source of each written attribute: the batch rows before the details."""
    details = process.sources_that_give("details")
    found = {name: source for source in details for name in process.written_in(source)}
    base = {name: BASE for source in process.sources_that_give("batches") for name in process.written_in(source)}
    return found | base
