"""What a user requires of the program, and the tests that show it."""

from collections.abc import Mapping
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.strict_config import STRICT

FILE = Path(__file__).parent / "requirements.yaml"


@dataclass(config=STRICT, frozen=True)
class Requirement:
    """One requirement of a user."""

    text: str
    tests: tuple[str, ...]
    """Tests of the source that show it: `tests/<file>.py::<test>`."""
    checks: tuple[str, ...] = ()
    """Ids of checks of `scalebridge qualify` that show it on the installed program."""


@dataclass(config=STRICT, frozen=True)
class Requirements:
    """All requirements, by their id."""

    requirements: Mapping[str, Requirement]


def requirements() -> Mapping[str, Requirement]:
    """Return id → requirement."""
    found: Requirements = parse(Requirements, read_yaml(FILE), FILE.name)
    return found.requirements
