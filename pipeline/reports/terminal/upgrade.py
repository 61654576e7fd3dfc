"""What an upgrade of a workspace does, as a table in a terminal."""

from rich.console import Console
from rich.table import Table

from pipeline.workspace.upgrade import NEW, Upgrade, What

MEANING: dict[What, str] = {
    "new": "new in the tool; written",
    "rewritten": "changed in the tool, not by you; written",
    "yours": "changed by you, not in the tool; stays",
    "beside yours": f"changed by you and in the tool; yours stays, the tool's is written beside it with the ending {NEW}",
    "deleted by you": "deleted by you; not written again",
    "not of the tool any more": "no longer part of the tool; stays, and is yours",
    "as before": "as in the tool",
}


def show_upgrade(found: Upgrade, console: Console) -> None:
    """Print from which version to which one, and one line per file that is not simply as in the tool."""
    if found.before == found.after:
        console.print(f"The workspace is of the installed tool, {found.after}.")
    else:
        console.print(f"From {found.before} to {found.after}.")
    told = [step for step in found.steps if step.what != "as before"]
    if told:
        table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
        table.add_column("file", overflow="fold")
        table.add_column("what happens", overflow="fold")
        for step in told:
            table.add_row(step.path, MEANING[step.what])
        console.print(table)
    console.print(f"{len(found.steps) - len(told)} files are as in the tool.")
