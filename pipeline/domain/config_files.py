"""Read and write YAML and JSON files. An error says what is wrong, where, and what to do."""

import json
import math
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.domain.errors import ScalebridgeError, listed

SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C if PyYAML has it. It is ten times as fast."""


def parse(kind: Any, data: object, place: str) -> Any:
    """Return plain data as an object of a configuration class.

    Raises ScalebridgeError with one line per problem: its place and what was found.
    """
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        raise ScalebridgeError(f"{place} is not valid:\n" + "\n".join(lines)) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the content of a YAML file that holds a mapping.

    Raises ScalebridgeError if the file is missing, is not YAML, or holds no mapping.
    """
    try:
        data = deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ScalebridgeError(f"{path} does not exist") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScalebridgeError(f"{path} is not YAML: {error}") from None
    if not isinstance(data, dict):
        raise ScalebridgeError(f"{path} must hold keys and values, not {type(data).__name__}")
    return data


@lru_cache(maxsize=16)
def _parsed(text: str) -> object:
    """Return the plain data of a YAML text. Results are cached, since parsing is slow and files are read more than once."""
    return yaml.load(text, Loader=SAFE)


def read_key(config: Path, key: str) -> Any:
    """Return one key of the configuration of the run as plain data. config: folder with one file per key.

    Raises ScalebridgeError if the file or the key is missing.
    """
    file = config / f"{key}.yaml"
    if not file.is_file():
        raise ScalebridgeError(f"{file} does not exist; run `dvc repro` first")
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


def read_json(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


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
