"""Sections of a page that shows a JSON schema: one per object, with a table of its properties."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from docs.generator.markdown import anchor, code, heading, prose, table, words
from docs.generator.schemas import Schema

TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "null": "empty",
    "object": "mapping",
}
BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "multipleOf": "a multiple of {}",
    "minItems": "with at least {}",
}


@dataclass(frozen=True)
class Place:
    """An object of the schema, and where it stands in a file."""

    name: str
    """Name of the class."""
    path: str
    """Path from the top of the file, such as `attributes.<name>`; empty at the top."""
    variant: str = ""
    """The key and value that choose this object among several, such as `kind: csv`."""


def sections(node: Schema, definitions: Schema, level: int = 2) -> list[str]:
    """Return one section per object that can be reached from a node, in the order in which a reader meets them."""
    places: dict[str, list[Place]] = {}
    todo = list(_places(node, ""))
    while todo:
        place = todo.pop(0)
        known = places.setdefault(place.name, [])
        known.append(place)
        if len(known) == 1:
            properties = definitions[place.name].get("properties", {})
            todo += [
                inner
                for key, given in properties.items()
                for inner in _places(given, f"{place.path}.{key}" if place.path else key)
            ]
    return [_section(found, definitions, level) for found in places.values()]


def _places(node: Schema, path: str) -> Iterator[Place]:
    """Objects that stand at a node or inside its lists and mappings."""
    if "$ref" in node:
        yield Place(_target(node["$ref"]), path)
    chosen_by = node.get("discriminator", {})
    for value, reference in chosen_by.get("mapping", {}).items():
        yield Place(_target(reference), path, f"{chosen_by['propertyName']}: {value}")
    if not chosen_by:
        for option in (*node.get("anyOf", ()), *node.get("oneOf", ())):
            yield from _places(option, path)
    if "items" in node:
        yield from _places(node["items"], f"{path}[]")
    if isinstance(node.get("additionalProperties"), dict):
        yield from _places(node["additionalProperties"], f"{path}.<name>" if path else "<name>")


def _target(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _section(places: list[Place], definitions: Schema, level: int) -> str:
    name = places[0].name
    shown = definitions[name]
    where = [f"{code(place.path)}{' with ' if place.variant else ''}{code(place.variant)}" for place in places if place.path]
    properties = sorted(shown.get("properties", {}).items(), key=lambda item: _rank(item[0], item[1], shown))
    rows = [_row(key, given, shown, definitions) for key, given in properties]
    parts = [heading(level, words(name), anchor(name))]
    if where:
        parts.append(f"Place: {', '.join(dict.fromkeys(where[:3]))}{' and others' if len(where) > 3 else ''}.")
    elif places[0].variant:
        parts.append(f"Place: the top of the file, with {code(places[0].variant)}.")
    parts += [prose(shown["description"]), table(("key", "value", "default", "meaning"), rows)]
    return "\n\n".join(parts)


def _rank(key: str, given: Schema, shown: Schema) -> int:
    """The key that chooses the form comes first, then required keys, then the others."""
    return 0 if "const" in given else 1 if key in shown.get("required", ()) else 2


def _row(key: str, given: Schema, shown: Schema, definitions: Schema) -> tuple[str, str, str, str]:
    default = default_words(key, given, shown)
    or_empty = " or empty" if default == "required" and {"type": "null"} in given.get("anyOf", ()) else ""
    return code(key), value_words(given) + or_empty, default, prose(meaning(given, definitions))


def meaning(given: Schema, definitions: Schema) -> str:
    """Return what a property means: its own docstring, else that of the one object that stands there."""
    if given.get("description"):
        return str(given["description"])
    if "const" in given:
        return f"Always {code(str(given['const']))} here."
    names = list(dict.fromkeys(place.name for place in _places(given, "")))
    return str(definitions[names[0]]["description"]).split("\n\n", 1)[0] if len(names) == 1 else ""


def value_words(node: Schema) -> str:
    """Return what may stand at a node, in words.

    >>> value_words({"type": "array", "items": {"type": "number", "minimum": 0}})
    'list of: number, ≥ 0'
    >>> value_words({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'text'
    """
    bounds = [text.format(node[key]) for key, text in BOUNDS.items() if key in node and "maxItems" not in node]
    return ", ".join([_kind_words(node), *bounds])


def _kind_words(node: Schema) -> str:
    if "$ref" in node:
        return f"[{words(_target(node['$ref']))}](#{anchor(_target(node['$ref']))})"
    if "const" in node:
        return code(str(node["const"]))
    if "enum" in node:
        return ", ".join(code(str(value)) for value in node["enum"])
    options = [option for option in (*node.get("anyOf", ()), *node.get("oneOf", ())) if option.get("type") != "null"]
    if options:
        return " or ".join(dict.fromkeys(map(value_words, options)))
    if node.get("type") == "array":
        return _list_words(node)
    if isinstance(node.get("additionalProperties"), dict):
        return f"mapping, name → {value_words(node['additionalProperties'])}"
    return "date" if node.get("format") == "date" else TYPES.get(str(node.get("type")), "any")


def _list_words(node: Schema) -> str:
    if "prefixItems" in node:
        return f"[{', '.join(map(value_words, node['prefixItems']))}]"
    return f"list of: {value_words(node['items'])}" if "items" in node else "empty list"


def default_words(key: str, given: Schema, shown: Schema) -> str:
    """Return the default of a property as it would be written in the file."""
    if key in shown.get("required", ()):
        return "required"
    if "default" not in given or (isinstance(given["default"], dict) and given["default"]):
        return code("{}") if given.get("type") == "object" else "as below"
    return "not set" if given["default"] is None else code(json.dumps(given["default"], ensure_ascii=False))
