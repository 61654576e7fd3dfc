"""Guess what a column is from its header: name, unit, role. A word that may mean something else gives no unit."""

import re

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import unit

_BRACKETS = re.compile(r"\s*(?:\[([^\[\]]+)\]|\(([^()]+)\))\s*$")
_SUFFIX = re.compile(r"_([^\W\d_][^\W_]*(?:/[^\W_]+)*|%)$")
_NEEDS = {
    "in": ("diameter", "thickness", "length", "height", "width"),
    "min": ("time", "duration", "dauer", "dwell", "hold"),
    "h": ("time", "duration", "dauer", "age"),
    "s": ("time", "duration", "dauer", "dwell"),
    "d": ("duration", "dauer", "age"),
    "day": ("duration", "dauer", "age"),
    "days": ("duration", "dauer", "age"),
    "L": ("volume", "volumen"),
    "g": ("weight", "mass", "gewicht", "masse"),
    "N": ("force", "hardness", "kraft"),
    "K": ("temperature", "temperatur"),
    "m": ("diameter", "length", "height", "width"),
}
"""Unit that is also a usual word or index → words, one of which must be in the header. Behind an underscore, a unit of one letter
that is not listed is never taken; `_in`, `_min` and `_max` are mostly places and limits."""
_ROLES = {
    "identifier": ("batch", "charge", "lot", "id", "date", "start"),
    "context": ("product", "code", "site", "plant", "strength", "equipment", "vessel", "operator"),
    "scale": ("scale", "volume", "size", "mass"),
    "CQA": (
        "titre",
        "titer",
        "purity",
        "impurit",
        "dissolution",
        "assay",
        "hmw",
        "aggregate",
        "hcp",
        "potency",
        "charge_variant",
    ),
    "IPC": ("hardness", "weight", "thickness", "viability", "vcd", "yield"),
}
_OTHER_MEANING = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
"""Words that YAML reads as something else than text."""


def split_header(header: str) -> tuple[str, str]:
    """Split a header into a word and a unit. Without a unit that is certain, the unit is empty.

    >>> split_header("Agitation [rpm]"), split_header("temp_degC"), split_header("T_in"), split_header("Note (foo)")
    (('Agitation', 'rpm'), ('temp', 'degC'), ('T_in', ''), ('Note (foo)', ''))
    """
    if found := _BRACKETS.search(header):
        word, label = header[: found.start()], (found[1] or found[2]).strip()
        sure = found[1] is not None or label not in ("in", "min", "a") or _named(word, label)
        return (word, label) if word and sure and _is_unit(label) else (header, "")
    if found := _SUFFIX.search(header):
        word, label = header[: found.start()], found[1]
        of_several = _is_unit(word.rpartition("_")[2]) or word.endswith("_per")
        sure = _named(word, label) if label in _NEEDS or (len(label) == 1 and label != "%") else True
        return (word, label) if word and sure and not of_several and _is_unit(label) else (header, "")
    return header, ""


def _named(word: str, label: str) -> bool:
    return any(name in word.casefold() for name in _NEEDS.get(label, ()))


def _is_unit(label: str) -> bool:
    try:
        unit(label)
    except ScalebridgeError:
        return False
    return bool(label.strip())


def role_of(name: str) -> str:
    """Guess the role of an attribute from its name."""
    return next((role for role, words in _ROLES.items() if any(word in name for word in words)), "CPP")


def name_of(text: str, otherwise: str = "column") -> str:
    """Write a text as a name of an attribute or a source: small letters, digits and underscores, a letter first.

    >>> name_of("Batch No"), name_of("100%"), name_of("No"), name_of("#")
    ('batch_no', 'column_100', 'column_no', 'column')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if plain and (plain[0].isdigit() or plain in _OTHER_MEANING):
        return f"{otherwise}_{plain}"
    return plain or otherwise


def unused(name: str, taken: set[str]) -> str:
    """Return the name, or the name with the first number that makes it new; note it as taken.

    >>> unused("load", {"load", "load_2"})
    'load_3'
    """
    number, new = 2, name
    while new in taken:
        number, new = number + 1, f"{name}_{number}"
    taken.add(new)
    return new


def display_of(word: str) -> str | None:
    """Draft a display name if a word has capitals or letters that the attribute's name loses, such as HCP or pH."""
    shown = " ".join(word.replace("_", " ").split())
    return shown if shown and re.search(r"[A-Za-z0-9][A-Z]|[^\x00-\x7f]", shown) else None
