"""Worked examples of the formulas: one list for the tests and for the page of the registry."""

import importlib
import pkgutil
from dataclasses import dataclass

import polars as pl

import docs.generator
from docs.generator.quantities import formula
from pipeline.domain.units import unit
from pipeline.operations.quantity_example import Origin, number_and_unit

KINDS = {
    "published": "a worked example or a table that was published and opened: a book, paper, course, handbook or site",
    "equation": "an equation as printed in a source that was opened, with numbers put in by hand",
    "library": "an independent library: compared live in a test, run once, or a value of its own tests; the source says which",
    "derivation": "an independent derivation; the source says where a published number was looked for",
}
"""Where the expected number comes from."""


@dataclass(frozen=True)
class WorkedExample:
    """One formula with numbers: what goes in, what must come out, and who says so."""

    function: str
    """Name of a function of `pipeline.similarity`."""
    inputs: tuple[str, ...]
    """The arguments in their order, each a number and a unit of the program, such as `300 rpm`; a bare number has no unit."""
    expected: str
    """The result, a number and a unit in the same form."""
    tolerance: float
    """Largest relative difference: the rounding of the source, or the accuracy of an approximation."""
    source: str
    """Who says so, and how it is known, in our own words."""
    kind: Origin
    """Where the expected number comes from; see `KINDS`."""

    def expected_number(self) -> float:
        """Return the expected number in the unit in which it is written."""
        return number_and_unit(self.expected)[0]

    def computed(self) -> float:
        """Return the result of the formula in the unit of the expected number."""
        values = [unit(label).to_si(number) for number, label in map(number_and_unit, self.inputs)]
        result = pl.select(formula(self.function)(*map(pl.lit, values))).item()
        return unit(unit_of(self.expected)).from_si(float(result))


def unit_of(text: str) -> str:
    """Return the unit of a number with a unit.

    >>> unit_of("300 rpm"), unit_of("0.5")
    ('rpm', 'dimensionless')
    """
    return number_and_unit(text)[1]


def worked_examples() -> tuple[WorkedExample, ...]:
    """Return the examples of all modules `docs.generator.examples_…`, each of which has a list `EXAMPLES`."""
    names = [found.name for found in pkgutil.iter_modules(docs.generator.__path__) if found.name.startswith("examples_")]
    modules = [importlib.import_module(f"docs.generator.{name}") for name in sorted(names)]
    return tuple(example for module in modules for example in module.EXAMPLES)
