"""dvc.yaml says what the code does: imports, keys of the configuration, and paths."""

import ast
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.config import GROUPS, VALUES
from pipeline.domain.places import Places
from tests.architecture.imports import ROOT, first_party, imported

STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
PLACES = Places.under(Path("data"))
BESIDE = {"conf", "params.yaml"}
"""Paths of the project outside of the data folder."""
INPUTS = {PLACES.conf, PLACES.params, PLACES.raw, PLACES.proposals}
"""What no stage writes."""
OF_COMMANDS = {PLACES.simulations, PLACES.watch, PLACES.answers_given, PLACES.snapshots, PLACES.received}
"""What commands write and stages do not know."""
OUTSIDE_DVC = {PLACES.runs}
"""What a stage writes for ever. DVC deletes the outputs that it knows."""


def _listed(stage: str, *kinds: str) -> list[Path]:
    """Paths that a stage of dvc.yaml lists under these keys."""
    entries = [entry for kind in kinds for entry in STAGES[stage].get(kind, [])]
    return [Path(next(iter(entry)) if isinstance(entry, dict) else entry) for entry in entries]


def _code(stage: str) -> list[Path]:
    return [path for path in _listed(stage, "deps") if path.parts[0] == "pipeline"]


def _data(stage: str) -> list[Path]:
    """Everything that a stage lists besides code."""
    return [path for path in _listed(stage, "deps", "outs", "metrics") if path.parts[0] == "data" or str(path) in BESIDE]


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))


def _related(one: Path, other: Path) -> bool:
    """Whether two paths are the same, or one lies in the other."""
    return one == other or one in other.parents or other in one.parents


@pytest.mark.parametrize("stage", STAGES)
def test_stage__is_called_with_the_data_folder_alone(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m pipeline.stages.{stage} data"


@pytest.mark.parametrize("stage", STAGES)
def test_stage__lists_every_file_of_the_code_that_it_uses(stage: str) -> None:
    for used in first_party(Path(f"pipeline/stages/{stage}.py")):
        if used == Path("pipeline/__init__.py"):  # empty
            continue
        assert any(used == listed or listed in used.parents for listed in _code(stage)), f"{stage} uses {used}"


@pytest.mark.parametrize("stage", STAGES)
def test_stage__lists_no_file_of_the_code_that_it_does_not_use(stage: str) -> None:
    used = first_party(Path(f"pipeline/stages/{stage}.py"))
    for listed in _code(stage):
        assert any(file == listed or listed in file.parents for file in used), f"{stage} does not use {listed}"


@pytest.mark.parametrize("stage", [name for name in STAGES if name not in ("configure", "publish")])
def test_stage__lists_the_file_of_every_key_that_it_reads(stage: str) -> None:
    """`configure` writes the files of all keys, `publish` copies them all."""
    read = set()
    for path in first_party(Path(f"pipeline/stages/{stage}.py")):
        read |= _keys(path)
    assert read == {path.stem for path in _listed(stage, "deps") if path.parent == PLACES.config}


def _keys(path: Path) -> set[str]:
    """Keys that a file reads from the folder of the configuration. A published run has a copy of it, which is not meant here."""
    calls = [node for node in _nodes(path) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    loads = [call for call in calls if call.func.id in ("load", "read_key") and len(call.args) > 1]  # type: ignore[attr-defined]
    keys = [call.args[1] for call in loads if ast.unparse(call.args[0]) == "places.config"]
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize("stage", ["configure", "publish"])
def test_stage__of_all_keys_lists_the_folder(stage: str) -> None:
    assert PLACES.config in _data(stage)


@pytest.mark.parametrize("stage", STAGES)
def test_stage__lists_every_place_that_it_uses_and_no_other(stage: str) -> None:
    """A place may be a file in a listed folder, or a folder of which one part is listed, such as the raw files of one process."""
    used = set()
    for path in first_party(Path(f"pipeline/stages/{stage}.py")):
        used |= _places(path)
    for place in used:
        assert any(_related(place, listed) for listed in _data(stage)), f"{stage} uses {place}"
    for listed in _data(stage):
        assert any(_related(place, listed) for place in used), f"{stage} does not use {listed}"


def _places(path: Path) -> set[Path]:
    """Places that a file of the code names, as in `places.features`."""
    if "pipeline.domain.places" not in imported(path):
        return set()
    found = (node for node in _nodes(path) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    return {asdict(PLACES)[node.attr] for node in found if node.value.id == "places"}  # type: ignore[attr-defined]


def test_places__are_what_stages_write_and_what_is_given() -> None:
    written = {path for stage in STAGES for path in _listed(stage, "outs", "metrics")}
    known = {Path(place) for place in asdict(PLACES).values()}
    for path in written:
        assert path in known or path.parent in (PLACES.raw, PLACES.made), f"Places does not name {path}"
    for place in known - INPUTS - OF_COMMANDS - OUTSIDE_DVC:
        assert any(path == place or path in place.parents or _is_record(path, place) for path in written), (
            f"no stage writes {place}"
        )


def _is_record(path: Path, place: Path) -> bool:
    """Whether a path is the record of a stage, of which there is one per stage in the folder of records."""
    return path.parent == place == PLACES.made


def test_configuration__is_committed_with_one_file_per_key() -> None:
    assert {path.stem for path in (ROOT / PLACES.config).iterdir()} == {*GROUPS, *VALUES}


def test_code__names_no_file_of_the_data_folder_outside_of_places() -> None:
    names = {place.name for place in asdict(PLACES).values() if place.parent == Path("data") and place.suffix}
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        if path.name != "places.py":
            texts = {node.value for node in _nodes(path.relative_to(ROOT)) if isinstance(node, ast.Constant)}
            assert not texts & names, f"{path.relative_to(ROOT)} names {texts & names}"
