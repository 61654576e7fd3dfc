"""Features of batch sizes: of the scale of the process, and of the scales of its other steps."""

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales
from pipeline.operations import scale_features
from pipeline.operations.feature import Feature


def scale_quantities(process: Process) -> dict[str, tuple[Feature, str, str]]:
    """Return name of a feature → its formula, the column that it reads, and the attribute that holds the size."""
    own = {one.name: (one, "scale", process.scale.attribute) for one in scale_features.FEATURES}
    others = {
        f"{step}.{one.name}": (one, attribute, attribute)
        for step, attribute in further_scales(process).items()
        for one in scale_features.FEATURES
    }
    return own | others


def sizes_of_steps(process: Process) -> dict[str, str]:
    """Return feature → attribute, for the logarithms of batch sizes that are not the scale of the process."""
    return {name: attribute for name, (_, column, attribute) in scale_quantities(process).items() if column != "scale"}


def scale_columns(process: Process) -> dict[str, pl.Expr]:
    """Return name of a feature → its value as an expression over a table with `scale` and the attributes as columns, SI."""
    return {name: one.compute(pl.col(column)) for name, (one, column, _) in scale_quantities(process).items()}
