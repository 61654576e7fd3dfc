"""Which attributes stand in which table."""

from pipeline.domain.process.process import Process

ROLES = ("train", "test")
"""What a batch does in a fold."""


def batch_attributes(process: Process) -> list[str]:
    """Attributes that stand in the batch rows: all but results, lot properties, dates and the batch's own name."""
    lab = {"CQA", "IPC"}
    tags = trajectory_tags(process)
    return [
        name
        for name, attribute in process.attributes.items()
        if attribute.role not in lab
        and attribute.kind != "date"
        and attribute.material is None
        and name not in tags
        and name != process.batch
    ]


def trajectory_tags(process: Process) -> set[str]:
    """Attributes that are recorded over time."""
    sources = process.sources_that_give("trajectories")
    wide = {name for source in sources for name in process.written_in(source)}
    return wide | {name for source in sources.values() for name in getattr(source, "tags", {}).values()}
