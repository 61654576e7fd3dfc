"""Numbers as they are shown: in the user's units, with six digits, the same in files, terminal and page."""

from collections.abc import Iterable

from pipeline.domain.display import six_digits
from pipeline.domain.process.process import Process


def number(value: float | None) -> float | None:
    """Six digits of what is known."""
    return None if value is None else six_digits(value)


def shown(process: Process, name: str, value: float | None) -> float | None:
    """A value of an attribute in its unit, from SI."""
    return None if value is None else number(process.attributes[name].si.from_si(float(value)))


def shown_width(process: Process, name: str, value: float) -> float | None:
    """A difference of two values of an attribute in its unit, from SI."""
    return number(value / process.attributes[name].si.factor)


def shown_all(process: Process, name: str, values: Iterable[float]) -> list[float | None]:
    """Values of an attribute in its unit, from SI."""
    return [shown(process, name, value) for value in values]
