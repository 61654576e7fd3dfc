"""Units: a closed list of words, the grammar that joins them, and their conversion to SI."""

from pipeline.domain.units.conversion import Unit, difference, quantity, same_dimension, unit

__all__ = ["Unit", "difference", "quantity", "same_dimension", "unit"]
