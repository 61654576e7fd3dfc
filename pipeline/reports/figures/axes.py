"""A panel with a time axis: places of values, ticks, a curve and a band, as SVG text."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.display import digits
from pipeline.reports.figures.svg import GREY, INK, line, words


@dataclass(frozen=True)
class Panel:
    """A rectangle of a picture with the values at its ends."""

    left: float
    right: float
    top: float
    bottom: float
    first: float
    """Value at the left end."""
    last: float
    low: float
    """Value at the bottom."""
    high: float
    units: float = 1.0
    """Units of the horizontal axis in one unit of its values, such as 60 for an axis in minutes of values in hours."""

    def x(self, value: float) -> float:
        """Return the place of a value of the horizontal axis."""
        return self.left + (value - self.first) / (self.last - self.first) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return the place of a value of the vertical axis. A value outside of the panel is drawn at its edge."""
        inside = min(max(value, self.low), self.high)
        return self.bottom - (inside - self.low) / (self.high - self.low) * (self.bottom - self.top)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round values between two values, at most `most` of them.

    >>> ticks(0.0, 336.0), ticks(6.9, 7.2, 4)
    ([0.0, 100.0, 200.0, 300.0], [6.9, 7.0, 7.1, 7.2])
    """
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = (power * n for n in (1, 2, 5, 10, 20, 50))
    return next(found for step in steps if len(found := _multiples(low, high, step)) <= most)


def _multiples(low: float, high: float, step: float) -> list[float]:
    """Multiples of a step between two values."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{n * step:.10g}") for n in range(first, last + 1)]


def around(values: Iterable[float]) -> tuple[float, float]:
    """Return the smallest and the largest value with a margin; a range also where all values are the same."""
    found = list(values)
    low, high = min(found), max(found)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - margin, high + margin


def frame(panel: Panel, along: str, up: str) -> list[str]:
    """Draw the axes of a panel. along, up: names of the axes."""
    parts = [line(panel.left, panel.bottom, panel.right, panel.bottom, colour=GREY)]
    parts.append(line(panel.left, panel.top, panel.left, panel.bottom, colour=GREY))
    for value in ticks(panel.units * panel.first, panel.units * panel.last, 9):
        x = panel.x(value / panel.units)
        parts.append(line(x, panel.bottom, x, panel.bottom + 4, colour=GREY))
        parts.append(words(x, panel.bottom + 17, digits(value), anchor="middle", colour=GREY))
    parts += values_up(panel)
    parts.append(words((panel.left + panel.right) / 2, panel.bottom + 33, along, anchor="middle", colour=GREY))
    return [*parts, words(panel.left - 44, panel.top - 15, up, colour=INK)]


def values_up(panel: Panel) -> list[str]:
    """Draw round values with their ticks along the vertical axis of a panel."""
    parts = []
    for value in ticks(panel.low, panel.high, 5):
        parts.append(line(panel.left - 4, panel.y(value), panel.left, panel.y(value), colour=GREY))
        parts.append(words(panel.left - 7, panel.y(value) + 4, digits(value, 4), anchor="end", colour=GREY))
    return parts


def curve(
    panel: Panel, points: Sequence[tuple[float, float]], *, colour: str = INK, width: float = 1.4, dash: str = ""
) -> str:
    """Draw a curve through points."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    places = " ".join(f"{panel.x(x):.1f},{panel.y(y):.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def band(panel: Panel, points: Sequence[tuple[float, float, float]], *, fill: str) -> str:
    """Draw a band. points: place along the axis, lower and upper value."""
    there = [(x, low) for x, low, _ in points]
    back = [(x, high) for x, _, high in reversed(points)]
    places = " ".join(f"{panel.x(x):.1f},{panel.y(y):.1f}" for x, y in (*there, *back))
    return f'<polygon points="{places}" fill="{fill}"/>'
