"""An answer as tables and sentences in a terminal."""

import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.bridge import Bridge
from pipeline.answers.result.domain import Domain, VariableStatus
from pipeline.answers.result.prediction import AttributeAnswer, Interval, Predicted
from pipeline.answers.steps.wording import MAIN
from pipeline.domain.display import chance, digits, limits, points, signed, size, span, with_unit
from pipeline.domain.names.shown import plain_text
from pipeline.domain.process.axis_words import WORDS
from pipeline.reports.answered_by import answered_by

WIDE = 130
"""Number of columns that a terminal needs to show every table in full."""
CAUSES = 4
"""Largest number of causes in one line of the terminal. The page shows all."""

INTERMEDIATES = 5
"""Largest number of intermediates in the terminal, those with the largest effects. The page shows all."""


def show(answer: Answer, console: Console) -> None:
    """Print an answer: predictions, comparison of the scales, domain, missing values."""
    console.print(Group(*_answer(answer, wide=console.width >= WIDE)))


def show_reasons(answer: Answer, console: Console) -> None:
    """Print the bridge, the consequences of holding a quantity constant, and the answer in words."""
    console.print(Group(*_reasons(answer)))


class PlainConsole(Console):
    """A console that shows the text of names as it is: no markup, no emoji, and no escape sequence from outside."""

    def __init__(self, width: int | None = None) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, width=width)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is printed, with a visible sign in place of each character that a terminal takes for a command."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(plain_text(segment.text), segment.style)


def terminal() -> Console:
    """Return the console. Output to a file or pipe has no width, so a wide one is used."""
    return PlainConsole() if sys.stdout.isatty() else PlainConsole(WIDE)


def _answer(answer: Answer, *, wide: bool) -> Iterable[RenderableType]:
    scale, proposal = answer.scale, answer.proposal
    reference = "no batch"
    if scale.reference is not None:
        reference = f"{scale.reference_batches} batches"
        if proposal.product_stated:
            reference += f" of {', '.join(scale.reference_products)}"
        reference += answer.step.reference_place
        if scale.stated:
            reference = f"{with_unit(size(scale.reference), scale.unit)} ({reference})"
    asked = [proposal.product] if proposal.product_stated else []
    asked += [answer.step.where.strip()] if answer.step.where else []
    yield Text(f"\n{proposal.name}: {' '.join(asked)}" if asked else f"\n{proposal.name}", style="bold")
    if proposal.question:
        yield Text(proposal.question)
    yield Text(f"compared with {reference}\n")
    yield _attributes(answer, wide=wide)
    yield from (Text(note, style="bold") for note in answer.notes)
    if answer.joint is not None:
        of = ", ".join(map(answer.name, answer.joint.of))
        error = f"; numerical error at most {points(answer.joint.error)}" if answer.joint.error else ""
        together = chance(answer.joint.probability, answer.joint.supported)
        yield Text(f"Chance that one batch meets all specifications: {together} ({of}{error})")
    elif answer.refused:
        refused = ", ".join(map(answer.name, answer.refused))
        yield Text(f"No chance that one batch meets all specifications is given: {refused} not answered")
    yield from _comparison(answer)
    yield from _domain(answer.domain, answer)
    yield from (Text(one.sentence) for one in answer.noise_floors.values())
    yield from _gaps(answer)
    yield Text(answered_by(answer))


def _attributes(answer: Answer, *, wide: bool) -> Table:
    """Return one line per quality attribute; a narrow terminal gets the 90 % interval alone."""
    predicted = [one.predicted for one in answer.attributes.values() if one.predicted is not None]
    levels = [i.level for i in predicted[0].intervals if wide or i.level == 90] if predicted else []
    table = _table("attribute", "unit", pad_edge=False)
    for name in ("reference", "predicted", *(f"{level:g} % interval" for level in levels), "limits", "chance"):
        table.add_column(name, justify="right", no_wrap=True)
    for key, one in answer.attributes.items():
        table.add_row(answer.name(key), one.unit, *_cells(one, levels))
    if not all(interval.supported for one in predicted for interval in one.intervals):
        change = WORDS[answer.step.change].noun
        table.caption = f"* only an estimate: too few products in history, or none with such a change of {change}"
        table.caption_justify = "left"
    return table


def _cells(one: AttributeAnswer, levels: list[float]) -> Iterable[str]:
    yield "" if one.reference is None else digits(one.reference)
    if one.predicted is None:
        yield from ("not answered", *("" for _ in levels))
    else:
        yield digits(one.predicted.value)
        yield from (_interval(one.predicted.interval(level)) for level in levels)
    given = one.specification
    yield "none given" if given is None else limits(given.lower, given.upper)
    yield _chance(one.predicted)


def _chance(predicted: Predicted | None) -> str:
    if predicted is None or predicted.chance is None:
        return ""
    return chance(predicted.chance, predicted.supported_chance)


def _interval(given: Interval | None) -> str:
    return "" if given is None else span(given.lower, given.upper) + ("" if given.supported else " *")


def _comparison(answer: Answer) -> Iterable[RenderableType]:
    lines = [line for line in answer.scale_comparison.quantities if line.proposed is not None]
    if not lines:
        return
    table = _table("comparable quantity", "unit")
    for name in ("reference", "proposed", "ratio", "seen in history"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        numbers = ("" if value is None else digits(value) for value in (line.reference, line.proposed, line.ratio))
        seen = "" if line.smallest is None or line.largest is None else span(line.smallest, line.largest)
        table.add_row(answer.name(line.quantity), line.unit, *numbers, seen)
    yield Text("")
    yield table
    yield from (Text(sentence) for sentence in answer.scale_comparison.left_out)


def _domain(domain: Domain, answer: Answer) -> Iterable[RenderableType]:
    """Return the status with its sentence, each variable that is not inside, and the nearest batches with their results."""
    yield Text("")
    yield Text(f"Domain: {domain.status}. {domain.sentence}", style="" if domain.status == "inside" else "bold")
    yield from (_outside(one, answer) for one in domain.variables if one.status != "inside")
    stated = answer.proposal.product_stated
    table = _table("nearest batch", *(["product"] if stated else []), pad_edge=False)
    if not domain.nearest:
        yield Text("No batch is nearest: the proposal states no variable that differs between the batches of history.")
        return
    targets = [answer.name(key) for key in answer.attributes]
    sizes = [f"scale [{answer.scale.unit}]"] if answer.scale.stated else []
    for name in (*sizes, "distance", *targets):
        table.add_column(name, justify="right", overflow="fold")
    for line in domain.nearest:
        results = ("" if line.results.get(key) is None else digits(line.results[key] or 0.0) for key in answer.attributes)
        scale = [size(line.scale)] if sizes else []
        table.add_row(line.batch, *([line.product] if stated else []), *scale, digits(line.distance, 2), *results)
    yield table


def _outside(one: VariableStatus, answer: Answer) -> Text:
    value = one.proposed if isinstance(one.proposed, str) else with_unit(digits(one.proposed or 0.0), one.unit)
    seen = ""
    if one.smallest is not None and one.largest is not None:
        seen = f"; history has {digits(one.smallest)} to {digits(one.largest)}"
    return Text(f"  {one.status}: {answer.name(one.variable)} = {value}{seen} ({one.why})")


def _gaps(answer: Answer) -> Iterable[RenderableType]:
    for key, one in answer.attributes.items():
        if one.refused is not None:
            yield Text(f"{answer.name(key)} is not answered: {one.refused.reason}", style="bold")
    if not answer.proposal.known_product:
        yield Text("The product is new: history has no batch of it.")
    yield from (Text(f"Assumed: {line}") for line in answer.assumed_lines)
    if answer.not_stated:
        yield Text(f"Not stated, treated as unknown: {', '.join(map(answer.name, answer.not_stated))}")


def _reasons(answer: Answer) -> Iterable[RenderableType]:
    if answer.bridge is not None:
        yield Text("")
        yield _bridge(answer.bridge, answer)
    if answer.decided is not None:
        yield Text("\nAt which step each attribute is decided:", style="bold")
        for one in answer.decided.attributes.values():
            yield Text(f"  {one.sentence}")
            yield from (
                Text(f"    {effect.lever.sentence}") for effect in one.steps if effect.lever and effect.share >= MAIN
            )
    if answer.intermediates is not None:
        yield Text("\nWhat the process is expected to show:", style="bold")
        expected = list(answer.intermediates.expected.values())
        yield from (Text(f"  {one.sentence}") for one in expected[:INTERMEDIATES])
    compared = answer.scale_comparison
    unmatched = {line.quantity for line in compared.known if not line.matched}
    if lines := [line for line in compared.holding if line.needed is not None and line.quantity in unmatched]:
        yield Text("\nHolding one quantity constant changes others:", style="bold")
        yield from (Text(f"  {line.sentence}") for line in lines)
    yield Text("")
    for line in answer.sentences:
        yield Text(line.text, style="bold" if line.state in ("at risk", "not answered") else "")


def _bridge(bridge: Bridge, answer: Answer) -> Table:
    table = _table("from reference to proposed", "unit", pad_edge=False)
    table.add_column("change", justify="right", no_wrap=True)
    table.add_column("largest causes")
    for key, of_attribute in bridge.attributes.items():
        causes = ", ".join(f"{answer.name(line.cause)} {signed(line.change)}" for line in of_attribute.by_cause[:CAUSES])
        arrow = f"{answer.name(key)} {digits(of_attribute.reference)} → {digits(of_attribute.proposed)}"
        table.add_row(arrow, of_attribute.unit, signed(of_attribute.difference), causes)
    return table


def _table(*columns: str, pad_edge: bool = True) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=pad_edge)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
