"""Where a value of a joined batch row comes from: source, file and row."""

from pipeline.domain.process.process import Process

BASE = ""
"""Stands for the sources that give the batch rows themselves."""


def file_of(source: str) -> str:
    """Name of the column with the file that a source contributes to a batch row."""
    return f"_file:{source}" if source else "_file"


def row_of(source: str) -> str:
    """Name of the column with the row number that a source contributes to a batch row."""
    return f"_row:{source}" if source else "_row"


def source_of_attributes(process: Process) -> dict[str, str]:
    """Attribute → source that it is read from. The batch rows take precedence over details."""
    details = process.sources_that_give("details")
    found = {name: source for source in details for name in process.written_in(source)}
    base = {name: BASE for source in process.sources_that_give("batches") for name in process.written_in(source)}
    return found | base
