"""Which attributes are columns of the batch table, and which are recorded over time."""

from pipeline.domain.attributes import LAB
from pipeline.domain.process.definition import Definition

ROLES = ("train", "test")
"""Role of a batch in a fold: the model learns from it, or predicts it."""
AVAILABLE = "available_at"
"""Column of a result: from when it is known."""


def batch_attributes(process: Definition) -> list[str]:
    """Attributes that are columns of the batch table.

    The others are laboratory results, properties of lots, values over time, dates and the name of the batch itself.
    """
    tags = trajectory_tags(process)
    return [
        name
        for name, attribute in process.attributes.items()
        if attribute.role not in LAB
        and attribute.kind != "date"
        and attribute.material is None
        and name not in tags
        and name != process.batch
    ]


def trajectory_tags(process: Definition) -> set[str]:
    """Attributes that are recorded over time."""
    sources = process.sources_that_give("trajectories")
    wide = {name for source in sources for name in process.written_in(source)}
    return wide | {name for source in sources.values() for name in getattr(source, "tags", {}).values()}
