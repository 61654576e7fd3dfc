"""Plain data of a YAML file to configuration classes, with errors that a person can act on."""

import json
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.domain.errors import ScalebridgeError, listed

SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C where PyYAML was built with it: ten times as fast."""


def parse(kind: Any, data: Any, place: str) -> Any:
    """Validate plain data as a configuration class.

    Raises ScalebridgeError with one line per problem: where it is and what was found.
    """
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        raise ScalebridgeError(f"{place} is not valid:\n" + "\n".join(lines)) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises ScalebridgeError where it is missing or something else.
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


@lru_cache(maxsize=1)
def _parsed(text: str) -> Any:
    """The configuration is read key by key, and parsing it is what takes the time."""
    return yaml.load(text, Loader=SAFE)


def read_json(path: Path) -> Any:
    """Read plain data that a stage wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def as_json(data: Any) -> str:
    """Plain data as the text of a file, for people to read as well."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def load(config: Path, key: str, kind: Any) -> Any:
    """Read one key of the composed configuration as its class.

    Raises ScalebridgeError where the key is missing or no longer valid.
    """
    composed = read_yaml(config)
    if key not in composed:
        raise ScalebridgeError(f"{config} has no key '{key}'; it has {listed(composed, 9)}")
    return parse(kind, composed[key], f"'{key}' of {config}")
