"""Carry a workspace to the installed version of the tool. A file that the user changed is never overwritten.

Each file has three forms: the one that the tool gave last (`.scalebridge.json`), the one in the workspace, and the one of the
installed tool.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.version import InvalidVersion, Version

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.tool import TOOL, Tool, installed_tool, read_tool
from pipeline.domain.whole_files import write_whole
from pipeline.workspace import git
from pipeline.workspace.new import is_complete
from pipeline.workspace.record import RECORD, Record, hash_of_bytes, hash_of_text_file, read_record, record_of, write_record
from pipeline.workspace.sources import workspace_files

NEW = ".new"
"""Ending of a file of the tool beside a file that the user changed."""
What = Literal["new", "rewritten", "yours", "beside yours", "deleted by you", "not of the tool any more", "as before"]


@dataclass(frozen=True)
class Step:
    """What an upgrade does with one file."""

    path: str
    what: What

    @property
    def writes(self) -> str | None:
        """Path of the file that is written; None if none is."""
        if self.what in ("new", "rewritten"):
            return self.path
        return self.path + NEW if self.what == "beside yours" else None


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade does, or did."""

    before: Tool
    after: Tool
    steps: tuple[Step, ...]
    """One per file, sorted by path."""

    @property
    def written(self) -> list[str]:
        """Paths of the files of the workspace that are written, those of the record among them."""
        own = [step.writes for step in self.steps if step.writes is not None]
        return [*own, RECORD, TOOL] if self.before != self.after or own else []


def upgrade_workspace(folder: Path, *, dry_run: bool = False) -> Upgrade:
    """Carry a workspace to the installed version. dry_run: write nothing, and return what would be done.

    Commits nothing. A call that was killed can be given again. Raises ScalebridgeError, before anything is written, for a folder
    that is no workspace, a workspace of a newer tool, and a file that would be replaced although it is not committed.
    """
    git.require_git()
    before, after = _tool_of(folder), installed_tool()
    _refuse_older(before, after)
    record, files = read_record(folder), workspace_files()
    steps = tuple(_steps(record, {path: hash_of_text_file(folder / path) for path in {*record.files, *files}}, files))
    found = Upgrade(before, after, steps)
    _refuse_loss(folder, found, files)
    if not dry_run:
        _apply(folder, found, files)
    return found


def _steps(record: Record, there: Mapping[str, str | None], files: Mapping[str, bytes]) -> Iterator[Step]:
    """Yield what is to be done with each file. there: path → hash in the workspace; None if it is not there."""
    for path in sorted(there):
        given, now = record.files.get(path), there[path]
        installed = hash_of_bytes(files[path]) if path in files else None
        yield Step(path, _what(given, now, installed))


def _what(given: str | None, now: str | None, installed: str | None) -> What:
    """Tell what to do with a file from three hashes: as last given, as it is now, and as the installed tool has it."""
    if now == installed:
        return "as before"
    if installed is None:
        return "not of the tool any more"
    if now is None:
        return "new" if given is None else "deleted by you"
    if now == given:
        return "rewritten"
    return "yours" if given == installed else "beside yours"


def _apply(folder: Path, found: Upgrade, files: Mapping[str, bytes]) -> None:
    """Write the files, then the record, then the tool: a killed call leaves a workspace that is upgraded by the next one."""
    for step in found.steps:
        if step.writes is not None:
            write_whole(folder / step.writes, files[step.path])
    write_record(folder, record_of(files))
    if found.before != found.after:
        write_whole(folder / TOOL, found.after.as_text())


def _tool_of(folder: Path) -> Tool:
    found = read_tool(folder)
    if found is None or not is_complete(folder):
        begun = (folder / RECORD).is_file()
        do = "its `scalebridge init` was not completed; give it again" if begun else "`scalebridge init <folder>` makes one"
        raise ScalebridgeError(f"{folder.resolve()} is not a workspace: {do}")
    return found


def _refuse_older(before: Tool, after: Tool) -> None:
    try:
        newer = Version(before.version) > Version(after.version)
    except InvalidVersion:
        raise ScalebridgeError(
            f"{TOOL} names the version '{before.version[:40]}', which is none; restore it: git checkout -- {TOOL}"
        ) from None
    if newer:
        raise ScalebridgeError(
            f"The workspace was made for {before}, which is newer than the installed {after}; install that version or a newer one"
        )


def _refuse_loss(folder: Path, found: Upgrade, files: Mapping[str, bytes]) -> None:
    """Check that git can bring back each file that is replaced, and that no earlier `.new` file is replaced by another one."""
    replaced = [step.path for step in found.steps if step.what == "rewritten"]
    if changed := git.changed_since_commit(folder, replaced):
        raise ScalebridgeError(
            f"{listed(changed)} would be replaced and is not committed, so git could not bring it back; commit first, then give "
            "the command again"
        )
    beside = [step for step in found.steps if step.what == "beside yours"]
    left = [f"{one.path}{NEW}" for one in beside if _other(folder / f"{one.path}{NEW}", files[one.path])]
    if left:
        raise ScalebridgeError(
            f"{listed(left)} is left from an earlier upgrade; take over what you need and delete it, then give the command again"
        )


def _other(path: Path, content: bytes) -> bool:
    return path.exists() and hash_of_text_file(path) != hash_of_bytes(content)
