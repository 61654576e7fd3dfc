"""A workspace is made once, in a folder of its own, and never over the files of somebody else."""

import subprocess
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.locks import one_at_a_time
from pipeline.domain.tool import TOOL, installed_tool, read_tool
from pipeline.workspace import git, new
from pipeline.workspace.new import is_complete, make_workspace
from pipeline.workspace.record import RECORD
from pipeline.workspace.sources import workspace_files

FILES = workspace_files()


def _status(folder: Path) -> str:
    return subprocess.run(["git", "status", "--porcelain"], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", ["mine", "Zwölf Größen und mehr", "-o"])
def test_make__a_new_folder_is_a_committed_workspace(tmp_path: Path, name: str) -> None:
    made = make_workspace(tmp_path / "above" / name)
    assert made.folder == tmp_path / "above" / name
    assert set(made.written) == set(FILES)
    assert (made.kept, made.named) == ((), True)
    assert all((made.folder / path).read_bytes() == content for path, content in FILES.items())
    assert read_tool(made.folder) == installed_tool()
    assert _status(made.folder) == ""
    assert [path.name for path in (made.folder / "data/raw").iterdir()] == [".gitignore"]
    assert not (made.folder / "data/acceptance_ledger.jsonl").exists()


def test_make__an_empty_repository_with_an_environment_counts_as_empty(tmp_path: Path) -> None:
    git.make_repository(tmp_path)
    (tmp_path / ".venv").mkdir()
    assert make_workspace(tmp_path).commit
    assert _status(tmp_path) == ""


def test_make__without_a_user_of_git_commits_and_says_so(tmp_path: Path, git_settings: Path) -> None:
    git_settings.write_text("", encoding="utf-8")
    made = make_workspace(tmp_path / "mine")
    assert not made.named
    assert git.has_commit(made.folder)


def test_make__a_folder_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ScalebridgeError, match=r"is not empty: it holds notes\.txt\. Give a new folder, or add --add"):
        make_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_make__add_changes_no_file_and_names_what_it_kept(tmp_path: Path) -> None:
    for file in ("notes.txt", "README.md", "conf/split/brief.yaml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("mine", encoding="utf-8")
    made = make_workspace(tmp_path, add=True)
    assert made.kept == ("README.md", "conf/split/brief.yaml")
    assert set(made.written) == set(FILES) - set(made.kept)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"
    assert _status(tmp_path).split() == ["??", "README.md", "??", "conf/split/brief.yaml", "??", "notes.txt"]


def test_make__twice_is_refused(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    for add in (False, True):
        with pytest.raises(ScalebridgeError, match=r"is a workspace already, made for scalebridge .*`scalebridge upgrade`"):
            make_workspace(tmp_path, add=add)


def test_make__in_a_workspace_or_repository_is_refused(tmp_path: Path) -> None:
    make_workspace(tmp_path / "mine")
    with pytest.raises(ScalebridgeError, match=r"lies in the workspace .*mine, and a workspace is a repository of its own"):
        make_workspace(tmp_path / "mine/data/inner")
    (tmp_path / "repository").mkdir()
    git.make_repository(tmp_path / "repository")
    with pytest.raises(ScalebridgeError, match=r"lies in the git repository .*repository, and"):
        make_workspace(tmp_path / "repository/a/b")
    assert not (tmp_path / "repository/a").exists()


def test_make__in_the_repository_of_the_tool_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline/cli.py").touch()
    with pytest.raises(ScalebridgeError, match="is the repository of the tool"):
        make_workspace(tmp_path, add=True)


def test_make__a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(ScalebridgeError, match=r"mine is a file; give the path of a new folder"):
        make_workspace(tmp_path / "mine")
    with pytest.raises(OSError, match="mine"):
        make_workspace(tmp_path / "mine/inner")


@pytest.mark.parametrize("nth", [1, 2, 20, len(FILES) + 1, len(FILES) + 2])
def test_make__a_call_that_was_killed_is_completed_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """The kill comes before the n-th file is in its place, and leaves the half-written file behind."""
    written = []
    whole = new.write_whole

    def killed(path: Path, content: bytes | str) -> None:
        written.append(path)
        if len(written) == nth:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(f".{path.name}.1.part").write_text("half", encoding="utf-8")
            raise KeyboardInterrupt
        whole(path, content)

    folder = tmp_path / "mine"
    for module in ("new", "record"):
        monkeypatch.setattr(f"pipeline.workspace.{module}.write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        make_workspace(folder)
    assert not is_complete(folder)
    monkeypatch.undo()
    make_workspace(folder)
    assert is_complete(folder)
    assert _status(folder) == ""
    assert not list(folder.rglob("*.part"))
    assert all((folder / path).is_file() for path in (*FILES, TOOL, RECORD))


def test_make__a_call_that_was_killed_before_the_commit_is_completed_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(git, "commit", killed)
        with pytest.raises(KeyboardInterrupt):
            make_workspace(tmp_path / "mine")
    (tmp_path / "mine/.git/index.lock").touch()  # of the git that was killed with it
    assert make_workspace(tmp_path / "mine").commit
    assert _status(tmp_path / "mine") == ""


def test_make__a_repository_that_was_begun_is_completed(tmp_path: Path) -> None:
    (tmp_path / ".git/objects").mkdir(parents=True)
    assert make_workspace(tmp_path).commit


def test_make__two_at_a_time_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    with one_at_a_time(tmp_path / ".dvc/tmp/init.lock", "makes this workspace"):
        monkeypatch.setattr(new, "one_at_a_time", lambda lock, does: one_at_a_time(lock, does, 0.1))
        with pytest.raises(ScalebridgeError, match="Another program makes this workspace"):
            make_workspace(tmp_path)
