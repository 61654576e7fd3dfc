"""Numbers as result.json holds them: display units, six digits."""

import re

from pipeline.domain.process import Process
from pipeline.domain.shown import six_digits
from pipeline.domain.units import Unit, unit
from pipeline.features import catalogue


def number(value: float | None) -> float | None:
    """Six digits: more would be noise in a file that people compare.

    >>> number(0.123456789)
    0.123457
    """
    return None if value is None or value != value else six_digits(value)


def units_of(process: Process) -> dict[str, Unit]:
    """Feature → its display unit; words have none."""
    return {entry.feature: unit(entry.unit) for entry in catalogue(process) if entry.kind == "number"}


def label(given: Unit) -> str:
    """The unit as a reader wants it: nothing where there is none."""
    return "" if given.label == "dimensionless" else given.label


def in_words(name: str) -> str:
    """A name of the catalogue as people say it.

    >>> in_words("bioreactor.blend_time"), in_words("bioreactor.kla_coalescing")
    ('blend time', 'kLa coalescing')
    """
    plain = name.rpartition(".")[2].replace("_", " ")
    return " ".join("kLa" if word == "kla" else word for word in plain.split(" "))


def pretty_unit(name: str) -> str:
    """A unit as it is printed.

    >>> pretty_unit("W/m^3"), pretty_unit("um"), pretty_unit("dimensionless")
    ('W/m³', 'µm', '')
    """
    if name == "dimensionless":
        return ""
    return re.sub(r"\bum", "µm", name.replace("^3", "³").replace("^2", "²").replace("*", "·").replace("degC", "°C"))


def shown(value: float | str | None, given: Unit | None) -> str:
    """A value in SI as text in its display unit.

    >>> shown(2.0, unit("L"))
    '2,000 L'
    """
    if value is None:
        return "unknown"
    if isinstance(value, str) or given is None:
        return str(value)
    return f"{digits(given.from_si(float(value)))} {pretty_unit(given.label)}".strip()


def digits(value: float) -> str:
    """Three digits as people write them: 15,000 and not 1.5e+04.

    >>> digits(15000), digits(0.01234), digits(-3.14159)
    ('15,000', '0.0123', '−3.14')
    """
    text = f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"
    return text.replace("-", "−") if "e" not in text else text
