"""The products: a receptor and a vector each, their patients, and how their cells answer.

Part of these traits is in no record: a model has to learn them from results.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One receptor with its vector."""

    name: str
    age: float
    """Mean age of the patients [years]."""
    age_spread: float
    """Standard deviation of the age [years]."""
    lines: float
    """Mean number of earlier lines of treatment beyond the first."""
    begins: float
    """Start of development, as a share of the history."""
    centres: int
    """Number of centres that take the product over, in the order in which they begin."""
    infectivity: float
    """Effective vectors per transducing unit of the label, on cells that are fully activated [-]."""
    expression: float
    """Share of the integrated copies that are expressed [-]. Silent copies raise the copies per CAR+ cell."""
    growth: float
    """Growth rate relative to the first product [-]."""
    selection_by_car: float
    """Change of the log-odds of CAR+ cells per doubling: below zero where the receptor slows the cells [-]."""
    exhaustion: float
    """Change of the log-odds of exhausted cells against the first product: tonic signalling (Long et al. 2015, Nat. Med. 21,
    581) [-]."""


PRODUCTS: tuple[Product, ...] = (
    Product("CT-19A", 44.0, 19.0, 1.3, 0.00, 6, 1.00, 0.46, 1.00, -0.010, 0.0),
    Product("CT-19B", 62.0, 11.0, 1.8, 0.08, 5, 0.78, 0.40, 0.96, -0.035, 0.25),
    Product("CT-BM2", 64.0, 9.0, 3.2, 0.20, 4, 1.22, 0.52, 0.93, 0.015, 0.10),
    Product("CT-22D", 38.0, 20.0, 2.2, 0.38, 3, 0.88, 0.43, 1.04, -0.045, 0.45),
)
"""Oldest first. Each is invented; the magnitudes are such that the results lie in published ranges (see the tests)."""
