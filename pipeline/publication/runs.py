"""The published runs of a project: which one is current, which ones there are, and which may be deleted."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.locks import one_at_a_time
from pipeline.domain.places import Places
from pipeline.domain.whole_files import write_whole
from pipeline.publication.bundle import LENGTH, MANIFEST, Bundle, open_bundle

BUILDING = ".building"
"""Name of the folder in which a run is being built."""
_PROJECT = "which holds params.yaml; `scalebridge init <folder>` makes one"
DELETED = ".deleted"
"""Ending of the name of a folder that is being deleted."""


@dataclass(frozen=True)
class PublishedRun:
    """A published run, as a list of runs shows it."""

    run: str
    folder: Path
    published: float
    """Time of publication [s since 1970]."""
    size: int
    """Size of the files [bytes]."""
    current: bool


def current_run(places: Places) -> Bundle:
    """Open the run that the pointer names. Everything that answers reads this run alone.

    Raises ScalebridgeError if nothing was published, the pointer names no run, or the run is damaged.
    """
    return open_bundle(_folder(places, current_name(places)))


def current_name(places: Places) -> str:
    """Return the name of the current run.

    Raises ScalebridgeError if nothing was published, or the pointer is damaged.
    """
    pointer = places.current_run
    if not pointer.is_file():
        names = names_of_runs(places)
        do = f"; runs are {listed(names)}. Choose one with `scalebridge use <run>`" if names else ", so no run is published"
        first = (
            "run `dvc repro` first"
            if places.runs.parent.is_dir()
            else f"give the command in the folder of a project, {_PROJECT}"
        )
        raise ScalebridgeError(f"{pointer} {_what(pointer)}{do}{'' if names else f'; {first}'}")
    name = pointer.read_bytes().decode(errors="replace").strip()
    if not re.fullmatch(f"[0-9a-f]{{{LENGTH}}}", name):
        raise ScalebridgeError(
            f"{pointer} must hold the name of a run, {LENGTH} digits; it holds '{name[:40]}'. "
            f"Runs are {listed(names_of_runs(places))}; choose one with `scalebridge use <run>`"
        )
    return name


def _what(pointer: Path) -> str:
    return "is a folder, not a file; delete it" if pointer.is_dir() else "does not exist"


def point_to(places: Places, run: str) -> None:
    """Make a run the current one. The pointer is replaced by renaming, so a reader sees the old or the new run."""
    if places.current_run.is_dir():
        raise ScalebridgeError(
            f"{places.current_run} is a folder, and the name of the current run must be written there; delete it"
        )
    write_whole(places.current_run, run + "\n")


def names_of_runs(places: Places) -> list[str]:
    """Return the names of all published runs, sorted."""
    found = places.runs.iterdir() if places.runs.is_dir() else ()
    return sorted(path.name for path in found if (path / MANIFEST).is_file() and not path.name.startswith("."))


def run_named(places: Places, beginning: str) -> Bundle:
    """Open the run whose name has this beginning.

    Raises ScalebridgeError if no run or more than one has it, or if the run is damaged.
    """
    names = names_of_runs(places)
    found = [name for name in names if name.startswith(beginning)] if beginning else []
    if len(found) != 1:
        which = f"the names {listed(found)} have" if found else "no published run has"
        raise ScalebridgeError(f"'{beginning}': {which} this beginning; runs are {listed(names, 20)}")
    return open_bundle(_folder(places, found[0]))


def published_runs(places: Places) -> list[PublishedRun]:
    """Return all published runs, the latest first. A run whose manifest is damaged is among them."""
    try:
        current = current_name(places)
    except ScalebridgeError:
        current = ""
    found = (_published(places.runs / name, name == current) for name in names_of_runs(places))
    return sorted((run for run in found if run is not None), key=lambda run: (-run.published, run.run))


def _published(folder: Path, current: bool) -> PublishedRun | None:
    """Describe a run; None if another program deleted it meanwhile."""
    try:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return PublishedRun(folder.name, folder, (folder / MANIFEST).stat().st_mtime, size, current)
    except FileNotFoundError:
        return None


def use(places: Places, beginning: str) -> str:
    """Make the run whose name has this beginning the current one. Return its name. No other program can delete it meanwhile.

    Raises ScalebridgeError if no run or more than one has it, or if the run is damaged.
    """
    if not names_of_runs(places):
        raise ScalebridgeError(f"There is no published run in {places.runs}; run `dvc repro` first")
    with locked(places):
        run = run_named(places, beginning).run
        point_to(places, run)
    return run


def delete(places: Places, runs: Sequence[PublishedRun]) -> list[str]:
    """Delete runs. Return the names of those that were deleted: not one that was made the current one since it was listed."""
    with locked(places):
        current = current_name(places)
        found = [run for run in runs if run.run != current and run.folder.exists()]
        for run in found:
            remove(run.folder)
    return [run.run for run in found]


def to_delete(runs: Sequence[PublishedRun], keep: int) -> list[PublishedRun]:
    """Return the runs that `scalebridge prune` deletes: all but the current one and the latest `keep` others."""
    return [run for run in runs if not run.current][keep:]


def remove(folder: Path) -> None:
    """Delete the folder of a run, if it exists. It is renamed first, so that a killed deletion leaves no half run."""
    if folder.exists() or folder.is_symlink():
        aside = folder.with_name(f".{folder.name.lstrip('.')}{DELETED}")
        _delete_path(aside)
        folder.rename(aside)
        _delete_path(aside)


def _delete_path(path: Path) -> None:
    """Delete a folder, a file, or a link without what it leads to; nothing if there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def locked(places: Places) -> Iterator[None]:
    """Keep other programs from adding or deleting runs meanwhile, and delete what killed ones left behind.

    The operating system releases the lock of a program that is killed. Readers need no lock: a run never changes.
    """
    places.runs.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(places.runs / ".lock", "publishes, chooses or deletes runs"):
        for path in places.runs.iterdir():
            if path.name == BUILDING or path.name.endswith(DELETED):
                _delete_path(path)
        yield


def _folder(places: Places, name: str) -> Path:
    folder = places.runs / name
    if not folder.is_dir():
        raise ScalebridgeError(
            f"The run {name} is not in {places.runs}; runs are {listed(names_of_runs(places))}. "
            "Choose one with `scalebridge use <run>`, or publish again: `python -m pipeline.stages.publish data`"
        )
    return folder
