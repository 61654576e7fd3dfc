"""The verb `qualify`."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.qualifying import DATA, PAGE
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.qualification import qualification as module
from pipeline.qualification.qualification import Qualification
from tests.support.project import copy_of
from tests.support.qualified import qualified


def _made(made: Qualification, monkeypatch: pytest.MonkeyPatch) -> None:
    def qualify(places: object, constraints: Path, out: Path, tell: object) -> Qualification:
        for group in made.checks.values():
            for one in group:
                tell(one)  # type: ignore[operator]
        return made

    monkeypatch.setattr(module, "qualify", qualify)


def test_qualify__a_failed_check_is_exit_code_1_and_the_evidence_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(qualified(), monkeypatch)
    done = CliRunner().invoke(app, ["qualify", "--out", str(tmp_path / "a/b")])
    assert done.exit_code == 1
    assert str(done.exception) == "1 of 3 checks failed: OQ-02"
    assert "OQ-02  failed    Units: 25 <degC>" in done.output
    assert "3 checks, 1 failed." in done.output
    assert json.loads((tmp_path / "a/b" / DATA).read_text(encoding="utf-8"))["version"] == "1.2.3"
    assert "not a validated system" in (tmp_path / "a/b" / PAGE).read_text(encoding="utf-8")


def test_qualify__a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=re.escape(f"The folder {tmp_path / 'file'} cannot be made")):
        CliRunner().invoke(app, ["qualify", "--out", str(tmp_path / "file")], catch_exceptions=False)


@pytest.mark.long
def test_qualify__checks_this_installation_and_a_project(
    project: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every check, with the reference case from its raw files."""
    monkeypatch.chdir(copy_of(project, tmp_path).params.parent)
    done = CliRunner().invoke(app, ["qualify", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / DATA).read_text(encoding="utf-8"))
    assert [one["id"] for one in found["checks"]["Operation"]] == [f"OQ-{number:02d}" for number in range(1, 16)]
    assert {one["state"] for group in found["checks"].values() for one in group} == {"passed", "recorded"}
    assert found["trail"] is None
