"""What a workspace asks of git. Every failure is a sentence."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError, first_line

NOBODY = ("scalebridge", "scalebridge@localhost")
"""Name and address on a commit where git knows no user."""


def require_git() -> None:
    """Check that git is installed."""
    if shutil.which("git") is None:
        raise ScalebridgeError(
            "git was not found, and a workspace is a git repository; install git, then give the command again"
        )


def is_repository(folder: Path) -> bool:
    """Return whether a folder is the top of a git repository."""
    return (folder / ".git").exists()


def has_commit(folder: Path) -> bool:
    """Return whether a repository has a commit."""
    return is_repository(folder) and _git(folder, "rev-parse", "--verify", "--quiet", "HEAD").returncode == 0


def make_repository(folder: Path) -> None:
    """Make a folder a git repository. One without a commit is completed, since an earlier call may have been killed."""
    if not has_commit(folder):
        _done(folder, "init", "--quiet")


def remove_locks(folder: Path) -> None:
    """Delete the lock files that a killed git left in a repository without a commit. No other git may be running there."""
    if not has_commit(folder):
        for lock in (folder / ".git").rglob("*.lock"):
            lock.unlink()


def commit(folder: Path, files: Sequence[str], message: str) -> str:
    """Commit these files alone, and return the beginning of the commit's name. Where git knows no user, it gets the name `NOBODY`.

    Files that are as in the last commit are left out. Raises ScalebridgeError with the reason that git gives.
    """
    _done(folder, "add", "--force", "--", *files)
    who = () if knows_user(folder) else ("-c", f"user.name={NOBODY[0]}", "-c", f"user.email={NOBODY[1]}")
    _done(folder, *who, "commit", "--quiet", "--message", message, "--", *files)
    return _done(folder, "rev-parse", "--short", "HEAD").strip()


def knows_user(folder: Path) -> bool:
    """Return whether git knows who commits in a repository."""
    told = (_git(folder, "-c", "user.useConfigOnly=true", "var", f"GIT_{role}_IDENT") for role in ("AUTHOR", "COMMITTER"))
    return all(one.returncode == 0 for one in told)


def changed_since_commit(folder: Path, files: Sequence[str]) -> list[str]:
    """Return which of these files differ from the last commit, or are not in it."""
    if not files:
        return []
    told = _done(folder, "status", "--porcelain", "-z", "--untracked-files=all", "--", *files)
    return sorted(entry[3:] for entry in told.split("\0") if entry)


def _done(folder: Path, *arguments: str) -> str:
    done = _git(folder, *arguments)
    if done.returncode:
        why = first_line(ValueError(done.stderr or done.stdout or f"exit code {done.returncode}"))
        verb = next(word for word in arguments if word in ("init", "add", "commit", "rev-parse", "status"))
        raise ScalebridgeError(f"git {verb} failed in {folder}: {why}. Repair this, then give the command again")
    return done.stdout


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call git in a folder, whatever repository the caller's environment names, as a hook of git does."""
    own = {name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")}
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=folder, env=own, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
