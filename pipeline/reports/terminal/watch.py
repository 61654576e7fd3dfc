"""A running batch in a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.answers.result.watch import QualityAhead, QualityForecast, Watch
from pipeline.answers.watch.replay import Outcome
from pipeline.answers.watch.wording import cause_in_words, header_of
from pipeline.domain.display import chance, digits, in_words, limits, moment, percent, signed, span

NONE = "–"


def show_watch(watch: Watch, console: Console) -> None:
    """Print how a batch stands: status, tags, causes, quality, and what the limit promises."""
    console.print(Group(*_watch(watch)))


def show_outcomes(outcomes: Sequence[Outcome], watch: Watch, console: Console) -> None:
    """Print the final results of a past batch beside the forecasts."""
    if not outcomes:
        return
    table = _table(
        "quality attribute",
        "unit",
        right=("plan", "last forecast", f"{percent(watch.quality_level)} interval", "result", "within"),
    )
    for one in outcomes:
        last = one.quality.now or one.quality.plan
        within = {None: NONE, True: "yes", False: "no"}[one.within()]
        result = NONE if one.result is None else digits(one.result)
        cells = (digits(one.quality.plan.median), digits(last.median), span(last.lower, last.upper), result, within)
        table.add_row(watch.name(one.quality.attribute), one.quality.unit, *cells)
    console.print(table)


def _watch(watch: Watch) -> Iterable[RenderableType]:
    yield Text(f"\n{header_of(watch)}", style="bold")
    yield Text(watch.sentence, style="bold" if watch.status != "as_expected" else "")
    if watch.alarm is not None:
        yield Text(watch.alarm.sentence, style="bold" if watch.alarm.state == "raised" else "")
    if watch.tags:
        yield Text("")
        yield _tags(watch)
    if watch.causes:
        named = ", ".join(f"{cause_in_words(one.cause)} {chance(one.probability)}" for one in watch.causes)
        yield Text(f"\nProbable causes: {named}")
    if watch.quality:
        yield Text("")
        yield _quality(watch)
        yield from (Text(f"{watch.name(one.attribute)}: {note}") for one in watch.quality for note in one.notes)
    yield Text("")
    if watch.promise is not None:
        yield Text(watch.promise.sentence)
    yield from (Text(one.sentence) for one in watch.feeds)
    yield from (Text(f"Note: {note}") for note in watch.notes)
    yield Text(f"Judged by run {watch.record.run} of process {watch.process}.")
    yield Text(watch.record.statement.partition(". ")[0] + ".")


def _tags(watch: Watch) -> Table:
    table = _table("tag", "unit", "channel", right=("at", "observed", "expected", "deviation [SD]"))
    for one in watch.tags:
        numbers = (moment(one.hours), digits(one.observed), digits(one.expected), signed(float(f"{one.deviations:.2g}")))
        table.add_row(watch.name(one.tag), one.unit, in_words(one.channel), *numbers)
    return table


def _quality(watch: Watch) -> Table:
    columns = ("limits", "plan", "chance", "now", f"{percent(watch.quality_level)} interval", "chance")
    table = _table("quality attribute", "unit", right=columns)
    for one in watch.quality:
        table.add_row(watch.name(one.attribute), one.unit, *_forecasts(one))
    return table


def _forecasts(one: QualityAhead) -> tuple[str, ...]:
    given = one.specification
    spec = "none given" if given is None else limits(given.lower, given.upper)
    plan = (digits(one.plan.median), _chance(one.plan))
    if one.now is None:
        return (spec, *plan, NONE, NONE, NONE)
    return (spec, *plan, digits(one.now.median), span(one.now.lower, one.now.upper), _chance(one.now))


def _chance(given: QualityForecast) -> str:
    return NONE if given.chance is None else chance(given.chance)


def _table(*columns: str, right: Iterable[str] = ()) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table
