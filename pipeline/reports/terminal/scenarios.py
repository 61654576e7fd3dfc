"""Transfer map, scenarios and next runs in a terminal."""

from collections.abc import Callable, Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.next_runs import NextRuns, RunPlace
from pipeline.answers.result.scenarios import ParameterRanges, Scenarios, Withheld
from pipeline.answers.result.transfer_map import SiteFindings, TransferMap
from pipeline.domain.display import chance, digits, size, span, with_unit
from pipeline.domain.site_knowledge import PARTS


def show_simulation(answer: Answer, console: Console) -> None:
    """Print transfer map, scenarios and next runs."""
    parts = list(_transfer(answer.transfer_map, answer))
    if isinstance(answer.scenarios, Withheld):
        parts.append(Text(f"\nNo scenarios are computed: {answer.scenarios.reason}.", style="bold"))
    elif answer.scenarios is not None:
        parts += _scenarios(answer.scenarios, answer)
        parts += _next_runs(answer.next_runs, answer)
    console.print(Group(*parts))


def _transfer(found: TransferMap, answer: Answer) -> Iterable[RenderableType]:
    sides = [
        f"{side.site} at {with_unit(size(side.scale), side.unit)}" if answer.scale.stated else side.site
        for side in (found.sending, found.receiving)
    ]
    yield Text(f"\nTransfer from {sides[0]} to {sides[1]}", style="bold")
    yield Text(found.title)
    gaps = [line for line in found.attributes if any(state != "present" for state, _ in _states(line.receiving))]
    if gaps:
        table = _table(f"gap at the receiving {found.place}", *PARTS, "read by a model")
        for line in gaps:
            states = [f"{state} ({reason})" for state, reason in _states(line.receiving)]
            table.add_row(answer.name(line.attribute), *states, "yes" if line.model_inputs else "no")
        yield table
    else:
        yield Text(f"No gap at the receiving {found.place}.")
    for gap in found.blocked:
        blocked = ", ".join(map(answer.name, gap.targets))
        yield Text(f"{answer.name(gap.attribute)} blocks {blocked}: {gap.reason}", style="bold")
    for lack in found.lacking:
        text = f"{answer.name(lack.attribute)} is lacking, so no scenarios are computed: {lack.reason}"
        yield Text(text, style="bold")


def _states(found: SiteFindings) -> list[tuple[str, str]]:
    return [(part.state, part.reason) for part in (found.data, found.method, found.competence)]


def _scenarios(found: Scenarios, answer: Answer) -> Iterable[RenderableType]:
    texts = found.captions
    yield Text("\nScenarios before a batch is run", style="bold")
    yield Text(texts.distributions)
    table = _table(
        "attribute",
        "unit",
        "5 %",
        "median",
        "95 %",
        "chance",
        "Ppk",
        "chance, settings and lots",
        "Ppk, settings and lots",
    )
    for line in found.attributes:
        whole, bare = line.with_model_error, line.without_model_error
        numbers = [digits(value, 4) for value in (whole.low_5, whole.median, whole.high_95)]
        numbers += [_chance(whole.chance, found.supported), _digits(whole.ppk), _chance(bare.chance), _digits(bare.ppk)]
        table.add_row(answer.name(line.attribute), line.unit, *numbers)
    yield table
    as_wanted = found.reached is None or found.reached.level == found.level
    yield Text("\n" + texts.reached, style="" if as_wanted else "bold")
    yield Text(texts.response_curves)
    ranges = _table("parameter", "unit", "set-point", "normal range", "proven range", "explored", "joint chance, at most")
    for one in found.ranges:
        if one.acts:
            ranges.add_row(*_range_cells(one, found.supported, answer))
    yield ranges
    for fixed in found.fixed:
        yield Text(f"Not explored: {answer.name(fixed.parameter)}. {fixed.reason}.")
    yield Text("\n" + texts.design_map)
    yield Text("\n" + texts.restoring)
    if found.restoring is not None:
        moved = _table("parameter", "unit", "proposed", "restoring", "limits")
        for setting in found.restoring.settings:
            values = [digits(setting.proposed, 4), digits(setting.restoring, 4), _span(setting.limits)]
            moved.add_row(answer.name(setting.parameter), setting.unit, *values)
        yield moved
    yield Text("\n" + texts.box)
    if found.box is not None and found.box.ranges:
        box = _table("parameter", "unit", "range in the box")
        for side in found.box.ranges:
            box.add_row(answer.name(side.parameter), side.unit, _span(side.range))
        yield box


def _range_cells(one: ParameterRanges, supported: float | None, answer: Answer) -> Iterable[str]:
    proven = one.proven_acceptable_range
    yield answer.name(one.parameter)
    yield one.unit
    yield digits(one.set_point, 4)
    yield "" if one.normal_operating_range is None else _span(one.normal_operating_range)
    yield "none" if proven is None else _span((proven.low, proven.high))
    yield _span(one.explored)
    yield chance(one.largest_chance, supported)


def _next_runs(found: NextRuns | Withheld | None, answer: Answer) -> Iterable[RenderableType]:
    yield Text("\nWhat to run next", style="bold")
    if not isinstance(found, NextRuns):
        yield Text("Not asked for." if found is None else f"No run is proposed: {found.reason}")
        return
    yield Text(found.caption)
    columns = _columns_of_places([line.place for line in found.by_scale], sized=answer.scale.stated)
    table = _table("best single run at", *list(columns)[1:], "as batch", "gain", f"cost [{found.cost_unit}]")
    for line in found.by_scale:
        where = (shown(line.place) for shown in columns.values())
        table.add_row(*where, line.place.as_batch, digits(line.gain, 2), digits(line.cost))
    yield table


def _columns_of_places(places: Sequence[RunPlace], *, sized: bool) -> dict[str, Callable[[RunPlace], str]]:
    """Return name of a column → its text for a place. The scale is shown if it is stated, equipment and site if a place has one."""
    found: dict[str, Callable[[RunPlace], str]] = {}
    if sized:
        found["scale"] = lambda place: with_unit(size(place.scale), place.unit)
    if any(place.equipment is not None for place in places):
        found["equipment"] = lambda place: place.equipment or ""
    if any(place.site is not None for place in places):
        found["site"] = lambda place: place.site or ""
    return found


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for i, name in enumerate(columns):
        table.add_column(name, no_wrap=i == 0)
    return table


def _digits(value: float | None) -> str:
    return "" if value is None else digits(value)


def _chance(value: float | None, supported: float | None = None) -> str:
    return "" if value is None else chance(value, supported)


def _span(both: tuple[float, float]) -> str:
    return span(*both, 4)
