"""Text of people on a terminal and on a page: it must be seen as it is, and never act as a command."""

import re

_COMMANDS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line end; escape sequences begin with one
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # change the direction of the text around them
    r"\u200b\u2060\ufeff\u2028\u2029"  # have no width, or separate lines
    r"\ud800-\udfff]"  # halves of a character, from file names that are not text
)
SUBSTITUTE = "\ufffd"
"""Shown in place of a character that has no sign of its own."""


def plain_text(text: str) -> str:
    """Return a text with a visible sign in place of each character that is a command for a terminal or a page.

    >>> plain_text("\\x1b[31mred"), plain_text("a\\u202eb"), plain_text("µmol/L\\n")
    ('␛[31mred', 'a�b', 'µmol/L\\n')
    """
    return _COMMANDS.sub(lambda found: _sign(ord(found[0])), text)


def visible(value: object) -> object:
    """Return a value of a page; a text, escaped or not, as `plain_text` does."""
    return type(value)(plain_text(value)) if isinstance(value, str) else value


def _sign(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else SUBSTITUTE
