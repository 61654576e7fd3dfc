"""An upgrade changes what nobody changed, and never a file of the user."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.tool import TOOL, Tool, installed_tool, read_tool
from pipeline.workspace import git, upgrade
from pipeline.workspace.new import make_workspace
from pipeline.workspace.record import RECORD
from pipeline.workspace.upgrade import Upgrade, upgrade_workspace

BEFORE = {"dvc.yaml": b"stages: {}\n", "conf/a.yaml": b"a: 1\n", "conf/b.yaml": b"b: 1\n", "conf/c.yaml": b"c: 1\n"}
AFTER = {"dvc.yaml": b"stages: {x: 1}\n", "conf/a.yaml": b"a: 2\n", "conf/b.yaml": b"b: 1\n", "conf/d.yaml": b"d: 1\n"}
"""`a` changes, `b` does not, `c` is removed, `d` is new."""
Install = Callable[[dict[str, bytes], str], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a tool that gives these files."""

    def make(files: dict[str, bytes], version: str) -> None:
        for module in ("new", "upgrade"):
            monkeypatch.setattr(f"pipeline.workspace.{module}.workspace_files", lambda: files)
            monkeypatch.setattr(f"pipeline.workspace.{module}.installed_tool", lambda: Tool(version, version * 8))

    return make


@pytest.fixture
def workspace(tmp_path: Path, install: Install) -> Path:
    """A workspace of version 1; version 2 is installed."""
    install(BEFORE, "1.0.0")
    folder = make_workspace(tmp_path / "mine").folder
    install(AFTER, "2.0.0")
    return folder


def _what(found: Upgrade) -> dict[str, str]:
    return {step.path: step.what for step in found.steps}


def _write(folder: Path, path: str, text: str) -> None:
    (folder / path).write_text(text, encoding="utf-8")


def _all(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_upgrade__of_untouched_files_gives_those_of_the_new_tool(workspace: Path) -> None:
    found = upgrade_workspace(workspace)
    assert _what(found) == {
        "conf/a.yaml": "rewritten",
        "conf/b.yaml": "as before",
        "conf/c.yaml": "not of the tool any more",
        "conf/d.yaml": "new",
        "dvc.yaml": "rewritten",
    }
    assert {path: _all(workspace)[path] for path in AFTER} == AFTER
    assert (workspace / "conf/c.yaml").read_bytes() == BEFORE["conf/c.yaml"]
    assert read_tool(workspace) == Tool("2.0.0", "2.0.0" * 8)
    assert set(found.written) == {"conf/a.yaml", "conf/d.yaml", "dvc.yaml", RECORD, TOOL}


def test_upgrade__a_second_one_changes_nothing(workspace: Path) -> None:
    upgrade_workspace(workspace)
    before = _all(workspace)
    found = upgrade_workspace(workspace)
    assert _all(workspace) == before
    assert found.written == []
    assert set(_what(found).values()) == {"as before"}


def test_upgrade__a_file_that_the_user_changed_stays_and_the_new_one_lies_beside_it(workspace: Path) -> None:
    _write(workspace, "conf/a.yaml", "a: mine")
    _write(workspace, "conf/b.yaml", "b: mine")
    found = upgrade_workspace(workspace)
    assert (_what(found)["conf/a.yaml"], _what(found)["conf/b.yaml"]) == ("beside yours", "yours")
    assert (workspace / "conf/a.yaml").read_text(encoding="utf-8") == "a: mine"
    assert (workspace / "conf/a.yaml.new").read_bytes() == AFTER["conf/a.yaml"]
    assert (workspace / "conf/b.yaml").read_text(encoding="utf-8") == "b: mine"
    assert not (workspace / "conf/b.yaml.new").exists()


def test_upgrade__tells_of_a_change_once(workspace: Path) -> None:
    _write(workspace, "conf/a.yaml", "a: mine")
    upgrade_workspace(workspace)
    (workspace / "conf/a.yaml.new").unlink()
    assert _what(upgrade_workspace(workspace))["conf/a.yaml"] == "yours"
    assert not (workspace / "conf/a.yaml.new").exists()


def test_upgrade__a_file_of_the_user_with_the_name_of_a_new_option_stays(workspace: Path) -> None:
    _write(workspace, "conf/d.yaml", "d: mine")
    assert _what(upgrade_workspace(workspace))["conf/d.yaml"] == "beside yours"
    assert (workspace / "conf/d.yaml").read_text(encoding="utf-8") == "d: mine"


def test_upgrade__a_file_that_the_user_deleted_does_not_come_back(workspace: Path) -> None:
    (workspace / "conf/a.yaml").unlink()
    assert _what(upgrade_workspace(workspace))["conf/a.yaml"] == "deleted by you"
    assert not (workspace / "conf/a.yaml").exists()


def test_upgrade__a_dry_run_writes_nothing(workspace: Path) -> None:
    _write(workspace, "conf/a.yaml", "a: mine")
    before = _all(workspace)
    found = upgrade_workspace(workspace, dry_run=True)
    assert _all(workspace) == before
    assert _what(found) == _what(upgrade_workspace(workspace))


@pytest.mark.parametrize("nth", [1, 2, 4, 5])
def test_upgrade__a_call_that_was_killed_is_completed_by_the_next_one(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    _write(workspace, "conf/a.yaml", "a: mine")
    written, whole = [], upgrade.write_whole

    def killed(path: Path, content: bytes | str) -> None:
        written.append(path)
        if len(written) == nth:
            raise KeyboardInterrupt
        whole(path, content)

    with monkeypatch.context() as patch:
        for module in ("upgrade", "record"):
            patch.setattr(f"pipeline.workspace.{module}.write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            upgrade_workspace(workspace)
    upgrade_workspace(workspace)
    assert (workspace / "conf/a.yaml").read_text(encoding="utf-8") == "a: mine"
    assert (workspace / "conf/a.yaml.new").read_bytes() == AFTER["conf/a.yaml"]
    assert (workspace / "dvc.yaml").read_bytes() == AFTER["dvc.yaml"]
    assert read_tool(workspace) == Tool("2.0.0", "2.0.0" * 8)


def test_upgrade__a_replaced_file_that_git_could_not_bring_back_stops_it(workspace: Path) -> None:
    _write(workspace, "conf/a.yaml", "a: mine")
    git.commit(workspace, ["conf/a.yaml"], "mine")
    (workspace / "conf/a.yaml").write_bytes(BEFORE["conf/a.yaml"])
    before = _all(workspace)
    with pytest.raises(ScalebridgeError, match=r"conf/a\.yaml would be replaced and is not committed"):
        upgrade_workspace(workspace)
    assert _all(workspace) == before


def test_upgrade__what_is_left_of_an_earlier_one_stops_it(workspace: Path) -> None:
    _write(workspace, "conf/a.yaml", "a: mine")
    _write(workspace, "conf/a.yaml.new", "a: half merged")
    with pytest.raises(ScalebridgeError, match=r"conf/a\.yaml\.new is left from an earlier upgrade"):
        upgrade_workspace(workspace)


def test_upgrade__other_changes_of_the_user_do_not_stop_it(workspace: Path) -> None:
    _write(workspace, "conf/b.yaml", "b: mine")
    _write(workspace, "notes.txt", "mine")
    assert upgrade_workspace(workspace).written


def test_upgrade__a_newer_workspace_is_refused(workspace: Path, install: Install) -> None:
    install(BEFORE, "0.9.0")
    with pytest.raises(
        ScalebridgeError, match=r"made for scalebridge 1\.0\.0 .* is newer than the installed scalebridge 0\.9\.0"
    ):
        upgrade_workspace(workspace)


def test_upgrade__versions_are_compared_as_numbers(workspace: Path, install: Install) -> None:
    install(AFTER, "10.0.0")
    upgrade_workspace(workspace)
    install(BEFORE, "9.0.0")
    with pytest.raises(ScalebridgeError, match="newer"):
        upgrade_workspace(workspace)


def test_upgrade__a_version_that_is_none_is_named(workspace: Path) -> None:
    _write(workspace, TOOL, Tool("new", "x").as_text())
    with pytest.raises(ScalebridgeError, match=r"tool\.json names the version 'new', which is none"):
        upgrade_workspace(workspace)


def test_upgrade__a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"is not a workspace: `scalebridge init <folder>` makes one"):
        upgrade_workspace(tmp_path)


def test_upgrade__a_workspace_that_was_not_completed_is_refused(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text('{"files": {}}', encoding="utf-8")
    with pytest.raises(ScalebridgeError, match="its `scalebridge init` was not completed; give it again"):
        upgrade_workspace(tmp_path)


def test_upgrade__of_a_real_workspace_to_the_same_tool_changes_nothing(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "mine").folder
    found = upgrade_workspace(folder)
    assert found.before == found.after == installed_tool()
    assert found.written == []
