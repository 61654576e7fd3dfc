"""The name of a folder for any text."""

from hashlib import sha256
from urllib.parse import quote

from pipeline.domain.names.allowed import file_problem


def folder_name(text: str, kind: str) -> str:
    """Return the name of a folder for a text. A text that no folder can be named by is written with codes in place of its signs.

    kind: first word of the name where codes would not do.

    >>> folder_name("B-017", "batch"), folder_name("B/17", "batch")
    ('B-017', 'B%2F17')
    """
    if file_problem(text) is None:
        return text
    coded = quote(text, safe=" ()[]+,=&@!")
    plain = not coded.startswith(".") and not coded.endswith((".", " ")) and 0 < len(coded) <= 200 and "%" in coded
    return coded if plain else f"{kind}-{sha256(text.encode()).hexdigest()[:16]}"
