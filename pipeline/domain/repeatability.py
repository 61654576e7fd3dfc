"""The repeatability of a result, as a user states it: how far repeated results of one sample scatter."""

import math
import re
from dataclasses import dataclass

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import Substance, conversion, unit

_RELATIVE, _ABSOLUTE = "relative", "absolute"
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Repeatability:
    """Standard deviation of one result: a share of its value, or an amount in SI."""

    size: float
    """The share where `relative`, such as 0.02 for 2 %; else the amount, SI."""
    relative: bool

    def deviation(self, result: pl.Expr) -> pl.Expr:
        """Return the standard deviation of results that are given in SI, in SI."""
        return result.abs() * self.size if self.relative else pl.lit(self.size)


def repeatability(stated: str | float, of: str, substance: Substance) -> Repeatability:
    """Read a repeatability. A percentage is a share of the value, as ICH Q2 states precision. Another unit is that of an amount.

    stated: such as `2 %`, `0.1 g/L`, or a plain number where the attribute has no unit; of: the unit of the attribute. If that is a
    percentage itself, the text ends with `relative` or `absolute`. Raises ScalebridgeError if the text is not a number above zero,
    if its unit cannot be converted, or if it could mean two things.

    >>> repeatability("2 %", "g/L", Substance())
    Repeatability(size=0.02, relative=True)
    >>> repeatability("100 mg/L", "g/L", Substance()), repeatability("0.5 % absolute", "%", Substance())
    (Repeatability(size=0.1, relative=False), Repeatability(size=0.005, relative=False))
    """
    number, label, kind = _parts(stated, of)
    if label == "%" and kind != _ABSOLUTE:
        return _share(stated, number, of, kind)
    if kind == _RELATIVE:
        raise ScalebridgeError(
            f"'{stated}' is called {_RELATIVE}; a share of the value is written in %, such as '2 % {_RELATIVE}'"
        )
    if "%" in of and kind != _ABSOLUTE:
        raise ScalebridgeError(_two_meanings(stated, of))
    if not label and unit(of).dimension != "dimensionless":
        raise ScalebridgeError(f"'{stated}' has no unit; {_examples(of)}")
    try:
        factor = conversion(label or of, of, substance).factor
    except ScalebridgeError as error:
        raise ScalebridgeError(f"{error}; {_examples(of)}") from None
    return Repeatability(number * factor, False)


def _parts(stated: str | float, of: str) -> tuple[float, str, str]:
    """Split a text into its number, its unit, and `relative`, `absolute` or nothing."""
    words = str(stated).replace("%", " % ", 1).split() if isinstance(stated, str) else [str(stated)]
    kind = words.pop() if words and words[-1] in (_RELATIVE, _ABSOLUTE) else ""
    number, label = (words[0], " ".join(words[1:])) if words else ("", "")
    if isinstance(stated, bool) or not _NUMBER.fullmatch(number) or not 0 < float(number) < math.inf:
        raise ScalebridgeError(f"'{stated}' is not a number above zero with a unit; {_examples(of)}")
    return float(number), label, kind


def _share(stated: str | float, number: float, of: str, kind: str) -> Repeatability:
    if "%" in of and not kind:
        raise ScalebridgeError(_two_meanings(stated, of))
    if unit(of).offset:
        raise ScalebridgeError(f"'{stated}' is a share of a value in {of}, whose zero is arbitrary; write an amount in {of}")
    if number >= 100:
        raise ScalebridgeError(f"'{stated}' is not below 100 %; {_examples(of)}")
    return Repeatability(number / 100, True)


def _two_meanings(stated: str | float, of: str) -> str:
    return (
        f"'{stated}' could be a share of the value or an amount, since the attribute itself is in {of}; end it with "
        f"'{_RELATIVE}', as in '2 % {_RELATIVE}', or with '{_ABSOLUTE}', as in '0.5 {of} {_ABSOLUTE}'"
    )


def _examples(of: str) -> str:
    amount = f"0.1 {of}".strip()
    if "%" in of:
        return f"write for example '2 % {_RELATIVE}' or '{amount} {_ABSOLUTE}'"
    return f"write for example '2 %' (of the value) or '{amount}'"
