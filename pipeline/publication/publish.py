"""Publish a finished run: copy its files to a folder of their own, and make it the current run."""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.made import differences
from pipeline.domain.places import Places, home
from pipeline.domain.whole_files import PART, write_whole
from pipeline.publication.bundle import MANIFEST, Manifest, manifest_of, open_bundle
from pipeline.publication.code import files_used_by, hashes_of_code
from pipeline.publication.current_origin import origin_now
from pipeline.publication.origin import read_origin, refuse_mixture
from pipeline.publication.runs import BUILDING, current_run, locked, point_to, remove
from pipeline.publication.shown_names import refuse_shown_names

ANSWERING = ("pipeline.answers.answer", "pipeline.answers.look_ahead", "pipeline.answers.case.case")
"""Modules whose code answers."""


def publish(
    places: Places,
    parts: tuple[Path, ...],
    stages: tuple[str, ...] = (),
    *,
    instead: Mapping[str, str] = MappingProxyType({}),
    hidden: Collection[str] = (),
) -> str:
    """Copy the parts of a run, files and folders of the data folder, to `data/runs/<run>/`, and point to it. Return its name.

    stages: those that made the parts, besides `train`. instead: path in the run → text that is published in place of the file.
    hidden: names that no file may show. The same run has the same name. Equal files of different runs share their place on the
    disk. Raises ScalebridgeError if a part is missing, if the parts do not belong to one run, or if a file shows a hidden name.
    """
    refuse_mixture(read_origin(places.origin), origin_now(places))
    if found := differences(places, stages):
        raise ScalebridgeError(
            f"The files in {places.features.parent} do not belong to one run: {'; '.join(found)}. Run `dvc repro`"
        )
    with locked(places):
        run = _built(places, parts, instead, hidden)
        point_to(places, run)
    _bring_home(places, run)
    return run


def _built(places: Places, parts: tuple[Path, ...], instead: Mapping[str, str], hidden: Collection[str]) -> str:
    """Build the run beside the others, and move it to its place. Return its name."""
    building = places.runs / BUILDING
    try:
        for name, source in _files(places, parts):
            _copy(source, building / name)
        for name, text in instead.items():
            write_whole(building / name, text)
        manifest = manifest_of(building, hashes_of_code(files_used_by(*ANSWERING)))
        refuse_shown_names(building, manifest.files, hidden, "The run")
        write_whole(building / MANIFEST, manifest.as_text())
        _share(places, building, manifest)
        _place(building, places.runs / manifest.run)
    finally:
        remove(building)
    return manifest.run


def _bring_home(places: Places, run: str) -> None:
    """Copy a run that was made in a temporary folder of DVC to the project as well. The project's own current run stays."""
    root = places.params.parent
    if (project := home(root)) == root.resolve():
        return
    there = Places.under(project / "data")
    with locked(there):
        if not (there.runs / run).exists():
            shutil.copytree(places.runs / run, there.runs / BUILDING)
            _place(there.runs / BUILDING, there.runs / run)


def _files(places: Places, parts: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    """Path in the bundle and path in the project of every file of the parts."""
    root = places.features.parent
    for part in (places.params, *parts):
        if not part.exists():
            raise ScalebridgeError(f"{part} does not exist; run `dvc repro` first")
        inside = sorted(path for path in part.rglob("*") if path.is_file()) if part.is_dir() else [part]
        for path in inside:
            if not path.name.startswith("."):
                yield (path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name), path


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _place(building: Path, folder: Path) -> None:
    """Move a built run to its place. A run of this name that is whole stays; a damaged one is replaced."""
    try:
        open_bundle(folder)
    except ScalebridgeError:
        remove(folder)
    else:
        return
    for path in building.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    building.rename(folder)


def _share(places: Places, building: Path, manifest: Manifest) -> None:
    """Replace each file that the former run has as well by a hard link to it, so that experiments do not fill the disk."""
    try:
        former = current_run(places)
    except ScalebridgeError:
        return
    for name, digest in manifest.files.items():
        if former.manifest.files.get(name) == digest:
            link = building / f"{name}{PART}"
            try:
                os.link(former.folder / name, link)
            except OSError:  # the drive has no hard links
                return
            link.replace(building / name)
