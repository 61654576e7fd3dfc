"""What is wrong with the values of a configuration, one line per problem."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from pydantic import ValidationError

from pipeline.domain.reading.yaml_scalars import is_number

Keys = tuple[str | int, ...]
"""Keys and list positions that lead to a value."""
Where = Callable[[Keys], str]
"""Keys → the place of the value in its file, such as `line 8`; empty if it is not known."""
MOST = 25
"""Most problems that one message lists."""
_NEEDED = {
    "string_type": "a text",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "keys and values",
    "mapping_type": "keys and values",
    "dataclass_type": "keys and values",
    "tuple_type": "a list",
    "list_type": "a list",
}
"""Kind of a problem of pydantic → what is needed instead."""


def problem_lines(error: ValidationError, data: object, where: Where | None = None) -> list[str]:
    """List the problems that pydantic found in plain data. Several ways to write one value are one problem."""
    kinds: dict[Keys, list[str]] = {}
    values: dict[Keys, object] = {}
    lines: dict[tuple[Keys, str], None] = {}
    for one in error.errors(include_url=False, include_context=False):
        keys, value = _written(one["loc"], data, one["type"]), one["input"]
        if one["type"] in _NEEDED:
            kinds.setdefault(keys, []).append(_NEEDED[one["type"]])
            values.setdefault(keys, value)
        else:
            lines[keys, _sentence(one["type"], one["msg"], value)] = None
    told = {keys for keys, _ in lines}
    needed = {
        (keys, _need(list(dict.fromkeys(found)), values[keys])): None for keys, found in kinds.items() if keys not in told
    }
    return _first([_line(keys, sentence, where) for keys, sentence in {**needed, **lines}])


def no_numbers(data: object, made: object, where: Where | None = None) -> list[str]:
    """List the values that became a number but are none: a truth value, or a text such as `1_0` or `010`.

    data: plain data as written. made: the object that was made from it.
    """
    return _first(
        [_line(keys, f"{_short(value)} is no number; write it as 10 or 0.5", where) for keys, value in _odd(data, made)]
    )


def _odd(data: object, made: object, keys: Keys = ()) -> Iterator[tuple[Keys, object]]:
    if isinstance(made, int | float) and not isinstance(made, bool):
        if isinstance(data, bool) or (isinstance(data, str) and _read_as_number(data) and not is_number(data)):
            yield keys, data
    elif isinstance(data, Mapping):
        inner = {one.name: getattr(made, one.name) for one in fields(made)} if is_dataclass(made) else made
        if isinstance(inner, Mapping):
            for key in (key for key in data if key in inner):
                yield from _odd(data[key], inner[key], (*keys, key))
    elif isinstance(data, list | tuple) and isinstance(made, list | tuple):
        for nth, (one, other) in enumerate(zip(data, made, strict=False)):
            yield from _odd(one, other, (*keys, nth))


def _read_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _written(loc: Keys, data: object, kind: str) -> Keys:
    """Return the keys that the file holds, without the names of classes and types that pydantic puts between them."""
    keys: Keys = ()
    for nth, key in enumerate(loc):
        inside = isinstance(data, Mapping) and key in data
        if inside or (isinstance(data, list | tuple) and isinstance(key, int) and key < len(data)):
            keys, data = (*keys, key), data[key]  # type: ignore[index]
        elif nth == len(loc) - 1 and kind in ("missing", "missing_argument", "unexpected_keyword_argument"):
            keys = (*keys, key)
    return keys


def _need(kinds: list[str], value: object) -> str:
    if kinds == ["a text"] and isinstance(value, bool | int | float):
        return f"a text is needed, not {_short(value)}; write it in quotes: '{_short(value)}'"
    return f"{' or '.join(kinds)} {'are' if kinds[-1].endswith('values') else 'is'} needed, not {_short(value)}"


def _sentence(kind: str, message: str, value: object) -> str:
    text = message.removeprefix("Value error, ")
    if kind == "unexpected_keyword_argument":
        return f"{text}; remove the key or correct its spelling"
    if kind in ("too_long", "too_short"):
        return text.replace("Tuple", "The list").replace(" after validation", "")
    if kind in ("missing", "missing_argument") or text != message:
        return text
    return f"{text}, not {_short(value)}"


def _short(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        return "keys and values" if isinstance(value, Mapping) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _line(keys: Keys, sentence: str, where: Where | None) -> str:
    place = where(keys) if where else ""
    return f"  {place + ', ' if place else ''}{'.'.join(map(str, keys))}: {sentence}"


def _first(lines: list[str]) -> list[str]:
    """Return the first lines, and one that counts the rest."""
    rest = len(lines) - MOST
    return lines if rest <= 0 else [*lines[:MOST], f"  … and {rest} more"]
