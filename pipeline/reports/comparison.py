"""Two answers side by side: two proposals, or the same proposal by two models."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.noise_floor import NoiseFloor
from pipeline.answers.result.prediction import AttributeAnswer
from pipeline.domain.display import chance, chance_change, digits, in_words, signed, span
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.reports.answered_by import run_of
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
    notes: tuple[str, ...] = ()
    """What makes the two less comparable, as sentences."""


def comparison(first: Answer, second: Answer, files: tuple[str, str] = ("", "")) -> Comparison:
    """Return two answers side by side, with file, process, run and models of each. files: where the answers, or proposals, are.

    Raises ScalebridgeError if they have no quality attribute in common.
    """
    if not set(first.attributes) & set(second.attributes):
        raise ScalebridgeError(
            f"The two answers have no attribute in common: {listed(first.attributes)} and {listed(second.attributes)}"
        )
    rows = (*_origins(first, second, files), *_rows(first, second))
    return Comparison((first.proposal.name, second.proposal.name), rows, tuple(_notes(first, second)))


def _origins(first: Answer, second: Answer, files: tuple[str, str]) -> Iterable[ComparedRow]:
    """Return where each answer comes from: file, process, published run."""
    if any(files):
        yield ComparedRow("file", "", *files, "")
    yield ComparedRow("process", "", first.record.data_card.process, second.record.data_card.process, "")
    yield ComparedRow("run", "", run_of(first), run_of(second), "")


def _notes(first: Answer, second: Answer) -> Iterable[str]:
    """Say in which way two answers are about different things."""
    processes = [answer.record.data_card.process for answer in (first, second)]
    if processes[0] != processes[1]:
        yield f"The answers are about two processes: {processes[0]} and {processes[1]}."
    for which, one, other in (("first", first, second), ("second", second, first)):
        if only := [one.name(key) for key in one.attributes if key not in other.attributes]:
            yield f"Only the {which} answer is about {', '.join(only)}."
    for key, one_attribute in first.attributes.items():
        if key in second.attributes and (unit := second.attributes[key].unit) != one_attribute.unit:
            yield (
                f"{first.name(key)} is in {one_attribute.unit or 'no unit'} in the first answer and in {unit or 'no unit'} in the "
                "second one, so no difference is given."
            )


def _rows(first: Answer, second: Answer) -> Iterable[ComparedRow]:
    if first.scale.stated or second.scale.stated:
        units = (first.scale.unit, second.scale.unit)
        yield _number("scale", units, first.scale.proposed, second.scale.proposed)
    if first.joint is not None and second.joint is not None:
        chances = ((one.probability, one.supported) for one in (first.joint, second.joint))
        yield _chances("joint chance: one batch meets all specifications", *chances)
    for key, one in first.attributes.items():
        if key in second.attributes:
            yield from _attribute(first.name(key), one, second.attributes[key])
            yield from _noise_floor(key, first, second)
            yield from _models(key, first, second)
    yield ComparedRow("domain", "", first.domain.status, second.domain.status, "")
    others = {line.quantity: line for line in second.scale_comparison.quantities if line.proposed is not None}
    for line in first.scale_comparison.quantities:
        if line.proposed is not None and line.quantity in others:
            other = others[line.quantity]
            yield _number(first.name(line.quantity), (line.unit, other.unit), line.proposed, other.proposed)


def _attribute(name: str, first: AttributeAnswer, second: AttributeAnswer) -> Iterable[ComparedRow]:
    both = (first.predicted, second.predicted)
    units = (first.unit, second.unit)
    yield _number(name, units, *(None if one is None else one.value for one in both))
    yield ComparedRow("  90 % interval", _unit(units), _interval(first), _interval(second), "")
    chances = [(one.chance, one.supported_chance) for one in both if one is not None and one.chance is not None]
    if len(chances) == 2:
        yield _chances("  chance", *chances)


def _noise_floor(key: str, first: Answer, second: Answer) -> Iterable[ComparedRow]:
    """The standard deviation of one reported result, which no model can predict; no row where it is not known."""
    both = [answer.noise_floors.get(key) for answer in (first, second)]
    if any(both):
        units = (first.attributes[key].unit, second.attributes[key].unit)
        texts = ["–" if one is None or one.deviation is None else _with_source(one) for one in both]
        yield ComparedRow("  noise floor", _unit(units), texts[0], texts[1], "")


def _models(key: str, first: Answer, second: Answer) -> Iterable[ComparedRow]:
    """The models that predict the attribute; no row where neither answer records one."""
    kinds = [answer.record.model_card.answered_by.get(key) for answer in (first, second)]
    if any(kinds):
        texts = ["–" if kind is None else in_words(kind) for kind in kinds]
        yield ComparedRow("  model", "", texts[0], texts[1], "")


def _with_source(one: NoiseFloor) -> str:
    return f"{digits(one.deviation or 0.0)} ({one.source})"


def _number(what: str, units: tuple[str, str], first: float | None, second: float | None) -> ComparedRow:
    texts = ["none" if value is None else digits(value) for value in (first, second)]
    alike = first is not None and second is not None and units[0] == units[1]
    return ComparedRow(what, _unit(units), texts[0], texts[1], signed((second or 0.0) - (first or 0.0)) if alike else "")


def _unit(units: tuple[str, str]) -> str:
    """Return the unit of two values; both units where they differ."""
    return units[0] if units[0] == units[1] else " | ".join(units)


def _chances(what: str, first: SupportedChance, second: SupportedChance) -> ComparedRow:
    return ComparedRow(what, "", chance(*first), chance(*second), chance_change(first[0], second[0]))


def _interval(one: AttributeAnswer) -> str:
    found = None if one.predicted is None else one.predicted.interval()
    return "none" if found is None else span(found.lower, found.upper)


def show_comparison(found: Comparison, console: Console) -> None:
    """Print a comparison."""
    for note in found.notes:
        console.print(note, style="bold")
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("", "unit"):
        table.add_column(name, no_wrap=True)
    for name in (*found.names, "difference"):
        table.add_column(name, justify="right", overflow="fold")
    for row in found.rows:
        table.add_row(row.what, row.unit, row.first, row.second, row.difference)
    console.print(table)


def comparison_page(found: Comparison) -> str:
    """Return a comparison as HTML."""
    return template("compare.html.j2").render(table=found)
