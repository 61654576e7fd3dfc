"""What every process offers: its size."""

import polars as pl

from pipeline.operations.feature import Feature
from pipeline.similarity import log10_ratio

REFERENCE_SCALE = 1.0
"""One SI unit of whatever measures the scale (m³, kg or one tablet): it moves the zero and changes no model."""


def log10_scale(scale: pl.Expr) -> pl.Expr:
    """Decades of the batch size above one SI unit [-]."""
    return log10_ratio(scale, REFERENCE_SCALE)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "log10_scale",
        "dimensionless",
        ("scale",),
        log10_scale,
        "Decades of batch size: equal steps for equal ratios of scale",
        "definition",
    ),
)
