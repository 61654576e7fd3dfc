"""What each stage read and wrote, by hash. It shows which files do not belong to one run, also if stages were called by hand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import as_json, parse, read_json
from pipeline.domain.errors import listed
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.places import Places
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import write_whole

MISSING = "missing"
"""In place of the hash of a file that does not exist."""


@dataclass(config=STRICT, frozen=True)
class Made:
    """What one stage read and wrote. Each part: file or folder → file → SHA-256."""

    read: Mapping[str, Mapping[str, str]]
    written: Mapping[str, Mapping[str, str]]


def record(
    places: Places, stage: str, *, keys: Iterable[str] = (), read: Iterable[Path] = (), written: Iterable[Path] = ()
) -> None:
    """Note what a stage read and wrote: files, or folders with all that is in them. keys: of the configuration.

    A stage calls it after everything else.
    """
    read = [*(places.config / f"{key}.yaml" for key in sorted(keys)), *read]
    made = Made(*({_name(places, path): _hashes(path) for path in paths} for paths in (read, written)))
    write_whole(places.made / f"{stage}.json", as_json(asdict(made)))


def differences(places: Places, stages: Iterable[str]) -> list[str]:
    """Say which files are not those that the stages read and wrote, in words; an empty list if all are."""
    return [line for stage in stages for line in _of_stage(places, stage)]


def _of_stage(places: Places, stage: str) -> Iterator[str]:
    path = places.made / f"{stage}.json"
    if not path.is_file():
        yield f"it is not known from what the stage {stage} made its files ({path} does not exist)"
        return
    made: Made = parse(Made, read_json(path), str(path))
    if others := list(_changed(places, made.read)):
        yield f"the stage {stage} read other files ({listed(others)} differ)"
    if others := list(_changed(places, made.written)):
        yield f"what the stage {stage} wrote was changed ({listed(others)} differ)"


def _changed(places: Places, before: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Names of the files that have another hash now, are missing, or were added."""
    for name, files in before.items():
        now = _hashes(_root(places) / name)
        for file in dict.fromkeys([*files, *now]):
            if files.get(file) != now.get(file):
                yield f"{name}/{file}" if file else name


def _hashes(path: Path) -> dict[str, str]:
    """Hash of a file, under the name '', or of all files in a folder, under their paths in it. Hidden files are not meant."""
    if not path.is_dir():
        return {"": hash_of_file(path) if path.is_file() else MISSING}
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    return {file.relative_to(path).as_posix(): hash_of_file(file) for file in files}


def _root(places: Places) -> Path:
    return places.made.parent.parent


def _name(places: Places, path: Path) -> str:
    return (path.relative_to(_root(places)) if path.is_relative_to(_root(places)) else path).as_posix()
