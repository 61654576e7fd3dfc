"""JSON schemas of configuration and answers, with the docstrings of the classes and their fields."""

import ast
import dataclasses
import inspect
import itertools
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]


def described_schema(made_of: Any) -> Schema:
    """Return the JSON schema of a type. Each object and each property has its docstring as description."""
    schema: Schema = TypeAdapter(made_of).json_schema()
    classes = {cls.__name__: cls for cls in dataclasses_of(made_of)}
    for name, part in [*schema.get("$defs", {}).items(), (schema.get("title", ""), schema)]:
        if name in classes:
            _describe(part, classes[name])
    return schema


def _describe(part: Schema, cls: type) -> None:
    part["description"] = inspect.getdoc(cls) or ""
    docs = field_docs(cls)
    for name, given in part["properties"].items():
        if docs.get(name):
            given["description"] = docs[name]


def dataclasses_of(made_of: Any) -> list[type]:
    """Return every dataclass that a type is made of, each once."""
    found: dict[type, None] = {}
    _collect(made_of, found)
    return list(found)


def _collect(made_of: Any, found: dict[type, None]) -> None:
    for cls in _direct(made_of):
        if cls not in found:
            found[cls] = None
            for field in cls.__pydantic_fields__.values():  # type: ignore[attr-defined]
                _collect(field.annotation, found)


def _direct(made_of: Any) -> Iterator[type]:
    if isinstance(made_of, type) and dataclasses.is_dataclass(made_of):
        yield made_of
    for argument in typing.get_args(made_of):
        if not isinstance(argument, str):
            yield from _direct(argument)


def field_docs(cls: type) -> dict[str, str]:
    """Return field → the docstring below it, for a dataclass and the classes that it inherits from."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if dataclasses.is_dataclass(base):
            docs |= _docs_in_source(base)
    return docs


@cache
def _docs_in_source(cls: type) -> dict[str, str]:
    tree = ast.parse(Path(inspect.getfile(cls)).read_text(encoding="utf-8"))
    body = next(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == cls.__name__)
    return {
        field.target.id: inspect.cleandoc(text)
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if (text := _text(below)) is not None
    }


def _text(node: ast.stmt) -> str | None:
    """The text of a statement that is a text alone."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return None
