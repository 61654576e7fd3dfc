"""A qualification: all checks, the trail of answers, and the requirements, with who ran them and when."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pipeline.answers.past_predictions.on_record import folder_of_record, user_name
from pipeline.domain.config_files import as_json
from pipeline.domain.places import Places
from pipeline.qualification.check import Check
from pipeline.qualification.installation import installation_checks
from pipeline.qualification.operation import operation_checks, project_checks
from pipeline.qualification.requirements import Requirement, requirements
from pipeline.qualification.trail import Trail, read_trail

TITLES = ("Installation", "Operation", "Project in this folder")
"""Groups of checks, in their order."""


@dataclass(frozen=True)
class Qualification:
    """What was checked, by whom and when."""

    version: str
    """Version of Scalebridge."""
    user: str
    """User of the operating system who ran the checks."""
    folder: str
    """Folder in which they were run."""
    begun: str
    ended: str
    checks: Mapping[str, tuple[Check, ...]]
    """Group → checks."""
    trail: Trail | None
    """None if no answer was kept."""
    requirements: Mapping[str, Requirement]

    @property
    def failed(self) -> tuple[Check, ...]:
        """Checks that failed."""
        return tuple(one for group in self.checks.values() for one in group if one.state == "failed")

    @property
    def count(self) -> int:
        """Number of checks."""
        return sum(len(group) for group in self.checks.values())

    def as_text(self) -> str:
        """Return the qualification as the text of a JSON file."""
        return as_json(asdict(self))


def qualify(places: Places, constraints: Path, out: Path, tell: Callable[[Check], None]) -> Qualification:
    """Make all checks. tell: is given each check as soon as it is made. out: existing folder for the evidence."""
    begun = _now()
    with tempfile.TemporaryDirectory() as folder:
        groups = (
            installation_checks(constraints, out),
            operation_checks(Path(folder)),
            project_checks(places, Path(folder)),
        )
        checks = {title: tuple(_told(group, tell)) for title, group in zip(TITLES, groups, strict=True)}
    return Qualification(
        version=version("scalebridge"),
        user=user_name(),
        folder=str(Path.cwd()),
        begun=begun,
        ended=_now(),
        checks=checks,
        trail=read_trail(folder_of_record(places)),
        requirements=requirements(),
    )


def _told(checks: Iterator[Check], tell: Callable[[Check], None]) -> Iterator[Check]:
    for one in checks:
        tell(one)
        yield one


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
