"""What a workspace asks of git."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.workspace import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git.make_repository(tmp_path)
    (tmp_path / "a b.txt").write_text("a", encoding="utf-8")
    return tmp_path


def test_commit__takes_these_files_alone(repository: Path) -> None:
    (repository / "other.txt").write_text("x", encoding="utf-8")
    assert not git.has_commit(repository)
    name = git.commit(repository, ["a b.txt"], "first")
    assert git.has_commit(repository)
    assert len(name) >= 7
    assert git.changed_since_commit(repository, ["a b.txt", "other.txt"]) == ["other.txt"]


def test_commit__works_without_a_user(repository: Path, git_settings: Path) -> None:
    git_settings.write_text("", encoding="utf-8")
    assert not git.knows_user(repository)
    assert git.commit(repository, ["a b.txt"], "first")


def test_knows_user__asks_for_author_and_committer(
    repository: Path, git_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert git.knows_user(repository)
    git_settings.write_text("", encoding="utf-8")
    for role in ("AUTHOR", "COMMITTER"):
        assert not git.knows_user(repository)
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.org")
    assert git.knows_user(repository)


def test_commit__takes_a_file_that_the_user_ignores_everywhere(repository: Path, git_settings: Path) -> None:
    ignored = repository.parent / "ignored"
    ignored.write_text("*.txt\n", encoding="utf-8")
    git_settings.write_text(git_settings.read_text() + f"[core]\n\texcludesFile = {ignored.as_posix()}\n", encoding="utf-8")
    assert git.commit(repository, ["a b.txt"], "first")


def test_commit__a_failure_is_the_sentence_of_git(repository: Path) -> None:
    (repository / ".git/index.lock").touch()
    with pytest.raises(ScalebridgeError, match=r"git add failed in .*index\.lock.*then give the command again"):
        git.commit(repository, ["a b.txt"], "first")


def test_remove_locks__only_before_the_first_commit(repository: Path) -> None:
    lock = repository / ".git/index.lock"
    lock.touch()
    git.remove_locks(repository)
    assert not lock.exists()
    git.commit(repository, ["a b.txt"], "first")
    lock.touch()
    git.remove_locks(repository)
    assert lock.exists()


def test_git__is_asked_about_the_folder_and_not_about_the_repository_of_a_hook(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit(repository, ["a b.txt"], "first")
    other = tmp_path_factory.mktemp("other")
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    git.make_repository(other)
    assert git.is_repository(other)
    assert not git.has_commit(other)


def test_git__that_is_not_installed_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScalebridgeError, match="git was not found"):
        git.require_git()
