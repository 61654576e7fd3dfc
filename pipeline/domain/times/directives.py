"""The codes that a time format may hold: a closed list. A code outside the list is refused with the reason."""

import re
from dataclasses import dataclass

NUMBERS = {
    "Y": ("year", 4),
    "y": ("short_year", 2),
    "m": ("month", 2),
    "d": ("day", 2),
    "e": ("day", 2),
    "j": ("day_of_year", 3),
    "H": ("hour", 2),
    "k": ("hour", 2),
    "I": ("hour12", 2),
    "l": ("hour12", 2),
    "M": ("minute", 2),
    "S": ("second", 2),
}
"""Code → field and largest number of digits."""
WORDS = {
    "b": "month_name",
    "B": "month_name",
    "h": "month_name",
    "a": "weekday",
    "A": "weekday",
    "p": "half",
    "P": "half",
    "z": "offset",
    "Z": "zone_name",
    "f": "fraction",
}
"""Code → field, for fields that are not a plain number."""
SHORTHANDS = {
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "F": "%Y-%m-%d",
    "D": "%m/%d/%y",
    "r": "%I:%M:%S %p",
    "v": "%e-%b-%Y",
    "n": " ",
    "t": " ",
}
"""Code → the codes that it stands for."""
_BY_LOCALE = "it depends on the language of a computer; write the codes that it stands for, such as %d.%m.%Y %H:%M:%S"
_BY_WEEK = "dates by week are not read; write year, month and day"
REFUSED = {
    **dict.fromkeys("cxX+", _BY_LOCALE),
    **dict.fromkeys("UWVGguwC", _BY_WEEK),
    "s": "a number of seconds since 1970 is declared as {kind: epoch, unit: s}",
}
"""Code → why it is not in the list."""
_HALVES = (
    ("january", "february", "march", "april", "may", "june"),
    ("july", "august", "september", "october", "november", "december"),
)
MONTHS = _HALVES[0] + _HALVES[1]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODE = re.compile(r"%(?P<flags>[-_0#:.]{0,3})(?P<digits>[369]?)(?P<code>.?)", re.DOTALL)


@dataclass(frozen=True)
class Code:
    """A code of a format, such as `%d`."""

    written: str
    code: str
    field: str


@dataclass(frozen=True)
class Text:
    """Text that stands in each time as it stands in the format. A blank stands for one or more blanks."""

    text: str


def items_of(written: str) -> list[Code | Text]:
    """Split a format into codes and text.

    Raises ValueError if a code is not in the list.

    >>> [item.text if isinstance(item, Text) else item.field for item in items_of("%F %H h")]
    ['year', '-', 'month', '-', 'day', ' ', 'hour', ' ', 'h']
    """
    items: list[Code | Text] = []
    place = 0
    for match in _CODE.finditer(written):
        items += _texts(written[place : match.start()])
        place = match.end()
        items += _items_of_code(match)
    return items + _texts(written[place:])


def _texts(text: str) -> list[Code | Text]:
    return [Text(" " if part.isspace() else part) for part in re.split(r"(\s+)", text) if part]


def _items_of_code(match: re.Match[str]) -> list[Code | Text]:
    written, flags, code = match[0], match["flags"], match["code"]
    if code == "%" and not flags:
        return [Text("%")]
    if code in SHORTHANDS and not flags:
        return items_of(SHORTHANDS[code])
    known = code in NUMBERS or code in WORDS
    if not known or not _flags_fit(code, flags, match["digits"]):
        raise ValueError(_unknown(written, code))
    return [Code(written, code, NUMBERS[code][0] if code in NUMBERS else WORDS[code])]


def _flags_fit(code: str, flags: str, digits: str) -> bool:
    if code == "f":
        return flags in ("", ".")
    if digits:
        return False
    if code == "z":
        return flags in ("", ":", "::", "#")
    return flags == "" or (code in NUMBERS and flags in ("-", "_", "0", "#"))


def _unknown(written: str, code: str) -> str:
    if code in REFUSED:
        return f"the code {written} cannot be used: {REFUSED[code]}"
    if not code or code.isspace():
        return "a % stands alone; write %% for the character, or complete the code, such as %d"
    listed = " ".join(f"%{one}" for one in (*NUMBERS, *WORDS, *SHORTHANDS) if one not in "nt")
    return f"the code {written} is not known; codes are {listed}"
