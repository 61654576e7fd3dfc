"""The files that a workspace begins with."""

from pathlib import Path

import yaml

from pipeline.config import compose
from pipeline.domain.config_files import read_as
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from pipeline.workspace.flow import workspace_flow
from pipeline.workspace.sources import workspace_files
from tests.conftest import ROOT

FILES = workspace_files()


def test_files__are_those_of_the_repository_but_for_the_flow() -> None:
    copied = [path for path in FILES if path.startswith(("conf/", "data/proposals/")) or path == "params.yaml"]
    assert len(copied) > 20
    for path in copied:
        assert FILES[path] == (ROOT / path).read_bytes(), path
    assert FILES["dvc.yaml"].decode() == workspace_flow((ROOT / "dvc.yaml").read_text(encoding="utf-8"))


def test_files__are_a_valid_configuration_with_valid_proposals(tmp_path: Path) -> None:
    places = Places.under(tmp_path / "data")
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert compose(places.conf, places.params)
    for path in places.proposals.glob("*.yaml"):
        assert read_as(Proposal, path).process == "virtual_plant"


def test_files__git_ignores_every_output_that_is_cached() -> None:
    ignored = {line.strip("/") for line in FILES["data/.gitignore"].decode().splitlines()}
    stages = yaml.safe_load(FILES["dvc.yaml"])["stages"].values()
    cached = [out for stage in stages for out in stage["outs"] if isinstance(out, str)]
    assert len(cached) > 20
    for out in cached:
        folder, _, name = out.removeprefix("data/").partition("/")
        own = {line.strip("/") for line in FILES["data/raw/.gitignore"].decode().splitlines()} if folder == "raw" else set()
        assert folder in ignored or name in own, out


def test_files__the_readme_names_commands_that_exist() -> None:
    from docs.generator.command_line import command_line_page

    page = command_line_page(ROOT)
    words = [line.split() for line in FILES["README.md"].decode().splitlines() if line.startswith("scalebridge ")]
    assert words
    for line in words:
        assert f"\n## {line[1]} " in page, line
