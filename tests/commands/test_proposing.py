"""`scalebridge propose`, as a user calls it in the folder of a project."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.answers.case.draft import Asked
from pipeline.cli import app
from pipeline.commands.proposing import own_file, pairs
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places


@pytest.fixture(autouse=True)
def _in_the_project(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.params.parent)


def _call(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["propose", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return " ".join(done.output.split())


def test_propose__writes_a_proposal_that_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "drafts.yaml"
    said = _call("--product", "P", "--scale", "100 L", "--equipment", "B", "--out", str(file))
    assert said == f"Wrote {file}. Change what you plan differently, then: scalebridge predict {file}"
    answered = CliRunner().invoke(app, ["predict", str(file)], catch_exceptions=False)
    assert answered.exit_code == 0
    assert "P to 100 L" in answered.output


def test_propose__says_what_must_be_changed_before_it_can_be_answered(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    assert "Before it can be answered: " in _call("--product", "P", "--scale", "0.0001 L", "--out", str(file))
    assert file.is_file()


def test_propose__does_not_replace_a_file_unless_it_is_told_to(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"mine\.yaml exists; --force replaces it"):
        _call("--product", "P", "--scale", "100 L", "--out", str(file))
    assert file.read_text(encoding="utf-8") == "mine"
    _call("--product", "P", "--scale", "100 L", "--out", str(file), "--force")
    assert "process: pot" in file.read_text(encoding="utf-8")


def test_propose__a_quantity_that_cannot_be_held_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    file = tmp_path / "held.yaml"
    asked = ("--product", "P", "--scale", "100 L", "--equipment", "B")
    with pytest.raises(ScalebridgeError, match="'agitation' holds no quantity"):
        _call(*asked, "--hold", "agitation=power_per_volume", "--out", str(file))
    assert not file.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["agitation"], "--hold 'agitation' is not `setting=quantity`"),
        (["a=b", "a=c"], "--hold names 'a' twice"),
    ],
)
def test_pairs__of_another_form_are_a_sentence(given: list[str], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        pairs(given)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (Asked("mAb-12", "2000 L", "V-2001"), "mAb-12_2000_L_V-2001.yaml"),
        (Asked("../a b", "1 L"), "a_b_1_L.yaml"),
        (Asked(), "pot.yaml"),
        (Asked("…", "5 L"), "x_5_L.yaml"),
    ],
)
def test_own_file__holds_no_character_that_a_path_must_not_have(asked: Asked, name: str) -> None:
    assert own_file("pot", asked) == name
