"""Every formula of the registry gives the numbers of its worked examples, and their units have its dimensions."""

import inspect
import re

import pytest
from pint import UnitRegistry

from docs.generator.quantities import formula
from docs.generator.worked_examples import KINDS, WorkedExample, unit_of, worked_examples
from pipeline import similarity
from pipeline.domain.units import unit
from tests.similarity.test_similarity_dimensions import FORMULAS, Formula

EXAMPLES = worked_examples()
CHECKED = {formula.compute.__name__: formula for formula in FORMULAS}
PINT: UnitRegistry = UnitRegistry()
SAME = {"dimensionless": "", "angle_deg": "", "min": "minute", "um": "micrometer", "uL": "microliter"}


def name(example: WorkedExample) -> str:
    return f"{example.function}-{EXAMPLES.index(example)}"


def in_pint(label: str) -> str:
    """Write a unit as the units library reads it."""
    return SAME.get(label, re.sub(r"(?<=[a-z])([23])\b", r"**\1", label))


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_formula__gives_the_number_of_the_worked_example(example: WorkedExample) -> None:
    assert example.computed() == pytest.approx(example.expected_number(), rel=example.tolerance)


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_example__says_where_its_number_comes_from(example: WorkedExample) -> None:
    assert example.kind in KINDS
    assert example.source
    assert 0 < example.tolerance <= 0.2
    assert len(example.inputs) == len(inspect.signature(formula(example.function)).parameters)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.function in CHECKED], ids=name)
def test_units__have_the_dimensions_of_the_formula_in_the_units_library(example: WorkedExample) -> None:
    checked: Formula = CHECKED[example.function]
    for text, dimension in zip((*example.inputs, example.expected), (*checked.inputs, checked.result), strict=True):
        found = PINT.parse_units(in_pint(unit_of(text))).dimensionality
        measured = tuple(found.get(f"[{base}]", 0) for base in ("length", "mass", "time", "temperature"))
        if example.function != "load_per_area":  # a concentration of mass or of cells
            assert measured == dimension, text


@pytest.mark.parametrize("label", sorted({unit_of(t) for e in EXAMPLES for t in (*e.inputs, e.expected)}))
def test_unit__has_the_size_that_the_units_library_gives_it(label: str) -> None:
    if label in ("rpm", "angle_deg"):  # counted in turns
        return
    size = PINT.Quantity(1.0, in_pint(label)).to_base_units()
    assert float(size.magnitude) == pytest.approx(unit(label).factor)


def test_every_formula__has_an_example() -> None:
    assert {example.function for example in EXAMPLES} == set(similarity.__all__)
