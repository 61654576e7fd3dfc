"""Numbers as people and files are shown them."""

import re

from pipeline.domain.units import Unit


def size(scale: float) -> str:
    """A batch size as people write it.

    >>> size(15000.0), size(0.25)
    ('15,000', '0.25')
    """
    return f"{scale:,.0f}" if scale >= 1000 else f"{scale:.4g}"


def six_digits(value: float) -> float:
    """Cut to six digits: more would be noise in a file that people compare.

    >>> six_digits(0.123456789)
    0.123457
    """
    return float(f"{float(value):.6g}")


def number(value: float | None) -> float | None:
    """Six digits: more would be noise in a file that people compare.

    >>> number(0.123456789)
    0.123457
    """
    return None if value is None or value != value else six_digits(value)


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

    >>> from pipeline.domain.units import unit
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


def chance_in_words(chance: float) -> str:
    """A chance with two digits, never rounded to a certainty.

    >>> chance_in_words(0.999), chance_in_words(0.614)
    ('above 0.99', '0.61')
    """
    return "above 0.99" if chance > 0.995 else "below 0.01" if chance < 0.005 else f"{chance:.2f}"


def signed(value: float) -> str:
    """A change with its sign.

    >>> signed(0.25), signed(-0.25)
    ('+0.25', '−0.25')
    """
    return ("+" if value > 0 else "") + digits(value)
