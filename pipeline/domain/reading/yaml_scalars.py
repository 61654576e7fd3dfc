"""What an unquoted word of a YAML file means. The rules are few, so that nobody has to know a version of YAML.

A number is written with digits, a decimal point and an exponent: `5`, `-0.5`, `1e5`. `true` and `false` are truth values.
`null`, `~` and nothing are empty. Everything else is text: `yes`, `no`, `on`, `off`, `010`, `1_000`, `1:30`, `0x1F`, `.inf`,
`2024-01-31`.
"""

import math
import re

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9]\d*)", re.ASCII)
MOST_DIGITS = 300
"""Most digits of a whole number."""
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def is_number(text: str) -> bool:
    """Tell whether a text is a number by these rules.

    >>> [is_number(text) for text in ("5", "-0.5", "1e5", ".5", "1_0", "010", "inf", "yes", "٣")]
    [True, True, True, True, False, False, False, False, False]
    """
    return _NUMBER.fullmatch(text) is not None


def is_text(text: str) -> bool:
    """Tell whether an unquoted word is text.

    >>> [word for word in ("yes", "010", "1e999", "true", "", "5") if is_text(word)]
    ['yes', '010']
    """
    return text not in _WORDS and not is_number(text)


def meaning(text: str) -> str | int | float | bool | None:
    """Return what an unquoted word means.

    Raises ValueError for a number that is too large.

    >>> [meaning(text) for text in ("5", "1e5", "true", "~", "yes", "010", "1:30", "2024-01-31")]
    [5, 100000.0, True, None, 'yes', '010', '1:30', '2024-01-31']
    """
    if is_text(text):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        if len(text) > MOST_DIGITS:
            raise ValueError(f"the number has {len(text)} digits; it may have at most {MOST_DIGITS}")
        return int(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text} is too large")
    return value
