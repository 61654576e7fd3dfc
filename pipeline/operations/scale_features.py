"""Features of the batch size, which every process has."""

import polars as pl

from pipeline.operations.feature import Feature
from pipeline.similarity import log10_ratio

REFERENCE_SCALE = 1.0
"""One SI unit of the scale (1 m³, 1 kg or one tablet). Another value would shift all logarithms and change no model."""


LOGARITHM = "log10_scale"
"""Name of the feature. People read the batch size in its place."""


def size_of(logarithm: float) -> float:
    """Return the batch size, SI, of a logarithm.

    >>> size_of(-2.0)
    0.01
    """
    return float(REFERENCE_SCALE * 10**logarithm)


def log10_scale(scale: pl.Expr) -> pl.Expr:
    """Logarithm to base 10 of the batch size over one SI unit [-]."""
    return log10_ratio(scale, REFERENCE_SCALE)


FEATURES: tuple[Feature, ...] = (
    Feature(
        LOGARITHM,
        "dimensionless",
        ("scale",),
        log10_scale,
        "Logarithm of the batch size: equal ratios of scale are equal steps",
        "definition",
    ),
)
