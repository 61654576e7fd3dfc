"""Number formats of a workbook: what a cell shows of the number that it holds."""

import re
from functools import cache

_UNSHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|([0#?]+)|(\.)|([-/ +():])')
LONGEST_NUMBER = 10**15
"""Excel keeps 15 digits of a number."""


@cache
def is_percent(number_format: str) -> bool:
    """Whether a number format shows a number as a percentage.

    >>> is_percent("0.0%"), is_percent('0.0"%"')
    (True, False)
    """
    return "%" in _UNSHOWN.sub("", number_format.split(";")[0])


def digits_of(value: float) -> str:
    """Write a number with all digits that it holds.

    >>> digits_of(12.0), digits_of(0.1 + 0.2), digits_of(1e-7)
    ('12', '0.3', '1e-07')
    """
    return str(int(value)) if value == int(value) and abs(value) < LONGEST_NUMBER else f"{value:.15g}"


def as_shown(value: float, number_format: str) -> str | None:
    """Write a number as its cell shows it, for numbers that are names. None if the format would hide digits or is not known.

    >>> as_shown(12, "0000"), as_shown(12, '"B-"0000'), as_shown(14, "General"), as_shown(2.5, "0.00"), as_shown(2.46, "0.0")
    ('0012', 'B-0012', '14', '2.50', None)
    """
    shown = re.sub(r"\[[^\]]*\]", "", number_format.split(";")[0])  # colours and languages
    if shown in ("General", "@", "#", "#,##0", "# ##0", ""):
        return digits_of(value)
    tokens = _TOKEN.findall(shown)
    if _TOKEN.sub("", shown) or value < 0:
        return None
    decimals = sum(len(places) for places in _after_point(tokens))
    text = f"{value:.{decimals}f}"
    if float(text) != value:
        return None
    whole, _, part = text.partition(".")
    return _filled(tokens, whole, part)


def _after_point(tokens: list[tuple[str, ...]]) -> list[str]:
    at = next((i for i, token in enumerate(tokens) if token[3]), len(tokens))
    return [token[2] for token in tokens[at:]]


def _filled(tokens: list[tuple[str, ...]], whole: str, part: str) -> str:
    """Put digits into the places of a format: before the point from the right, after it from the left."""
    point = next((i for i, token in enumerate(tokens) if token[3]), len(tokens))
    left: list[str] = []
    first = next((i for i, token in enumerate(tokens[:point]) if token[2]), None)
    for i in reversed(range(point)):
        literal, places = tokens[i][0] or tokens[i][1] or tokens[i][4], tokens[i][2]
        if places:
            take = len(whole) if i == first else len(places)
            digits, whole = whole[-take:] if take else "", whole[:-take] if take else whole
            left.insert(0, digits.rjust(places.count("0"), "0"))
        else:
            left.insert(0, literal)
    right = [(token[2] and part) or token[0] or token[1] or token[3] or token[4] for token in tokens[point:]]
    return "".join(left + right)
