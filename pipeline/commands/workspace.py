"""The verbs `init` and `upgrade`: a project apart from the tool."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import say
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.tool import other_tool


def note_on_tool(folder: Path) -> str | None:
    """Return a sentence if a folder is a workspace that was made for another tool than the installed one, or cannot be read."""
    try:
        return other_tool(folder)
    except ScalebridgeError as problem:
        return str(problem)


def init(
    folder: Annotated[Path, typer.Argument(help="a new or empty folder")],
    add: Annotated[
        bool, typer.Option("--add", help="also in a folder with files: add the missing ones, and change none")
    ] = False,
) -> None:
    """Make a workspace: a project of your own, with options, example proposals, git and DVC, and its first commit.

    A call that was killed can be given again; it completes what is missing.
    """
    from pipeline.workspace.new import make_workspace

    made = make_workspace(folder, add=add)
    say(f"Made the workspace {made.folder}: {len(made.written)} files written, commit {made.commit}.")
    if made.kept:
        say(f"These files were there and stay as they are: {listed(made.kept, 20)}. They are not in the commit.")
    if not made.named:
        say(
            "git does not know who you are, so the commit has the name scalebridge. Tell git: "
            'git config --global user.name "Your Name" and git config --global user.email you@example.org'
        )
    steps = [] if made.folder == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    say("\n  ".join(["Next:", *steps, *_activation(), "dvc repro", "scalebridge summary"]))


def _activation() -> list[str]:
    """Return the command that activates the environment of this program; none if it is active. `dvc repro` calls its `python`."""
    own, found = Path(sys.executable).parent, shutil.which("python")
    active = found is not None and Path(found).parent == own
    return [] if active or not (own / "activate").is_file() else [f"source {shlex.quote(str(own / 'activate'))}"]


def upgrade(
    folder: Annotated[Path, typer.Argument(help="the workspace")] = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would change, and change nothing")] = False,
) -> None:
    """Carry a workspace to the installed version of the tool. A file that you changed stays as it is.

    If the tool has a new version of such a file, it is written beside it with the ending `.new`. Nothing is committed.
    """
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.upgrade import show_upgrade
    from pipeline.workspace.upgrade import upgrade_workspace

    found = upgrade_workspace(folder, dry_run=dry_run)
    show_upgrade(found, terminal())
    if found.written and not dry_run:
        say(f"Look at the changes with `git diff`, then:\n  {_commit_command(folder, found.written)}\n  dvc repro")


def _commit_command(folder: Path, files: list[str]) -> str:
    at = "" if folder == Path() else f"-C {shlex.quote(str(folder))} "
    return f"git {at}add {shlex.join(files)}\n  git {at}commit -m 'Upgrade of scalebridge'"
