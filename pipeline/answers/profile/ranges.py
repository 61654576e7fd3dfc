"""The ranges of a setting that history supports, and the slider around them."""

import math
from dataclasses import dataclass

import polars as pl

from pipeline.answers.case.setting_history import Place, SettingHistory
from pipeline.answers.result.profile import RanBy, RanRange
from pipeline.domain.attributes import Attribute
from pipeline.domain.display import digits, noun, unit_label
from pipeline.domain.process.process import Process

MARGIN = 0.75
"""The slider extends beyond the supported range by this share of its width, on both sides."""
STEPS = 200
"""Least number of steps of a slider."""
DECADE = 20.0
"""A slider whose largest value is more than this many times its smallest is logarithmic."""


@dataclass(frozen=True)
class Slider:
    """Ends and step of a slider, in the display unit."""

    low: float
    high: float
    step: float
    logarithmic: bool


def ran_ranges(
    process: Process, name: str, batches: pl.DataFrame, product: str, equipment: str | None
) -> tuple[RanRange, ...]:
    """Return what this vessel, this product and all batches have run, where they have run the setting. batches: SI."""
    groups: list[tuple[RanBy, str, pl.Expr]] = []
    if process.equipment is not None and equipment is not None:
        groups.append(("vessel", equipment, pl.col("equipment") == equipment))
    if process.states_product:
        groups.append(("product", product, pl.col("product") == product))
    groups.append(("history", "History", pl.lit(True)))
    attribute = process.attributes[name]
    found = (_ran(by, who, attribute, batches.filter(own)[name].drop_nulls()) for by, who, own in groups)
    return tuple(one for one in found if one is not None)


def _ran(by: RanBy, who: str, attribute: Attribute, known: pl.Series) -> RanRange | None:
    if known.is_empty():
        return None
    low, high = (attribute.si.from_si(float(end)) for end in (known.min(), known.max()))  # type: ignore[arg-type]
    number = f"{len(known)} {noun(len(known), 'batch')}"
    first, last = digits(low, 4), digits(high, 4)
    span = first if first == last else f"{first} to {last}"
    verb = "holds" if by == "history" else "has run"
    return RanRange(by, low, high, len(known), f"{who} {verb} {f'{span} {unit_label(attribute.unit)}'.strip()} in {number}")


def supported_range(history: SettingHistory, name: str, place: Place) -> RanRange | None:
    """Return the range that history supports for a setting of a product in a vessel, in the display unit."""
    found, unit = history.supported(name, place), history.process.attributes[name].si
    if found is None:
        return None
    return RanRange("here", unit.from_si(found.low), unit.from_si(found.high), found.batches, found.words)


def slider(
    attribute: Attribute,
    supported: RanRange | None,
    ran: tuple[RanRange, ...],
    default: float | None,
    *,
    whole: bool = False,
) -> Slider | None:
    """Return the slider of a number; None if history has no value of it. whole: all values of history are whole numbers.

    It covers the supported range and the default with a margin, and nothing that is impossible. Where the supported range is a
    single value, the margin is that of the range of history. Where history supports no range here, the slider covers all of it.
    """
    around = supported or (ran[-1] if ran else None)
    if around is None:
        return None
    known = [around.low, around.high, *([] if default is None else [default])]
    low, high = min(known), max(known)
    if high - low <= 1e-6 * max(abs(low), abs(high)):
        low, high = min([low, *(one.low for one in ran)]), max([high, *(one.high for one in ran)])
    margin = MARGIN * (high - low) or 0.5 * abs(high) or 1.0
    wide = low > 0 and high > DECADE * low
    first, last = (low / 2, high * 2) if wide else (_below(low, margin), high + margin)
    step = nice_step(first / 10) if wide else nice_step((last - first) / STEPS)
    if whole:
        step = max(1.0, round(step))
    first, last = math.floor(first / step) * step, math.ceil(last / step) * step
    if wide:
        first = max(first, step)
    if attribute.between is not None:
        first, last = max(first, attribute.between[0]), min(last, attribute.between[1])
    return Slider(_plain(first), _plain(last), step, wide)


def _below(low: float, margin: float) -> float:
    """Return the lower end of a slider. It is positive if all values are, and not negative if none is."""
    if low < 0:
        return low - margin
    return max(low - margin, low / 2)


def is_whole(known: pl.Series) -> bool:
    """Tell whether all values are whole numbers, such as numbers of impellers."""
    return len(known) > 0 and bool((known == known.round()).all())


def nice_step(least: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above a number.

    >>> nice_step(0.037), nice_step(1.0), nice_step(0.6)
    (0.02, 1.0, 0.5)
    """
    power = 10.0 ** math.floor(math.log10(least) + 1e-9)
    return float(f"{next(n * power for n in (5, 2, 1) if n * power <= least * (1 + 1e-9)):.6g}")


def _plain(value: float) -> float:
    return float(f"{value:.10g}")
