"""A published run: a folder of files that never change, with a manifest of their hashes, named after the hash of the manifest."""

import hashlib
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import as_json, parse, read_json
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.places import Places
from pipeline.domain.strict_config import STRICT

MANIFEST = "manifest.json"
LENGTH = 16
"""Digits of the hash that name a run."""


@dataclass(config=STRICT, frozen=True)
class Manifest:
    """What a published run consists of."""

    version: int
    """Version of the form of a published run."""
    files: Mapping[str, str]
    """Path in the folder → SHA-256 of the file, sorted by path."""
    answering: Mapping[str, str]
    """File of the package that an answer uses → SHA-256 at the time of publication."""

    @property
    def run(self) -> str:
        """Name of the run: the first digits of the hash of the manifest's file."""
        return _name(self.as_text().encode())

    def as_text(self) -> str:
        """Return the manifest as the text of its file."""
        return as_json(asdict(self))


@dataclass(config=STRICT, frozen=True)
class Bundle:
    """A published run that was opened: its files are those of its manifest."""

    run: str
    """Name of the run."""
    folder: Path
    manifest: Manifest

    @property
    def places(self) -> Places:
        """Where the files of the run lie. They have the same names as in the data folder."""
        return replace(Places.under(self.folder), params=self.folder / "params.yaml")


def manifest_of(folder: Path, answering: Mapping[str, str]) -> Manifest:
    """Return the manifest of the files that are in a folder."""
    return Manifest(1, {name: hash_of_file(folder / name) for name in _names(folder)}, answering)


def _names(folder: Path) -> list[str]:
    """Paths of all files below a folder but the manifest, sorted."""
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in files if name != MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run without looking at its files.

    Raises ScalebridgeError if it is missing or damaged, or if its hash is not the name of the folder.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise ScalebridgeError(f"{file} does not exist, so {folder} is not a published run; {_REPAIR}")
    if (name := _name(file.read_bytes())) != folder.name:
        raise ScalebridgeError(
            f"{file} was changed after the run was published: its hash is {name}, not {folder.name}; {_REPAIR}"
        )
    manifest: Manifest = parse(Manifest, read_json(file), str(file))
    if manifest.version != 1:
        raise ScalebridgeError(f"{file} has version {manifest.version}; this program reads version 1. Use a newer program")
    return manifest


def _name(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:LENGTH]


def open_bundle(folder: Path) -> Bundle:
    """Open a published run. Every file is compared with the manifest.

    Raises ScalebridgeError that names each file that is missing, was changed, or does not belong to the run.
    """
    manifest = read_manifest(folder)
    if problems := _problems(folder, manifest.files):
        raise ScalebridgeError(f"The published run {folder} is damaged: {listed(problems)}; {_REPAIR}")
    return Bundle(folder.name, folder, manifest)


def copy_part(bundle: Bundle, part: Collection[Path], target: Path) -> Path:
    """Copy some files and folders of a published run, with its manifest, to a folder of its name in `target`. Return that folder.

    part: relative paths. The manifest stays as it is, so that the copy can be verified as the run can.
    """
    folder = target / bundle.run
    for name in (MANIFEST, *_within(bundle.manifest, part)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle.folder / name, folder / name)
    return folder


def open_part(folder: Path, part: Collection[Path]) -> Bundle:
    """Open what `copy_part` made. Every file is compared with the manifest of the run.

    Raises ScalebridgeError that names each file that is missing, was changed, or does not belong to the part.
    """
    manifest = read_manifest(folder)
    if problems := _problems(folder, _within(manifest, part)):
        raise ScalebridgeError(
            f"The copy {folder} of a published run is damaged: {listed(problems)}; copy it again from the run {folder.name}"
        )
    return Bundle(folder.name, folder, manifest)


def _within(manifest: Manifest, part: Collection[Path]) -> dict[str, str]:
    """The files of a manifest that are in a part of the run."""
    return {
        name: digest
        for name, digest in manifest.files.items()
        if any(Path(name) == path or path in Path(name).parents for path in part)
    }


def _problems(folder: Path, expected: Mapping[str, str]) -> list[str]:
    """What differs between the files in a folder and those that are expected, with their hashes."""
    there = {name: hash_of_file(folder / name) for name in _names(folder)}
    return [
        *(f"{name} is missing" for name in expected if name not in there),
        *(f"{name} does not belong to it" for name in there if name not in expected),
        *(f"{name} was changed" for name in there if expected.get(name, there[name]) != there[name]),
    ]


_REPAIR = "publish it again: `python -m pipeline.stages.publish data`, or choose another run: `scalebridge runs`"
