"""Units: a closed list of words, the grammar that joins them, and their conversion to SI."""

from pipeline.domain.units.bridging import Substance, conversion, gauge_offset, is_product, sum_problem
from pipeline.domain.units.conversion import Unit, difference, quantity, same_dimension, unit

__all__ = [
    "Substance",
    "Unit",
    "conversion",
    "difference",
    "gauge_offset",
    "is_product",
    "quantity",
    "same_dimension",
    "sum_problem",
    "unit",
]
