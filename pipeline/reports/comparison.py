"""Two answers side by side: two proposals, or the same proposal by two models."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.noise_floor import NoiseFloor
from pipeline.answers.result.prediction import AttributeAnswer
from pipeline.domain.display import chance, chance_change, digits, signed, span
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.reports.html.page import template

SupportedChance = tuple[float, float | None]
"""A chance, and the largest one that the evidence supports."""


@dataclass(frozen=True)
class ComparedRow:
    """One line of a comparison, as text."""

    what: str
    unit: str
    first: str
    second: str
    difference: str
    """Second minus first."""


@dataclass(frozen=True)
class Comparison:
    """Two answers side by side."""

    names: tuple[str, str]
    rows: tuple[ComparedRow, ...]


def comparison(first: Answer, second: Answer) -> Comparison:
    """Return two answers side by side.

    Raises ScalebridgeError if they have no quality attribute in common.
    """
    if not set(first.attributes) & set(second.attributes):
        raise ScalebridgeError(
            f"The two answers have no attribute in common: {listed(first.attributes)} and {listed(second.attributes)}"
        )
    return Comparison((first.proposal.name, second.proposal.name), tuple(_rows(first, second)))


def _rows(first: Answer, second: Answer) -> Iterable[ComparedRow]:
    if first.scale.stated or second.scale.stated:
        yield _number("scale", first.scale.unit, first.scale.proposed, second.scale.proposed)
    if first.joint is not None and second.joint is not None:
        chances = ((one.probability, one.supported) for one in (first.joint, second.joint))
        yield _chances("joint chance: one batch meets all specifications", *chances)
    for key, one in first.attributes.items():
        if key in second.attributes:
            yield from _attribute(first.name(key), one, second.attributes[key])
            yield from _noise_floor(key, first, second)
    yield ComparedRow("domain", "", first.domain.status, second.domain.status, "")
    others = {line.quantity: line for line in second.scale_comparison.quantities if line.proposed is not None}
    for line in first.scale_comparison.quantities:
        if line.proposed is not None and line.quantity in others:
            yield _number(first.name(line.quantity), line.unit, line.proposed, others[line.quantity].proposed)


def _attribute(name: str, first: AttributeAnswer, second: AttributeAnswer) -> Iterable[ComparedRow]:
    both = (first.predicted, second.predicted)
    yield _number(name, first.unit, *(None if one is None else one.value for one in both))
    yield ComparedRow("  90 % interval", first.unit, _interval(first), _interval(second), "")
    chances = [(one.chance, one.supported_chance) for one in both if one is not None and one.chance is not None]
    if len(chances) == 2:
        yield _chances("  chance", *chances)


def _noise_floor(key: str, first: Answer, second: Answer) -> Iterable[ComparedRow]:
    """The standard deviation of one reported result, which no model can predict; no row where it is not known."""
    both = [answer.noise_floors.get(key) for answer in (first, second)]
    if any(both):
        unit, texts = (
            first.attributes[key].unit,
            ["–" if one is None or one.deviation is None else _with_source(one) for one in both],
        )
        yield ComparedRow("  noise floor", unit, texts[0], texts[1], "")


def _with_source(one: NoiseFloor) -> str:
    return f"{digits(one.deviation or 0.0)} ({one.source})"


def _number(what: str, unit: str, first: float | None, second: float | None) -> ComparedRow:
    texts = ["none" if value is None else digits(value) for value in (first, second)]
    difference = "" if first is None or second is None else signed(second - first)
    return ComparedRow(what, unit, texts[0], texts[1], difference)


def _chances(what: str, first: SupportedChance, second: SupportedChance) -> ComparedRow:
    return ComparedRow(what, "", chance(*first), chance(*second), chance_change(first[0], second[0]))


def _interval(one: AttributeAnswer) -> str:
    found = None if one.predicted is None else one.predicted.interval()
    return "none" if found is None else span(found.lower, found.upper)


def show_comparison(found: Comparison, console: Console) -> None:
    """Print a comparison."""
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("", "unit"):
        table.add_column(name, no_wrap=True)
    for name in (*found.names, "difference"):
        table.add_column(name, justify="right")
    for row in found.rows:
        table.add_row(row.what, row.unit, row.first, row.second, row.difference)
    console.print(table)


def comparison_page(found: Comparison) -> str:
    """Return a comparison as HTML."""
    return template("compare.html.j2").render(table=found)
