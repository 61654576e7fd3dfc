"""Which names may become the name of a file, a column and a metric."""

import re
import unicodedata
from collections.abc import Iterable

from pipeline.domain.names.shown import plain_text

LONGEST = 80
"""Most characters of a name. File systems allow 255 bytes, and endings are added to a name."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_BETWEEN = "_-. "
_NOT_IN_A_FILE = set('<>:"/\\|?*%#')


def name_problem(name: str) -> str | None:
    """Say why a name of a definition is not allowed; None if it is.

    The names of attributes, sources, materials, operations and of the process become files, columns and metrics. MLflow, file
    systems and the references of a definition allow only some characters there.

    >>> name_problem("titre_g_L"), name_problem("Ausbeute Stufe-2"), name_problem("titre (g/L)")
    (None, None, "it holds '(', '/', ')'")
    """
    if not name.strip():
        return "it is empty"
    if len(name) > LONGEST:
        return f"it has {len(name)} characters; the most is {LONGEST}"
    wrong = [character for character in dict.fromkeys(name) if not (character.isalnum() or character in _BETWEEN)]
    if wrong:
        return f"it holds {', '.join(repr(plain_text(character)) for character in wrong[:6])}"
    if not name[0].isalnum() or name[-1] in ". ":
        return "it must begin with a letter or a digit, and must not end with a dot or a blank"
    if ".." in name or "  " in name:
        return "it holds two dots or two blanks in a row"
    return "Windows keeps this name for a device" if _DEVICES.fullmatch(name) else None


ALLOWED = (
    "A name may hold letters, digits, '_', '-', '.' and single blanks, since it becomes a file, a column and a metric; "
    "`display` may hold any text"
)
"""What to do about a name that is not allowed."""


def proposed_name(name: str) -> str:
    """Return an allowed name that is near to a name.

    >>> proposed_name("titre (g/L)"), proposed_name("../x"), proposed_name("%")
    ('titre_g_L', 'x', 'name')
    """
    plain = "".join(character if character.isalnum() or character in _BETWEEN else "_" for character in name)
    plain = re.sub(r"[_\s]*[_ ][_\s]*|\.{2,}", "_", plain).strip("_-. ")[:LONGEST].strip("_-. ")
    return "name" if name_problem(plain) else plain


def folded(name: str) -> str:
    """Return what two names have in common that are the same file on some computers."""
    return unicodedata.normalize("NFKC", name).casefold()


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of names that are the same file on some computers: they differ in case or in the composition of letters.

    >>> alike(["titre", "Titre", "pH"])
    [('titre', 'Titre')]
    """
    seen: dict[str, str] = {}
    pairs = []
    for name in names:
        first = seen.setdefault(folded(name), name)
        if first != name:
            pairs.append((first, name))
    return pairs


def file_problem(stem: str) -> str | None:
    """Say why the name of a file, without its ending, cannot be the name of a folder; None if it can.

    >>> file_problem("mAb to 2,000 L (v2) [new]"), file_problem("..")
    (None, 'it must not begin with a dot, nor end with a dot or a blank')
    """
    wrong = [c for c in dict.fromkeys(stem) if c in _NOT_IN_A_FILE or plain_text(c) != c]
    if wrong:
        return f"it holds {', '.join(repr(plain_text(character)) for character in wrong[:6])}"
    if len(stem.encode("utf-8", "replace")) > 200:
        return "it is longer than 200 bytes"
    if not stem or stem[0] == "." or stem[-1] in ". ":
        return "it must not begin with a dot, nor end with a dot or a blank"
    return "Windows keeps this name for a device" if _DEVICES.fullmatch(stem) else None
