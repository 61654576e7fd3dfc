"""README and tutorials, done as a reader does them, on a small plant: every shell block runs, in order."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Run, choose, choose_quickly
from tests.support.markdown_blocks import README, TUTORIALS, Block, blocks

pytestmark = pytest.mark.long
STEPS = [block for page in (README, *TUTORIALS) for block in blocks(page, "bash", "yaml")]
OWN_DATA = blocks(TUTORIALS[-1], "bash", "yaml")
DEFAULT = {"model": "scaleup", "split": "brief"}
"""Choices for the tutorial on own data. The pages before it have quick ones: `test_default.py` runs the default on the plant."""


@pytest.fixture(scope="module")
def project(clone: Callable[[str], Path]) -> Path:
    """A copy with quick choices. The environment of the tests stands for the one that `make` would create."""
    folder = clone("documentation")
    choose_quickly(folder)
    environment = folder / ".venv"
    environment.mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith("."):
            (environment / part.name).symlink_to(part)
    for stamp in (".installed", ".installed-bench", ".installed-docs"):
        (environment / stamp).touch()
    return folder


@pytest.mark.parametrize("block", STEPS, ids=str)
def test_documentation__step_works(block: Block, project: Path, run: Run) -> None:
    if block.not_run:
        pytest.skip(f"{block}: {block.not_run}")
    if block == OWN_DATA[0]:
        choose(project, **DEFAULT)
    if block.language == "yaml":
        (project / block.file).write_text(block.text, encoding="utf-8")
    else:
        run(project, "bash", "-euo", "pipefail", "-c", block.text)
