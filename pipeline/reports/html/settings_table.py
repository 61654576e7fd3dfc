"""The settings of a proposal in one table: proposed, best found, restoring, and their ranges."""

from collections.abc import Iterable

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.scenarios import ParameterRanges, ProvenRange, Scenarios
from pipeline.domain.display import digits, percent, span
from pipeline.reports.html.section import Cell, Table

NONE = "–"


def settings_table(found: Scenarios, answer: Answer) -> Table:
    """Return one line per setting. A column that would be empty is left out."""
    columns = {
        "proposed": {curve.parameter: digits(curve.set_point, 4) for curve in found.curves},
        "best found": _best(found),
        "restores the reference": _restoring(found),
        "normal range": {
            one.parameter: span(*one.normal_operating_range, 4)
            for one in found.ranges
            if one.normal_operating_range is not None
        },
        f"proven range{_level(found)}": _proven(found.ranges),
        "in the box": {} if found.box is None else {one.parameter: span(*one.range, 4) for one in found.box.ranges},
        "explored": {one.parameter: span(*one.explored, 4) for one in found.ranges},
    }
    kept = {title: texts for title, texts in columns.items() if texts}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            answer.name(one.parameter) + ("" if one.acts else " (no effect in the model)"),
            one.unit,
            *(texts.get(one.parameter, NONE) for texts in kept.values()),
        )
        for one in found.ranges
    )
    return Table(_caption(found, answer), ("setting", "unit", *kept), rows, right=tuple(range(2, 2 + len(kept))))


def _level(found: Scenarios) -> str:
    reached = found.reached
    return "" if reached is None or reached.level is None else f" at {percent(reached.level)}"


def _best(found: Scenarios) -> dict[str, str]:
    return {} if found.reached is None else {one.parameter: digits(one.value, 4) for one in found.reached.best_settings}


def _restoring(found: Scenarios) -> dict[str, str]:
    return {} if found.restoring is None else {one.parameter: digits(one.restoring, 4) for one in found.restoring.settings}


def _proven(ranges: Iterable[ParameterRanges]) -> dict[str, str]:
    """Return the proven ranges; a sign at an end that is the limit of what was explored. Empty where nothing is proven."""
    return {one.parameter: _ends(one.proven_acceptable_range) for one in ranges if one.proven_acceptable_range is not None}


def _ends(proven: ProvenRange) -> str:
    low, high = "≤ " if proven.low_is_limit else "", " ≤" if proven.high_is_limit else ""
    return f"{low}{span(proven.low, proven.high, 4)}{high}"


def _caption(found: Scenarios, answer: Answer) -> str:
    """Say what the columns mean, and where the explored ranges come from, each source once."""
    sources: dict[str, list[str]] = {}
    for one in found.ranges:
        sources.setdefault(one.limits_from, []).append(answer.name(one.parameter))
    explored = "; ".join(f"{', '.join(names)}: {source}" for source, names in sources.items())
    around = "" if found.reached is None else f" Ranges are around {found.reached.around}."
    return (
        "Normal range: the tolerance, or two standard deviations to either side. Proven range: the joint chance reaches the level "
        f"while the other settings are constant; “≤” marks an end of what was explored.{around} Explored ranges: {explored}."
    )
