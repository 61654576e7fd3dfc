"""Make a workspace. A call that was killed can be given again: it completes what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.locks import one_at_a_time
from pipeline.domain.tool import TOOL, installed_tool, read_tool
from pipeline.domain.whole_files import PART, write_whole
from pipeline.workspace import git
from pipeline.workspace.record import RECORD, hash_of_bytes, hash_of_text_file, record_of, write_record
from pipeline.workspace.sources import workspace_files

_LOCK = ".dvc/tmp/init.lock"
_APART = {".git", ".venv", "venv", ".DS_Store", ".idea", ".vscode"}
"""Names that may be in a folder that counts as empty."""


@dataclass(frozen=True)
class NewWorkspace:
    """A workspace that was made."""

    folder: Path
    written: tuple[str, ...]
    """Files that were written, as paths in the workspace."""
    kept: tuple[str, ...]
    """Files that were there before with another content, and were not changed."""
    commit: str
    """Beginning of the name of the commit."""
    named: bool
    """Git knows who commits. If not, the commit has a name of the tool."""


def make_workspace(folder: Path, *, add: bool = False) -> NewWorkspace:
    """Make a workspace in a folder that is new or empty. add: also in a folder with files, of which none is changed.

    Raises ScalebridgeError for a folder that is a workspace, has files, or lies in another repository or workspace.
    """
    git.require_git()
    folder = folder.resolve()
    _check_place(folder)
    _check_content(folder, add=add)
    (folder / _LOCK).parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder / _LOCK, "makes this workspace"):
        _check_content(folder, add=True)  # the other program may have made it meanwhile
        return _made(folder)


def _made(folder: Path) -> NewWorkspace:
    """Write what is missing, and commit it."""
    files = workspace_files()
    if (folder / RECORD).is_file():
        git.remove_locks(folder)
    _remove_parts(folder, (*files, RECORD, TOOL))
    write_record(folder, record_of(files))  # first: with it, a folder counts as begun
    written, kept = _write_missing(folder, files)
    git.make_repository(folder)
    write_whole(folder / TOOL, installed_tool().as_text())
    own = [path for path in (*files, RECORD, TOOL) if path not in kept]
    named = git.knows_user(folder)
    name = git.commit(folder, own, f"New workspace of scalebridge {installed_tool().version}")
    return NewWorkspace(folder, written, kept, name, named)


def is_complete(folder: Path) -> bool:
    """Return whether a folder is a workspace that was made to the end."""
    return (folder / TOOL).is_file() and (folder / RECORD).is_file() and git.has_commit(folder)


def enclosing(folder: Path) -> Path | None:
    """Return the nearest folder above that is a git repository or a workspace; None if there is none."""
    return next((above for above in folder.parents if git.is_repository(above) or (above / TOOL).is_file()), None)


def _check_place(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ScalebridgeError(f"{folder} is a file; give the path of a new folder")
    if (above := enclosing(folder)) is not None:
        kind = "workspace" if (above / TOOL).is_file() else "git repository"
        raise ScalebridgeError(
            f"{folder} lies in the {kind} {above}, and a workspace is a repository of its own; give a folder outside of {above}"
        )
    if (folder / "pipeline" / "cli.py").is_file():
        raise ScalebridgeError(f"{folder} is the repository of the tool; give a folder outside of it")


def _check_content(folder: Path, *, add: bool) -> None:
    if is_complete(folder):
        raise ScalebridgeError(
            f"{folder} is a workspace already, made for {read_tool(folder)}. `scalebridge upgrade` carries it to the installed "
            "version"
        )
    begun = (folder / RECORD).is_file()
    found = sorted(path.name for path in folder.iterdir() if not _apart(path)) if folder.is_dir() else []
    if found and not (begun or add):
        raise ScalebridgeError(
            f"{folder} is not empty: it holds {listed(found)}. Give a new folder, or add --add, which adds the missing files "
            "and changes none"
        )


def _apart(path: Path) -> bool:
    """Tell whether a folder with this file or folder still counts as empty. A killed call leaves the folder of its lock."""
    only_lock = path.name == ".dvc" and [one.name for one in path.iterdir()] == ["tmp"]
    return path.name in _APART or path.name.endswith(PART) or only_lock


def _remove_parts(folder: Path, files: Iterable[str]) -> None:
    """Delete what a call that was killed left behind."""
    for path in files:
        for left in (folder / path).parent.glob(f".{Path(path).name}.*{PART}"):
            left.unlink()


def _write_missing(folder: Path, files: Mapping[str, bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the files that are not there. Returns them, and those that are there with another content."""
    written, kept = [], []
    for path, content in files.items():
        target = folder / path
        if not target.exists():
            write_whole(target, content)
            written.append(path)
        elif hash_of_text_file(target) != hash_of_bytes(content):
            kept.append(path)
    return tuple(written), tuple(kept)
