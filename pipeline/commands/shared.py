"""What the verbs of the command line have in common."""

from pathlib import Path

import typer

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.names.shown import plain_text
from pipeline.domain.places import Places

DATA = Path("data")
PLACES = Places.under(DATA)


def check_targets(*files: Path | None) -> None:
    """Refuse a file that cannot be written, before anything is computed."""
    for file in files:
        if file is not None and file.exists() and not file.is_file():
            kind = "a folder" if file.is_dir() else "a device"
            raise ScalebridgeError(f"{file} is {kind}; give the path of a file, such as report.html")
        if file is not None and not file.parent.is_dir():
            raise ScalebridgeError(f"The folder {file.parent} does not exist; create it, or give another path than {file}")


def say(text: str) -> None:
    """Print text. Characters that a terminal takes for commands are shown instead."""
    typer.echo(plain_text(text))
