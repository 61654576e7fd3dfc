"""Numbers as they are shown: in the user's units, with six digits, the same in files, terminal and page."""

from collections.abc import Iterable

from pipeline.domain.process import Process

DIGITS = 6


def number(value: float | None) -> float | None:
    """Cut to six digits: more would be noise in a file that people compare."""
    return None if value is None else float(f"{float(value):.{DIGITS}g}")


def shown(process: Process, name: str, value: float | None) -> float | None:
    """A value of an attribute in its unit, from SI."""
    return None if value is None else number(process.attributes[name].si.from_si(float(value)))


def shown_width(process: Process, name: str, value: float) -> float | None:
    """A difference of two values of an attribute in its unit, from SI."""
    return number(value / process.attributes[name].si.factor)


def shown_all(process: Process, name: str, values: Iterable[float]) -> list[float | None]:
    """Values of an attribute in its unit, from SI."""
    return [shown(process, name, value) for value in values]


def size(scale: float) -> str:
    """A batch size as people write it.

    >>> size(15000.0), size(0.25)
    ('15,000', '0.25')
    """
    return f"{scale:,.0f}" if scale >= 1000 else f"{scale:.4g}"
