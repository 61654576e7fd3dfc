"""The data sheet of equipment: a source of details that has the equipment as its key."""

from pipeline.domain.process.process import Process


def data_sheet(process: Process, equipment: str | None) -> list[str]:
    """Return the attributes in the data sheet of an equipment attribute, this attribute included; empty where there is none."""
    sheets = [name for name, one in process.sources_that_give("details").items() if one.key == (equipment,)]
    return [name for sheet in sheets for name in process.written_in(sheet)]
