"""The grammar of units: words with prefix and power, products, quotients and brackets. Text is never evaluated."""

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.units.spelling import plain
from pipeline.domain.units.words import AMBIGUOUS, NO_DIMENSION, PREFIXES, WORDS, Word

LONGEST, LARGEST_TEN = 60, 18
"""Most characters of a unit, and largest power of ten in it. A word has a power of one digit."""
_TOKEN = re.compile(
    r"\s*(?:(?P<ten>10\^[+-]?\d{1,2}(?!\d))|(?P<number>\d{1,9}(?:\.\d{1,6})?(?:[eE][+-]?\d{1,2})?(?![\d.]))"
    r"|(?P<word>[A-Za-z_]+)(?:\^\(?(?P<power>[+-]?\d)\)?|(?P<glued>[+-]?\d))?(?!\d)"
    r"|(?P<open>\()|(?P<close>\))(?:\^\(?(?P<outer>[+-]?\d)\)?(?!\d))?|(?P<divide>/)|(?P<times>\*))"
)


@dataclass(frozen=True)
class Measure:
    """A unit that was read: conversion to SI, exponents of the dimension, and the kinds of things that it counts."""

    factor: Fraction
    dimension: tuple[int, ...] = NO_DIMENSION
    kinds: tuple[tuple[str, int], ...] = ()
    """Kind → power, sorted by kind; see `Word.kind`."""
    offset: Fraction = Fraction(0)

    def times(self, other: "Measure", power: int = 1) -> "Measure":
        """Return the product with a power of another unit. An offset is left out: a part of a product is a difference."""
        kinds = dict(self.kinds)
        for kind, count in other.kinds:
            kinds[kind] = kinds.get(kind, 0) + power * count
        return Measure(
            self.factor * other.factor**power,
            tuple(a + power * b for a, b in zip(self.dimension, other.dimension, strict=True)),
            tuple(sorted((kind, count) for kind, count in kinds.items() if count)),
        )


_ONE = Measure(Fraction(1))


@dataclass(frozen=True)
class _Token:
    sort: str
    measure: Measure = _ONE
    power: int | None = None
    """The power that is written at a word or a bracket."""


def read(label: str) -> Measure:
    """Read a unit such as `mmol/(L*h)`, `10^6 cells/mL` or `kg m-3`.

    Raises ScalebridgeError that says what is not understood, and what to write.
    """
    if known := spellings().get(label):
        return _measure(*known)
    if len(label) > LONGEST:
        raise _refused(f"{label[:20]}…", f"it has {len(label)} characters, at most {LONGEST} are read")
    text = plain(label)
    if text in ("", "1"):
        return _ONE
    if not re.search(r"[A-DF-Za-df-z]", text):
        raise _refused(label, "it has no word of a unit")
    tokens = _tokens(text, label)
    if len(tokens) == 1:
        return tokens[0].measure
    return _Reader(label, tokens).whole()


def _refused(label: str, why: str) -> ScalebridgeError:
    advice = "" if "; write " in why else "; write a unit such as g/L, rpm, degC or m3/h"
    shown = "".join(sign if sign.isprintable() else " " for sign in f"Unit '{label}' is not known: {why}{advice}")
    return ScalebridgeError(shown)


def _tokens(text: str, label: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _refused(label, f"'{text[at:].strip()[:10]}' is not part of a unit")
        tokens.append(_token(found, label))
        at = found.end()
    return tokens


def _token(found: re.Match[str], label: str) -> _Token:
    if found["word"]:
        written, measure = found["power"] or found["glued"], _word(found["word"], label)
        power = int(written) if written else None
        return _Token("word", measure if power is None else _ONE.times(measure, power), power)
    if found["ten"] or found["number"]:
        return _Token("number", Measure(_number(found["ten"] or found["number"], label)))
    if found["close"]:
        return _Token("close", power=int(found["outer"] or 1))
    return _Token("open" if found["open"] else "divide" if found["divide"] else "times")


def _number(text: str, label: str) -> Fraction:
    """Read `10^6`, `1e6` or `100`."""
    base, _, power = re.sub(r"\^|[eE]", " ", text).partition(" ")
    if abs(int(power or 0)) > LARGEST_TEN:
        raise _refused(label, f"'{text}' is more than 10^{LARGEST_TEN} or less than 10^-{LARGEST_TEN}")
    if "^" in text:
        return Fraction(10) ** int(power)
    if base == "10" and power:
        ten = int(power)
        raise _refused(label, f"'{text}' may mean 10^{ten} or 10 times 10^{ten}; write 10^{ten} or 1e{ten}")
    if not Fraction(base):
        raise _refused(label, "a unit has no factor of zero")
    return Fraction(base) * Fraction(10) ** int(power or 0)


class _Reader:
    """Reads a list of tokens from left to right."""

    def __init__(self, label: str, tokens: list[_Token]) -> None:
        self.label = label
        self.tokens = tokens
        self.at = 0

    def whole(self) -> Measure:
        found = self._quotient(inside=False)
        if self.at < len(self.tokens):
            raise _refused(self.label, "a bracket closes that was not opened")
        return found

    @property
    def _sort(self) -> str:
        return self.tokens[self.at].sort if self.at < len(self.tokens) else "end"

    def _next(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _quotient(self, inside: bool) -> Measure:
        """Read `a*b/c/d`. A product after a quotient has two readings and is refused."""
        value = _ONE if self._sort == "divide" else self._product(inside)
        while self._sort == "divide":
            self.at += 1
            value = value.times(self._factor(below=True), -1)
        if self._sort not in ("end", "close"):
            raise _refused(self.label, "it is not clear what stands below the line; write brackets, as in mmol/(L*h)")
        return value

    def _product(self, inside: bool) -> Measure:
        """Read `a*b`. A blank stands for `*` inside brackets and before a word with a power, as in `kg m-3`."""
        value = self._factor(below=inside)
        while self._sort not in ("divide", "end", "close"):
            token = self.tokens[self.at]
            if token.sort == "times":
                self.at += 1
            elif token.sort != "word" or not (inside or token.power):
                raise _refused(self.label, "two parts stand side by side; write * or / between them")
            value = value.times(self._factor(below=inside))
        return value

    def _factor(self, below: bool) -> Measure:
        """Read a word, a bracket, or a number with the word that it belongs to, as in `g/100 mL`."""
        if self._sort == "word":
            return self._next().measure
        if self._sort == "number":
            number = self._next().measure
            if not (below or _is_power_of_ten(number.factor)):
                raise _refused(self.label, "a number before a unit must be a power of ten, as in 10^6 cells/mL")
            return number.times(self._next().measure) if self._sort == "word" else number
        if self._sort == "open":
            self.at += 1
            inner = self._quotient(inside=True)
            if self._sort != "close":
                raise _refused(self.label, "a bracket is not closed")
            return _ONE.times(inner, self._next().power or 1)
        raise _refused(self.label, "a word is missing beside '*', '/' or a bracket")


def _is_power_of_ten(factor: Fraction) -> bool:
    digits = str(max(factor.numerator, factor.denominator))
    return min(factor.numerator, factor.denominator) == 1 and digits == "1" + "0" * (len(digits) - 1)


@cache
def spellings() -> dict[str, tuple[str, Word]]:
    """Every spelling with every prefix that it takes → prefix, word."""
    found: dict[str, tuple[str, Word]] = {}
    for word in WORDS:
        for spelling in word.spellings:
            for prefix in (
                "",
                *word.prefixes,
                *(("nano", "micro", "milli", "centi", "kilo", "mega") if word.prefixes else ()),
            ):
                if len(prefix) < 2 or len(spelling) > 3:
                    found.setdefault(prefix + spelling, (prefix, word))
    return found


def _measure(prefix: str, word: Word) -> Measure:
    kinds = ((word.kind, 1),) if word.kind else ()
    return Measure(PREFIXES[prefix] * word.factor, word.dimension, kinds, word.offset)


def _word(text: str, label: str) -> Measure:
    """Find a word. Another case than in the list is read if one word alone fits and no `m` becomes an `M`."""
    if known := spellings().get(text):
        return _measure(*known)
    if text in AMBIGUOUS:
        raise _refused(label, AMBIGUOUS[text])
    alike = [name for name in spellings() if name.casefold() == text.casefold()]
    fits = all(spellings()[name][0] not in ("m", "M") or name[0] == text[0] for name in alike)
    meanings = {spellings()[name] for name in alike}
    if len(text) > 1 and len(meanings) == 1 and fits:
        return _measure(*meanings.pop())
    if alike:
        what = f"'{text}' differs from {' and '.join(alike)} by capital letters, and these can change the meaning"
        raise _refused(label, f"{what}; write {' or '.join(alike)}")
    usual = [name for name, (prefix, _) in spellings().items() if not prefix or len(name) < 4]
    near = difflib.get_close_matches(text, usual, 4, 0.6)
    more = f"; near it are {listed(near)}" if near else ""
    raise _refused(label, f"no word '{text}'{more}")
