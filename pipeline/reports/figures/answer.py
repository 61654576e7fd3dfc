"""Pictures of the page as SVG: intervals, bridge, and ratios of comparable quantities."""

import math
from collections.abc import Callable, Sequence

from pipeline.answers.result.bridge import AttributeBridge, CauseShare
from pipeline.answers.result.prediction import AttributeAnswer, Predicted, SpecificationLimits
from pipeline.answers.result.scale_comparison import ScaleComparison
from pipeline.domain.display import counted, digits, signed, with_unit
from pipeline.reports.figures.svg import ACCENT, GREY, HATCH, INK, PALE, box, diamond, dot, line, picture, words

Place = Callable[[float], float]


NO_LIMITS = SpecificationLimits(None, None)
MOST_BARS = 12
"""Most causes that have a bar in the picture of a bridge. Those beyond share the last bar."""


def interval_figure(name: str, attribute: AttributeAnswer, predicted: Predicted) -> str:
    """Draw a prediction with its intervals on the axis of its specification: 80, 90 and 95 % from thick to thin.

    name: display name of the attribute.
    """
    width, height, y = 340.0, 54.0, 20.0
    intervals = sorted(predicted.intervals, key=lambda one: -one.level)
    given = attribute.specification or NO_LIMITS
    marks = [predicted.value, attribute.reference, given.lower, given.upper]
    ends = [end for one in intervals for end in (one.lower, one.upper)]
    low, high = _span([value for value in (*marks, *ends) if value is not None])
    at = _linear(low, high, 18, width - 18)
    parts = [box(18, y - 13, width - 36, 26, fill="white", stroke=GREY)]
    if attribute.specification is not None:
        first, last = at(low if given.lower is None else given.lower), at(high if given.upper is None else given.upper)
        parts.append(box(first, y - 13, last - first, 26, fill="#ececec"))
    for thickness, one in zip((2.0, 6.0, 11.0), intervals, strict=False):
        left, right = at(one.lower), at(one.upper)
        parts.append(box(left, y - thickness / 2, right - left, thickness, fill=ACCENT))
    limits = [limit for limit in (given.lower, given.upper) if limit is not None]
    for limit in limits:
        parts.append(line(at(limit), y - 16, at(limit), y + 16, width=2.2))
        parts.append(words(at(limit), y + 30, digits(limit), anchor="middle", bold=True))
    if attribute.reference is not None:
        parts.append(diamond(at(attribute.reference), y, 5, 7, fill="white", stroke=INK, line_width=1.3))
    parts.append(dot(at(predicted.value), y, 4.5, fill="white"))
    for value, x, anchor in ((low, 4.0, "start"), (high, width - 4, "end")):
        if all(abs(at(value) - at(limit)) > 45 for limit in limits):
            parts.append(words(x, y + 30, digits(value), anchor=anchor, colour=GREY))
    title = f"{name} predicted {with_unit(digits(predicted.value), attribute.unit)}"
    return picture(width, height, parts, title)


def waterfall_figure(
    name: str, specification: SpecificationLimits | None, bridge: AttributeBridge, names: Callable[[str], str]
) -> str:
    """Draw one bar per cause from the reference to the proposed batch. Rising bars are full, falling bars hatched.

    Of more than `MOST_BARS` causes, the smallest ones share one bar. name: display name of the attribute; names: gives the display
    name of a cause.
    """
    steps, level = [], bridge.reference
    for label, what, change in _bars(bridge.by_cause, names):
        steps.append((label, what, level, level + change))
        level += change
    given = specification or NO_LIMITS
    limits = [limit for limit in (given.lower, given.upper) if limit is not None]
    reached = [bridge.reference, bridge.proposed, *(end for *_, end in steps)]
    width, row, left, right = 460.0, 31.0, 190.0, 410.0
    low, high = _span([*reached, *_near(limits, reached)])
    at = _linear(low, high, left, right)
    height = row * (len(steps) + 2) + 34
    parts = [HATCH]
    for limit in _near(limits, reached):
        parts += [line(at(limit), 4, at(limit), height - 30, dash="5 3", width=1.6)]
        parts.append(words(at(limit), height - 4, f"limit {digits(limit)}", anchor="middle", bold=True))
    parts += _end(0, row, at, left, "reference, predicted", bridge.reference)
    for i, (label, what, start, end) in enumerate(steps, 1):
        y = i * row
        parts.append(words(left - 12, y + 15, label, anchor="end", bold=True))
        parts.append(f'<g font-size="9.5">{words(left - 12, y + 27, _cut(what), anchor="end", colour=GREY)}</g>')
        x, length = min(at(start), at(end)), abs(at(end) - at(start))
        parts.append(box(x, y + 7, length, 18, fill=INK if end >= start else "url(#hatch)", stroke=INK))
        parts.append(line(at(end), y + 25, at(end), y + row + 7, colour=GREY))
        parts.append(words(max(at(start), at(end)) + 6, y + 20, signed(float(f"{end - start:.3g}"))))
    parts += _end(len(steps) + 1, row, at, left, "proposed, predicted", bridge.proposed)
    parts += [line(left, height - 28, right, height - 28, colour=GREY)]
    parts += [
        words(at(value), height - 14, with_unit(digits(value), bridge.unit), anchor="middle", colour=GREY)
        for value in (low, high)
        if all(abs(at(value) - at(x)) > 60 for x in _near(limits, reached))
    ]
    return picture(width, height, parts, f"what moves {name} from the reference to the proposed batch")


def _bars(causes: Sequence[CauseShare], names: Callable[[str], str]) -> list[tuple[str, str, float]]:
    """Return name, words and change of each bar. causes: the largest first."""
    shown = len(causes) if len(causes) <= MOST_BARS else MOST_BARS - 1
    bars = [(names(cause.cause), cause.what, cause.change) for cause in causes[:shown]]
    if rest := causes[shown:]:
        largest = max(abs(cause.change) for cause in rest)
        bars.append((counted(len(rest), "further cause"), f"each at most {digits(largest)}", sum(c.change for c in rest)))
    return bars


def _end(place: int, row: float, at: Place, left: float, label: str, value: float) -> list[str]:
    y = place * row
    return [
        words(left - 12, y + 20, label, anchor="end"),
        line(at(value), y + 4, at(value), y + row, width=1.0, colour=GREY),
        dot(at(value), y + 16, 5, fill="white" if place == 0 else INK),
        words(at(value) + 9, y + 20, digits(value), bold=True),
    ]


def _near(limits: list[float], reached: list[float]) -> list[float]:
    """Return the limits that are near enough to the bars to be drawn without making the bars too small."""
    low, high = min(reached), max(reached)
    room = 1.5 * max(high - low, 1e-12)
    return [limit for limit in limits if low - room <= limit <= high + room]


def _cut(text: str, most: int = 36) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def ratio_figure(comparison: ScaleComparison, names: Callable[[str], str], between: str = "scales") -> str:
    """Draw the ratio proposed / reference of each quantity on a logarithmic axis. Quantities in the grey band are matched.

    names: gives the display name of a quantity; between: what is compared.
    """
    lines = [(q, q.ratio) for q in comparison.known if q.ratio]
    width, row, left, right = 720.0, 21.0, 230.0, 640.0
    height = row * len(lines) + 40
    most = max([abs(math.log(ratio)) for _, ratio in lines] + [math.log(1.5)]) * 1.08
    axis = _linear(-most, most, left, right)

    def at(ratio: float) -> float:
        return axis(math.log(ratio))

    tolerance = comparison.tolerance
    parts = [box(at(1 - tolerance), 4, at(1 + tolerance) - at(1 - tolerance), height - 36, fill=PALE)]
    parts.append(line(at(1), 4, at(1), height - 32, colour=GREY))
    for i, (q, ratio) in enumerate(lines):
        y = 16 + i * row
        parts.append(words(left - 12, y + 4, names(q.quantity), anchor="end", bold=not q.matched))
        parts.append(line(at(1), y, at(ratio), y, width=2))
        parts.append(dot(at(ratio), y, 4.5, fill="white" if q.matched else INK))
        side = 9 if ratio >= 1 else -9
        parts.append(words(at(ratio) + side, y + 4, f"×{digits(ratio)}", anchor="start" if side > 0 else "end"))
    for tick in _ticks(most):
        parts.append(words(at(tick), height - 16, f"×{digits(tick)}", anchor="middle", colour=GREY))
    parts.append(words((left + right) / 2, height - 2, "proposed ÷ reference [–]", anchor="middle", colour=GREY))
    return picture(width, height + 4, parts, f"ratio of each comparable quantity between the {between}")


def _ticks(most: float) -> list[float]:
    """Ratios for the axis from −most to most (natural logarithm): fewer on a longer axis, so that their labels stand apart."""
    if most < math.log(30):
        ticks = [step * 10.0**power for power in range(-2, 3) for step in (1, 2, 5)]
    else:
        powers = max(1, round(most / math.log(1e4)))
        ticks = [10.0 ** (powers * n) for n in range(-6, 7)]
    return [tick for tick in ticks if abs(math.log(tick)) <= most]


def _linear(low: float, high: float, left: float, right: float) -> Place:
    return lambda value: left + (value - low) / (high - low) * (right - left)


def _span(values: list[float]) -> tuple[float, float]:
    """Return the smallest and largest value with a margin of 6 %."""
    low, high = min(values), max(values)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return (max(0.0, low - margin) if low >= 0 else low - margin), high + margin
