"""Picture of the differences between two scales."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.answers.result.equivalence import AttributeEquivalence, ScaleStep
from pipeline.domain.display import size, with_unit
from pipeline.reports.figures.svg import ACCENT, GREY, INK, PALE, box, dot, line, picture, words

FARTHEST = 8.0
"""Largest number of margins on the axis."""


@dataclass(frozen=True)
class _Interval:
    """The interval of a difference in margins of equivalence."""

    name: str
    low: float
    middle: float
    high: float
    products: tuple[float, ...]
    """Difference of each product."""


def step_title(step: ScaleStep) -> str:
    """Return the two scales or places of a step and its products in words."""
    return f"{step_ends(step)}, {step.about}"


def step_ends(step: ScaleStep) -> str:
    """Return the two scales of a step, or its two places, in words."""
    if step.places is not None:
        return " → ".join(step.places)
    return f"{size(step.smaller)} → {with_unit(size(step.larger), step.unit)}"


def difference_figure(step: ScaleStep, names: Callable[[str], str]) -> str | None:
    """Draw the interval of each difference divided by its margin; the grey band is from −1 to 1. None without a difference.

    Small points are the products, if there are several. names: gives the display name of an attribute.
    """
    drawn = [found for key, one in step.attributes.items() if (found := _interval(names(key), one)) is not None]
    if not drawn:
        return None
    width, row, left, right = 720.0, 24.0, 170.0, 690.0
    reach = max(1.4, *(min(abs(end), FARTHEST) for one in drawn for end in (one.low, one.high))) * 1.05
    height = row * len(drawn) + 40

    def at(value: float) -> float:
        return float(left + (max(-reach, min(reach, value)) + reach) / (2 * reach) * (right - left))

    parts = [box(at(-1), 4, at(1) - at(-1), height - 36, fill=PALE), line(at(0), 4, at(0), height - 32, colour=GREY)]
    for i, one in enumerate(drawn):
        y = 18 + i * row
        parts.append(words(left - 12, y + 4, one.name, anchor="end"))
        parts.append(line(at(one.low), y, at(one.high), y, width=3, colour=ACCENT))
        parts += [dot(at(difference), y, 2, fill=INK) for difference in one.products]
        parts.append(dot(at(one.middle), y, 4.5, fill="white"))
    parts += [words(at(x), height - 16, f"{x:+d}" if x else "0", anchor="middle", colour=GREY) for x in (-1, 0, 1)]
    parts.append(words((left + right) / 2, height - 2, "difference ÷ margin [–]", anchor="middle", colour=GREY))
    return picture(
        width, height + 4, parts, f"differences between the {'places' if step.places else 'scales'}, {step_title(step)}"
    )


def _interval(name: str, found: AttributeEquivalence) -> _Interval | None:
    if not found.margin or found.difference is None or found.lower is None or found.upper is None:
        return None
    products = found.differences.values() if len(found.differences) > 1 else ()
    low, middle, high = (end / found.margin for end in (found.lower, found.difference, found.upper))
    return _Interval(name, low, middle, high, tuple(difference / found.margin for difference in products))
