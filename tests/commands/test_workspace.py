"""The verbs `init` and `upgrade`, and the note on a workspace of another tool."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.workspace import note_on_tool
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.tool import TOOL, Tool, installed_tool
from pipeline.workspace import git
from tests.support.git_settings import git_settings as git_settings


def _call(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def _do(text: str, folder: Path) -> None:
    """Give the git commands that a text names."""
    for line in text.splitlines():
        if line.startswith("  git "):
            subprocess.run(shlex.split(line), cwd=folder, check=True, capture_output=True)


def _make_older(folder: Path) -> None:
    """Commit that the workspace was made for an older tool."""
    (folder / TOOL).write_text(Tool("0.0.1", "00").as_text(), encoding="utf-8")
    git.commit(folder, [TOOL], "older")


def test_init__says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = _call("init", "my workspace")
    assert f"Made the workspace {tmp_path / 'my workspace'}: " in text
    assert "Next:\n  cd 'my workspace'\n  dvc repro\n  scalebridge summary\n" in text
    assert "git does not know who you are" not in text


def test_init__names_the_command_that_activates_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "my env/bin"
    own.mkdir(parents=True)
    for name in ("python", "activate"):
        (own / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(own / "python"))
    assert f"\n  source '{own / 'activate'}'\n  dvc repro" in _call("init", str(tmp_path / "first"))
    monkeypatch.setenv("PATH", f"{own}{os.pathsep}{os.environ['PATH']}")
    assert "source" not in _call("init", str(tmp_path / "second"))


def test_init__in_the_folder_itself_needs_no_cd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Next:\n  dvc repro" in _call("init", ".")


def test_init__says_what_it_kept_and_how_to_tell_git_a_name(tmp_path: Path, git_settings: Path) -> None:
    git_settings.write_text("", encoding="utf-8")
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    text = _call("init", str(tmp_path), "--add")
    assert "These files were there and stay as they are: README.md." in text
    assert 'git config --global user.name "Your Name"' in text


def test_upgrade__shows_what_it_did_and_names_the_commit_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _call("init", str(tmp_path / "mine"))
    monkeypatch.chdir(tmp_path / "mine")
    Path("dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    Path("conf/split/all.yaml").unlink()
    _make_older(Path())
    text = _call("upgrade", "--dry-run")
    assert "From scalebridge 0.0.1 (code 00) to scalebridge" in text
    assert "changed by you, not in the tool; stays" in text
    assert "deleted by you; not written again" in text
    assert Path(TOOL).read_text(encoding="utf-8") == Tool("0.0.1", "00").as_text()
    text = _call("upgrade")
    _do(text, tmp_path / "mine")
    assert "0.0.1" not in Path(TOOL).read_text(encoding="utf-8")
    assert f"The workspace is of the installed tool, {installed_tool()}." in _call("upgrade")


def test_upgrade__of_another_folder_names_it_in_the_commands(tmp_path: Path) -> None:
    folder = tmp_path / "my workspace"
    _call("init", str(folder))
    _make_older(folder)
    text = _call("upgrade", str(folder))
    assert f"git -C '{folder}' add .scalebridge.json tool.json" in text
    _do(text, tmp_path)


def test_command__in_a_workspace_of_another_tool_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _call("init", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert note_on_tool(Path()) is None
    assert "Note" not in _call("runs")
    Path(TOOL).write_text(Tool("0.0.1", "00").as_text(), encoding="utf-8")
    assert "Note: The workspace was made for scalebridge 0.0.1 (code 00), and scalebridge" in _call("runs")
    Path(TOOL).write_text("{", encoding="utf-8")
    assert "Note: tool.json" in _call("runs")


def test_upgrade__outside_of_a_workspace_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="is not a workspace"):
        _call("upgrade", str(tmp_path))
