"""History of one attribute as SVG: results against batch size with the prediction, and past scale-ups beside their forecasts."""

import math
from collections.abc import Sequence

from pipeline.answers.result.overview import AttributeHistory, PastScaleUp
from pipeline.answers.result.prediction import AttributeAnswer, SpecificationLimits
from pipeline.domain.display import digits, size, with_unit
from pipeline.reports.figures.axes import Panel, around, ticks, values_up
from pipeline.reports.figures.svg import ACCENT, GREY, INK, box, diamond, dot, line, picture, words

NO_LIMITS = SpecificationLimits(None, None)
WIDTH, HEIGHT = 430.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 414.0, 26.0, 204.0
PAST_WIDTH = 300.0
LABEL = 12
"""Largest number of letters of a label below a past scale-up."""


def history_figure(
    name: str, attribute: AttributeAnswer, history: AttributeHistory, place: str, at: float, unit: str, product: str
) -> str:
    """Draw results against batch size: the product full, other products grey, and the prediction with its 90 % interval.

    name: display name of the attribute. place: what the horizontal axis is. at: batch size of the proposal; unit: its unit.
    Without batch sizes the axis is the order of start, and the prediction stands after the last batch.
    """
    by_size = place != "order of start"
    places = [*history.own.places, *history.others.places]
    proposed = at if by_size else max(places, default=0.0) + max(1.0, 0.03 * max(places, default=0.0))
    panel = _panel([*places, proposed], _heights(attribute, history), by_size=by_size)
    parts = [
        *_limits(panel, attribute.specification or NO_LIMITS, RIGHT),
        *_frame(panel, place=place, by_size=by_size, unit=unit),
    ]
    parts += [_small(panel, x, y, by_size=by_size) for x, y in _points(history.others.places, history.others.values)]
    parts += [
        dot(_x(panel, x, by_size=by_size), panel.y(y), 3.4) for x, y in _points(history.own.places, history.own.values)
    ]
    parts += _prediction(panel, _x(panel, proposed, by_size=by_size), attribute)
    parts += _limit_labels(panel, attribute.specification or NO_LIMITS)
    parts.append(words(4, 13, f"{name} [{history.unit}]" if history.unit else name, bold=True))
    return picture(WIDTH, HEIGHT, parts, f"{name} of past batches and the prediction for {product}")


def past_figure(name: str, history: AttributeHistory, unit: str) -> str:
    """Draw past scale-ups: forecast with 90 % interval (circle and bar), and result (diamond).

    unit: of the batch size; empty where it is not stated.
    """
    past = history.past
    values = [value for one in past for value in (one.predicted, one.observed, one.lower, one.upper) if value is not None]
    low, high = around(values)
    panel = Panel(LEFT, PAST_WIDTH - 8, TOP, BOTTOM - 14, 0.0, float(len(past)), low, high)
    parts = _scale_of_values(panel)
    for number, one in enumerate(past):
        x = panel.x(number + 0.5)
        if one.lower is not None and one.upper is not None:
            parts.append(box(x - 3.5, panel.y(one.upper), 7, panel.y(one.lower) - panel.y(one.upper), fill=ACCENT))
        parts.append(dot(x, panel.y(one.predicted), 4.2, fill="white"))
        parts.append(diamond(x + 8, panel.y(one.observed), 4, 5.5, fill=INK, stroke="white", line_width=0.8))
        parts += _label(one, x, panel.bottom, unit)
    parts.append(words(4, 13, f"{name} [{history.unit}]" if history.unit else name, bold=True))
    return picture(PAST_WIDTH, HEIGHT, parts, f"past forecasts of {name} and the results")


def _label(one: PastScaleUp, x: float, bottom: float, unit: str) -> list[str]:
    """Return what a past scale-up was, slanted, so that neighbours do not overlap."""
    scale = f", {with_unit(size(one.scale), unit)}" if unit else ""
    scale = f", {one.place}" if one.place else scale
    line_name = one.line if len(one.line) <= LABEL else f"{one.line[: LABEL - 1]}…"
    turned = f'<g transform="translate({x + 4:.1f},{bottom + 11:.1f}) rotate(-32)" font-size="9.5">'
    return [turned, words(0, 0, f"{line_name}{scale}", anchor="end"), "</g>"]


def _heights(attribute: AttributeAnswer, history: AttributeHistory) -> tuple[float, float]:
    """Return the ends of the vertical axis: all results, the limits, and the interval."""
    given = attribute.specification or NO_LIMITS
    found = [*history.own.values, *history.others.values]
    found += [limit for limit in (given.lower, given.upper) if limit is not None]
    predicted = attribute.predicted
    if predicted is not None:
        interval = predicted.interval()
        found += [predicted.value, *((interval.lower, interval.upper) if interval else ())]
    return around(found or [0.0, 1.0])


def _panel(places: Sequence[float], heights: tuple[float, float], *, by_size: bool) -> Panel:
    along = [math.log10(value) for value in places if value > 0] if by_size else list(places)
    first, last = around(along or [0.0, 1.0])
    return Panel(LEFT, RIGHT, TOP, BOTTOM, first, last, *heights)


def _x(panel: Panel, place: float, *, by_size: bool) -> float:
    return panel.x(math.log10(place) if by_size else place)


def _points(places: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(places, values, strict=True))


def _small(panel: Panel, place: float, value: float, *, by_size: bool) -> str:
    return f'<circle cx="{_x(panel, place, by_size=by_size):.1f}" cy="{panel.y(value):.1f}" r="2" fill="#a8a8a8"/>'


def _limits(panel: Panel, given: SpecificationLimits, right: float) -> list[str]:
    """Draw the limits as heavy lines, with the side that misses the specification shaded."""
    parts = []
    if given.lower is not None:
        parts.append(
            box(panel.left, panel.y(given.lower), right - panel.left, panel.bottom - panel.y(given.lower), fill="#f0f0f0")
        )
    if given.upper is not None:
        parts.append(box(panel.left, panel.top, right - panel.left, panel.y(given.upper) - panel.top, fill="#f0f0f0"))
    for limit in (given.lower, given.upper):
        if limit is not None:
            parts.append(line(panel.left, panel.y(limit), right, panel.y(limit), width=1.8, dash="6 3"))
    return parts


def _limit_labels(panel: Panel, given: SpecificationLimits) -> list[str]:
    """Return the labels of the limits with a white edge, so that points behind them do not hide them."""
    return [
        f'<g stroke="white" stroke-width="4" stroke-linejoin="round" paint-order="stroke">'
        f"{words(panel.right, panel.y(limit) - 5, f'limit {digits(limit)}', anchor='end', bold=True)}</g>"
        for limit in (given.lower, given.upper)
        if limit is not None
    ]


def _frame(panel: Panel, *, place: str, by_size: bool, unit: str) -> list[str]:
    parts = _scale_of_values(panel)
    label = f"{place} [{unit}]" if by_size else "batches in order of start [–]"
    parts.append(words((panel.left + panel.right) / 2, panel.bottom + 34, label, anchor="middle", colour=GREY))
    for value in _round_sizes(panel) if by_size else ticks(panel.first, panel.last, 6):
        x = _x(panel, value, by_size=by_size)
        parts.append(line(x, panel.bottom, x, panel.bottom + 4, colour=GREY))
        parts.append(words(x, panel.bottom + 16, size(value), anchor="middle", colour=GREY))
    return parts


def _round_sizes(panel: Panel) -> list[float]:
    """Return powers of ten on the axis; over less than two decades also 2 and 5 times them."""
    steps = (1, 2, 5) if panel.last - panel.first < 2 else (1,)
    powers = range(math.floor(panel.first), math.ceil(panel.last) + 1)
    found = [step * 10.0**power for power in powers for step in steps]
    return [value for value in found if panel.first <= math.log10(value) <= panel.last]


def _scale_of_values(panel: Panel) -> list[str]:
    parts = [
        line(panel.left, panel.bottom, panel.right, panel.bottom, colour=GREY),
        line(panel.left, panel.top, panel.left, panel.bottom, colour=GREY),
    ]
    return [*parts, *values_up(panel)]


def _prediction(panel: Panel, x: float, attribute: AttributeAnswer) -> list[str]:
    predicted = attribute.predicted
    if predicted is None:
        return [line(x, panel.top, x, panel.bottom, dash="2 3", colour=GREY)]
    interval = predicted.interval()
    bar = []
    if interval is not None:
        top, bottom = panel.y(interval.upper), panel.y(interval.lower)
        bar = [box(x - 4, top, 8, bottom - top, fill=ACCENT)]
    return [*bar, dot(x, panel.y(predicted.value), 5, fill="white")]
