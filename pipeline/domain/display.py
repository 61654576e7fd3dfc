"""Numbers, chances, units and names as text: the only place that decides how they are written.

Files hold six digits. People read three digits, chances as percent, units and names as they write them.
"""

import math
import re

from pipeline.domain.units import Unit

WORDS = {"kla": "kLa", "ph": "pH", "rpm": "rpm", "co2": "CO₂"}
"""Words of names that people do not write in lower case."""
PLAIN = {"log10_scale": "batch size"}
"""Names that no one in a plant would use → what people say."""
SURE = 0.995
"""A chance above this, or below one minus this, is not rounded to certainty."""


def six_digits(value: float) -> float:
    """Round to six digits. More digits would be noise in a file that people compare.

    >>> six_digits(0.123456789)
    0.123457
    """
    return float(f"{float(value):.6g}")


def rounded_chance(probability: float) -> float:
    """Round a probability to six digits. Only certainty itself becomes 1.

    >>> rounded_chance(0.123456789), rounded_chance(0.99999999), rounded_chance(1.0)
    (0.123457, 0.999999, 1.0)
    """
    return probability if probability >= 1 else min(six_digits(probability), 0.999999)


def maybe_rounded_chance(probability: float | None) -> float | None:
    """Round a probability as `rounded_chance` does; None where it is missing or not finite."""
    return None if probability is None or not math.isfinite(probability) else rounded_chance(probability)


def number(value: float | None) -> float | None:
    """Round to six digits; None where the value is missing or not finite.

    >>> number(0.123456789), number(float("nan"))
    (0.123457, None)
    """
    return None if value is None or not math.isfinite(value) else six_digits(value)


def with_error(probability: float, error: float) -> float:
    """Round a probability to the decimal place of its numerical error, and never to certainty.

    The last digit that is kept is at least as large as the error. A probability without error has six digits.

    >>> with_error(0.8068312, 0.0004), with_error(0.99998, 0.0004), with_error(0.123456789, 0.0)
    (0.807, 0.999, 0.123457)
    """
    if error <= 0 or probability in (0, 1):
        return six_digits(probability)
    place = math.floor(-math.log10(error))
    least = 10.0**-place
    return six_digits(min(max(round(probability, place), least), 1 - least)) if least < 0.5 else 0.5


def points(share: float) -> str:
    """Write the largest error of a chance in percentage points, at least 0.01: a smaller one does not show in any chance.

    >>> points(0.0012), points(2.4e-6)
    ('0.12 points', '0.01 points')
    """
    return f"{max(0.01, float(f'{100 * share:.2g}')):g} points"


def digits(value: float, count: int = 3) -> str:
    """Write a number with three (or `count`) digits: 15,000 and not 1.5e+04.

    >>> digits(15000), digits(0.01234), digits(-3.14159), digits(36.524, 4), digits(-3.1e-5), digits(217.3, 2)
    ('15,000', '0.0123', '−3.14', '36.52', '−3.1e-05', '220')
    """
    text = f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.{count}g}"
    if "e+0" in text and abs(value) < 1000:  # fewer digits than the whole part has, such as 2.2e+02
        text = f"{float(text):,.0f}"
    return text.replace("-", "−", 1 if text.startswith("-") else 0) if "e" in text else text.replace("-", "−")


def signed(value: float) -> str:
    """Write a change with its sign.

    >>> signed(0.25), signed(-0.25)
    ('+0.25', '−0.25')
    """
    return ("+" if value > 0 else "") + digits(value)


def noun(count: int, one: str) -> str:
    """Return a noun as it stands after a count. one: the noun after 1.

    >>> noun(1, "batch"), noun(12, "batch"), noun(0, "valid row")
    ('batch', 'batches', 'valid rows')
    """
    return one if count == 1 else f"{one}es" if one.endswith(("ch", "sh", "s", "x")) else f"{one}s"


def counted(count: int, one: str) -> str:
    """Write a count and its noun. one: the noun after 1.

    >>> counted(1, "batch"), counted(1200, "batch")
    ('1 batch', '1,200 batches')
    """
    return f"{count:,} {noun(count, one)}"


def size(scale: float) -> str:
    """Write a batch size.

    >>> size(15000.0), size(0.25)
    ('15,000', '0.25')
    """
    return f"{scale:,.0f}" if scale >= 1000 else f"{scale:.4g}"


def percent(share: float) -> str:
    """Write a share as percent.

    >>> percent(0.9), percent(0.004)
    ('90 %', '0.4 %')
    """
    return f"{digits(100 * share)} %"


def chance(probability: float, supported: float | None = None) -> str:
    """Write a chance as whole percent, never rounded to certainty.

    supported: the largest chance that the evidence can show. A chance above it is not written as a number, and neither is a chance
    below one minus it.

    >>> chance(0.999), chance(0.184), chance(0.001)
    ('above 99 %', '18 %', 'below 1 %')
    >>> chance(0.999, 12 / 13), chance(0.184, 12 / 13), chance(0.03, 12 / 13)
    ('above 92 %', '18 %', 'below 8 %')
    """
    surest = SURE if supported is None else min(SURE, supported)
    whole = math.floor(100 * surest + 1e-9)
    if probability > surest:
        return f"above {whole} %"
    return f"below {100 - whole} %" if probability < 1 - surest else f"{100 * probability:.0f} %"


def chance_change(first: float, second: float) -> str:
    """Write the difference of two chances in percentage points.

    >>> chance_change(0.18, 0.30)
    '+12 points'
    """
    return f"{signed(round(100 * (second - first)))} points"


def span(low: float, high: float, count: int = 3) -> str:
    """Write a range.

    >>> span(0.25, 12.0)
    '0.25 – 12'
    """
    return f"{digits(low, count)} – {digits(high, count)}"


TIMES = {"h": ("hour", 1.0), "min": ("minute", 60.0), "s": ("second", 3600.0)}
"""Unit of a time since the start of a batch → its word, and how many are in an hour."""


def time_unit(hours: float) -> str:
    """Return the unit in which a time of a batch is read most easily.

    >>> time_unit(94.0), time_unit(0.5), time_unit(0.01)
    ('h', 'min', 's')
    """
    return "h" if hours >= 1 or hours <= 0 else "min" if hours >= 1 / 12 else "s"


def moment(hours: float) -> str:
    """Write a time since the start of a batch.

    >>> moment(94.25), moment(0.5), moment(0.0312), moment(0.0)
    ('hour 94.25', 'minute 30', 'second 112.3', 'hour 0')
    """
    word, number = TIMES[time_unit(hours)]
    return f"{word} {digits(number * hours, 4)}"


def duration(hours: float) -> str:
    """Write a length of time.

    >>> duration(6.0), duration(0.1)
    ('6 h', '6 min')
    """
    unit = time_unit(hours)
    return f"{digits(TIMES[unit][1] * hours)} {unit}"


def limits(lower: float | None, upper: float | None) -> str:
    """Write the limits of a specification.

    >>> limits(2.0, None), limits(None, 5.0), limits(1.0, 3.0), limits(None, None)
    ('≥ 2', '≤ 5', '1 – 3', 'none given')
    """
    if lower is not None and upper is not None:
        return span(lower, upper)
    if lower is not None:
        return f"≥ {digits(lower)}"
    return "none given" if upper is None else f"≤ {digits(upper)}"


def unit_label(name: str) -> str:
    """Write a unit as people do; nothing for a number without a unit, a pH included.

    >>> unit_label("W/m^3"), unit_label("umol/L"), unit_label("degC"), unit_label("dimensionless")
    ('W/m³', 'µmol/L', '°C', '')
    """
    if name in ("dimensionless", "pH"):
        return ""
    powers = re.sub(r"(?<=[A-Za-z])\^?([23])(?![A-Za-z0-9])", lambda found: "²³"[int(found[1]) - 2], name)
    return re.sub(
        r"\bu(?=m\b|m[⁻²³/·]|mol|L\b|g\b)", "µ", powers.replace("*", "·").replace("degC", "°C").replace("degF", "°F")
    )


def with_unit(text: str, unit: str) -> str:
    """Write a number and its unit.

    >>> with_unit("36.5", "degC"), with_unit("7.01", "dimensionless")
    ('36.5 °C', '7.01')
    """
    return f"{text} {unit_label(unit)}".strip()


def shown(value: float | str | None, unit: Unit | None, count: int = 3) -> str:
    """Write a value that is given in SI, in its display unit.

    >>> from pipeline.domain.units import unit
    >>> shown(2.0, unit("L"))
    '2,000 L'
    """
    if value is None:
        return "unknown"
    if isinstance(value, str) or unit is None:
        return str(value)
    return with_unit(digits(unit.from_si(float(value)), count), unit.label)


def in_words(name: str) -> str:
    """Write the name of a feature or attribute with blanks, without its operation.

    >>> in_words("bioreactor.blend_time"), in_words("bioreactor.kla_coalescing"), in_words("ph"), in_words("log10_scale")
    ('blend time', 'kLa coalescing', 'pH', 'batch size')
    """
    plain = PLAIN.get(name, name.rpartition(".")[2]).replace("_", " ")
    return " ".join(WORDS.get(word, word) for word in plain.split(" "))
