"""Picture of the differences between two scales."""

from typing import Any

from pipeline.domain.display import digits, in_words
from pipeline.reports.figures.svg import ACCENT, GREY, PALE, box, dot, line, picture, words


def _name(step: dict[str, Any]) -> str:
    return f"{digits(step['from'])} → {digits(step['to'])} {step['unit']}, {step['about']}"


def _drawn(step: dict[str, Any]) -> dict[str, Any]:
    return {name: found for name, found in step["attributes"].items() if found["margin"] and found["difference"] is not None}


def difference_figure(step: dict[str, Any]) -> str:
    """The interval of each difference, divided by its margin; the grey band is from −1 to 1."""
    drawn = _drawn(step)
    width, row, left, right = 720.0, 24.0, 170.0, 690.0
    ends = [end / found["margin"] for found in drawn.values() for end in (found["lower"], found["upper"])]
    reach = max(1.4, *(min(abs(end), 8.0) for end in ends)) * 1.05
    height = row * len(drawn) + 40

    def at(value: float) -> float:
        return float(left + (max(-reach, min(reach, value)) + reach) / (2 * reach) * (right - left))

    parts = [box(at(-1), 4, at(1) - at(-1), height - 36, fill=PALE), line(at(0), 4, at(0), height - 32, colour=GREY)]
    for i, (name, found) in enumerate(drawn.items()):
        y = 18 + i * row
        low, middle, high = (found[key] / found["margin"] for key in ("lower", "difference", "upper"))
        parts += [
            words(left - 12, y + 4, in_words(name), anchor="end"),
            line(at(low), y, at(high), y, width=3, colour=ACCENT),
        ]
        parts += [dot(at(middle), y, 4.5, fill="white")]
    parts += [words(at(x), height - 16, f"{x:+d}" if x else "0", anchor="middle", colour=GREY) for x in (-1, 0, 1)]
    parts.append(words((left + right) / 2, height - 2, "difference ÷ margin [–]", anchor="middle", colour=GREY))
    return picture(width, height + 4, parts, f"differences between the scales, {_name(step)}")
