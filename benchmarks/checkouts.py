"""A commit of the past in a git worktree, with a Python environment of its own."""

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from report import ROOT

from pipeline.domain.errors import ScalebridgeError

BEFORE = "050686f8534fc2e8ae4dba8452338533f14fc0a2"
"""The commit that the models of today are compared with."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"), "1")


@dataclass(frozen=True)
class Checkout:
    """The files of a commit, and the interpreter that runs them."""

    folder: Path
    python: Path

    def run(self, arguments: Sequence[str], folder: Path | None = None) -> None:
        """Run Python on the code of this checkout, with one thread per process. Raises ScalebridgeError if it fails.

        The folder of a script is not on the path, so that a script of another commit imports the modules of this one. folder: where
        to run, by default the checkout itself.
        """
        path = os.pathsep.join([str(self.folder), str(self.folder / "benchmarks")])
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": path}
        done = subprocess.run([str(self.python), "-P", *arguments], cwd=folder or self.folder, env=environment, check=False)
        if done.returncode:
            raise ScalebridgeError(f"`python {' '.join(arguments)}` ended with code {done.returncode} in {self.folder}")


def here() -> Checkout:
    """Return the checkout that this file belongs to, with the interpreter that runs now."""
    return Checkout(ROOT, Path(sys.executable))


def worktree(commit: str, folder: Path) -> Path:
    """Return the folder of a worktree of a commit. Make it if it does not exist.

    Raises ScalebridgeError if the folder holds another commit, or files that differ from the commit.
    """
    if not folder.exists():
        git("worktree", "add", "--detach", str(folder), commit)
    found, wanted = git("rev-parse", "HEAD", folder=folder), full_hash(commit)
    if found != wanted:
        raise ScalebridgeError(f"{folder} holds commit {found[:10]}, but {wanted[:10]} is needed; name another folder")
    if changed := git("status", "--porcelain", folder=folder):
        raise ScalebridgeError(f"{folder} differs from commit {wanted[:10]}: {changed.splitlines()[0]}; name another folder")
    return folder


@contextmanager
def temporary_worktree(commit: str) -> Iterator[Path]:
    """Yield the folder of a worktree of a commit, and remove the worktree at the end."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = worktree(commit, Path(temporary) / "checkout")
        try:
            yield folder
        finally:
            git("worktree", "remove", "--force", str(folder))


def with_environment(folder: Path) -> Checkout:
    """Return a worktree with an environment of its own. Install the packages of its `constraints.txt` if it has none."""
    environment = folder / ".venv"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    marker = environment / "installed"
    if not marker.exists():
        venv.create(environment, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "-c", "constraints.txt", "-e", ".[dev]"]
        if subprocess.run(install, cwd=folder, check=False).returncode:
            raise ScalebridgeError(f"pip could not install the packages of {folder}; its output above says why")
        marker.touch()
    return Checkout(folder, python)


def full_hash(commit: str) -> str:
    """Return the 40 digits of a commit. Raises ScalebridgeError if the repository does not have it."""
    return git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")


def git(*arguments: str, folder: Path = ROOT) -> str:
    """Return the output of git. Raises ScalebridgeError if it fails."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ScalebridgeError(f"`git {' '.join(arguments)}` failed in {folder}: {done.stderr.strip() or 'no message'}")
    return done.stdout.strip()
