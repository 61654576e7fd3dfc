"""Read and write YAML by strict rules.

A key occurs once. Depth and number of values are limited. There are no tags and no resolvers. What a word means stands in
`yaml_scalars`.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from pipeline.domain.reading.yaml_scalars import is_text, meaning

DEEPEST = 30
"""Most levels of keys and lists inside each other."""
MOST_VALUES = 100_000
"""Most values of a file. A value counts as often as an alias repeats it."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C if PyYAML has it. It is ten times as fast."""
_TEXT, _PLAIN_TAGS = ("tag:yaml.org,2002:str", "!"), ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_LINE_ENDS = re.compile(r"[\r\x85\u2028\u2029\ufeff]")
_RESOLVER = re.compile(r"\$\{[^}]*:")
Path = tuple[str | int, ...]
"""Keys and list positions that lead to a value."""


class YamlError(Exception):
    """A YAML text that cannot be read. The message is a sentence without the name of the file."""


@dataclass
class _Builder:
    """Builds plain data from the events of the YAML parser, and notes the line of each value."""

    events: Iterator[yaml.Event]
    lines: dict[Path, int] = field(default_factory=dict)
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    """Anchor → value and its number of values."""
    count: int = 0

    def document(self) -> object:
        """Return the only document of the text; None if there is none."""
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        data = self.value(next(self.events), ())
        next(self.events)
        if not isinstance(following := next(self.events), yaml.StreamEndEvent):
            raise _problem(following, "a second document begins; a file holds one. Remove the line '---'")
        return data

    def value(self, event: yaml.Event, path: Path) -> object:
        if len(path) > DEEPEST:
            raise _problem(event, f"there are more than {DEEPEST} levels inside each other")
        self.lines.setdefault(path, _place(event)[0])
        self.add(event, 1)
        before = self.count
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        assert isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.ScalarEvent):
            data = _scalar(event)
        else:
            assert isinstance(event, yaml.CollectionStartEvent)
            if event.tag not in (None, *_TEXT[1:], *_PLAIN_TAGS):
                raise _tagged(event, event.tag)
            data = self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)
        if event.anchor is not None:
            self.anchors[event.anchor] = (data, 1 + self.count - before)
        return data

    def add(self, event: yaml.Event, count: int) -> None:
        self.count += count
        if self.count > MOST_VALUES:
            raise _problem(event, f"the file holds more than {MOST_VALUES:,} values, those repeated by aliases included")

    def alias(self, event: yaml.AliasEvent) -> object:
        if event.anchor not in self.anchors:
            raise _problem(event, f"the alias *{event.anchor} stands for nothing above it, or for itself")
        data, count = self.anchors[event.anchor]
        self.add(event, count - 1)
        return deepcopy(data)

    def sequence(self, path: Path) -> list[object]:
        data: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            data.append(self.value(event, (*path, len(data))))
        return data

    def mapping(self, path: Path) -> dict[str, object]:
        data: dict[str, object] = {}
        merged: dict[str, object] = {}
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, line = _key(event), _place(event)[0]
            if key in seen:
                raise _problem(
                    event, f"the key '{key}' occurs twice; it stands in line {seen[key]} too. Remove one of the two"
                )
            seen[key] = line
            value = self.value(next(self.events), (*path, key))
            self.lines[(*path, key)] = line
            if key == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                merged = _merged(event, value)
            else:
                data[key] = value
        return {**merged, **data}


def _key(event: yaml.Event) -> str:
    """A key is always text, as it is written."""
    if not isinstance(event, yaml.ScalarEvent):
        raise _problem(event, "a key must be a word or a text in quotes, not a list, keys or an alias")
    if event.tag not in (None, *_TEXT):
        raise _tagged(event, event.tag)
    return _without_resolver(event)


def _scalar(event: yaml.ScalarEvent) -> object:
    if event.tag not in (None, *_TEXT):
        raise _tagged(event, event.tag)
    text = _without_resolver(event)
    if event.tag is not None or not event.implicit[0]:
        return text
    try:
        return meaning(text)
    except ValueError as error:
        raise _problem(event, f"{error}") from None


def _without_resolver(event: yaml.ScalarEvent) -> str:
    text = str(event.value)
    if _RESOLVER.search(text):
        raise _problem(
            event,
            f"{_short(text)} asks for a value from outside, such as from the environment. It would be written into files that "
            "are tracked and published. Write the value itself",
        )
    return text


def _merged(event: yaml.Event, value: object) -> dict[str, object]:
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, dict) for part in parts):
        raise _problem(event, "the key '<<' takes an alias of keys and values, such as `<<: *defaults`")
    return {key: inner for part in reversed(parts) for key, inner in part.items()}


def _tagged(event: yaml.Event, tag: object) -> YamlError:
    return _problem(event, f"the tag {_short(str(tag))} is not allowed; remove it")


def _place(event: yaml.Event) -> tuple[int, int]:
    """Return line and column where an event begins, as an editor counts them."""
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _problem(event: yaml.Event, sentence: str) -> YamlError:
    line, column = _place(event)
    return YamlError(f"line {line}, column {column}: {sentence}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


@lru_cache(maxsize=64)
def _built(text: str) -> tuple[object, Mapping[Path, int]]:
    """Return plain data and the line of each value. Results are kept, since files are read more than once."""
    builder = _Builder(yaml.parse(text, Loader=_LOADER))
    return builder.document(), builder.lines


def parse_yaml(text: str) -> object:
    """Return the plain data of a YAML text.

    Raises YamlError that names line and column.

    >>> parse_yaml("site: NO\\nrange: [0.5, 1e3]")
    {'site': 'NO', 'range': [0.5, 1000.0]}
    """
    try:
        return deepcopy(_built(text)[0])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
        what = ", ".join(part for part in (error.context, error.problem) if part)
        raise YamlError(f"{place}this is not YAML: {what}. Check blanks, colons, brackets and quotes there") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        raise YamlError(f"line {line}: this is not YAML: the character U+{code:04X} is not allowed. Remove it") from None


def line_of(text: str, path: Path) -> int | None:
    """Return the line of the value that keys lead to, or of the nearest value above it; None if there is none.

    >>> line_of("a:\\n  b: 1\\n", ("a", "b"))
    2
    """
    lines = _built(text)[1]
    found: Path = ()
    for key in path:  # keys of pydantic also hold names of classes, which the file does not have
        found = (*found, key) if (*found, key) in lines else found
    return lines.get(found) if found else None


class _Dumper(yaml.SafeDumper):
    """Writes text in quotes where it would be read as something else, and repeats a value instead of an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Write a text in double quotes if it holds a line end of Unicode, in single quotes if it would be read as no text."""
    style = None if is_text(text) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _LINE_ENDS.search(text) else style)


_Dumper.add_representer(str, _text)


def as_yaml(data: object) -> str:
    """Return plain data as the text of a YAML file. `parse_yaml` reads it back.

    >>> as_yaml({"lot": "1e5", "site": "NO"})
    "lot: '1e5'\\nsite: 'NO'\\n"
    """
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
