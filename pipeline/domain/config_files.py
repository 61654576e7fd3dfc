"""Read the files of the configuration as objects of its classes. An error says what is wrong, where, and what to do."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.reading.problems import Keys, Where, no_numbers, problem_lines
from pipeline.domain.reading.stored import RENEW
from pipeline.domain.reading.stored import read_json as read_json  # offered here beside the readers of YAML
from pipeline.domain.reading.text_file import read_text
from pipeline.domain.reading.yaml_text import YamlError, line_of, parse_yaml


def parse(
    kind: Any, data: object, place: str, where: Where | None = None, context: Mapping[str, object] | None = None
) -> Any:
    """Return plain data as an object of a configuration class.

    where: keys → place in the file. context: what the validation needs to know of upper layers.

    Raises ScalebridgeError with one line per problem: its place and what was found.
    """
    try:
        made = TypeAdapter(kind).validate_python(data, context=context)
    except ValidationError as error:
        lines = problem_lines(error, data, where)
    else:
        if not (lines := no_numbers(data, made, where)):
            return made
    raise ScalebridgeError(f"{place} is not valid:\n" + "\n".join(lines))


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the content of a YAML file that holds a mapping.

    Raises ScalebridgeError if the file is missing, is not YAML, or holds no mapping.
    """
    try:
        data = parse_yaml(read_text(path))
    except YamlError as problem:
        raise ScalebridgeError(f"{path}, {problem}") from None
    if data is None:
        raise ScalebridgeError(f"{path} is empty; it must hold keys and values")
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else f"the single value {str(data)[:40]!r}"
        raise ScalebridgeError(f"{path} must hold keys and values at its top level, such as `name: …`, not {kind}")
    return data


def read_as(kind: Any, path: Path) -> Any:
    """Return the content of a YAML file as an object of a class.

    Raises ScalebridgeError as `read_yaml` does, or with the line of each value that is not valid.
    """
    return parse(kind, read_yaml(path), str(path), lambda keys: place_in(path, keys))


def place_in(path: Path, keys: Keys) -> str:
    """Return the line of a value in a YAML file, such as `line 8`; empty if the file does not hold it."""
    line = line_of(read_text(path), keys) if path.is_file() else None
    return "" if line is None else f"line {line}"


def read_key(config: Path, key: str) -> Any:
    """Return one key of the configuration of the run as plain data. config: folder with one file per key.

    Raises ScalebridgeError if the file or the key is missing.
    """
    file = config / f"{key}.yaml"
    if not file.is_file():
        raise ScalebridgeError(f"{file} does not exist; {RENEW}")
    data = read_yaml(file)
    if key not in data:
        raise ScalebridgeError(f"{file} has no key '{key}'; it has {listed(data, 9)}")
    return data[key]


def read_config(config: Path) -> dict[str, Any]:
    """Return the whole configuration of the run as plain data."""
    return {file.stem: read_key(config, file.stem) for file in sorted(config.glob("*.yaml"))}


def load(config: Path, key: str, kind: Any) -> Any:
    """Return one key of the configuration of the run as an object of its class. config: folder with one file per key.

    Raises ScalebridgeError if the key is missing or no longer valid.
    """
    return parse(kind, read_key(config, key), f"{config / key}.yaml")


def as_json(data: object, indent: int | None = 2) -> str:
    """Return plain data as the text of a JSON file. JSON has no NaN and no infinity: both become null."""
    return json.dumps(_finite(data), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(data: object) -> object:
    """Return the same data with None in place of every number that is not finite."""
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
