"""The verb `qualify`: checks of the installation and of its operation, with the evidence on a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.shared import PLACES, say
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.whole_files import write_whole

if TYPE_CHECKING:
    from pipeline.qualification.check import Check

PAGE, DATA = "qualification.html", "qualification.json"


def qualify(
    out: Annotated[Path, typer.Option(help="folder for the page and the JSON file; it is made if it does not exist")],
    constraints: Annotated[
        Path, typer.Option(help="pinned versions of packages; without the file the declared ranges count")
    ] = Path("constraints.txt"),
) -> None:
    """Check the installation and its operation, and write the evidence as a page.

    It takes about a minute. Exit code 1 if a check fails.
    """
    from pipeline.qualification.page import page
    from pipeline.qualification.qualification import qualify as made_by

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScalebridgeError(f"The folder {out} cannot be made: {error.strerror}. Give another path with --out") from None
    made = made_by(PLACES, constraints, out, _tell)
    write_whole(out / PAGE, page(made))
    write_whole(out / DATA, made.as_text())
    say(f"{made.count} checks, {len(made.failed)} failed. Evidence: {out / PAGE} and {out / DATA}")
    if made.failed:
        raise ScalebridgeError(
            f"{len(made.failed)} of {made.count} checks failed: {', '.join(one.id for one in made.failed)}"
        )


def _tell(one: "Check") -> None:
    say(f"{one.id}  {one.state:8}  {one.what}: {one.found}"[:200])
