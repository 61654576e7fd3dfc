"""The notebooks run from top to bottom on what the pipeline wrote, and define nothing."""

import ast
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from docs.generator.gallery import NOTEBOOKS, example, executed
from tests.journeys.conftest import Run, choose_quickly

pytestmark = pytest.mark.long
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(scope="module")
def project(clone: Callable[[str], Path], run: Run) -> Path:
    folder = clone("notebook")
    choose_quickly(folder, plant="monitored")  # the default plant; no notebook shows a running batch
    run(folder, "dvc", "repro", "evaluate", "transfer", "predict")
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook__runs(path: Path, project: Path) -> None:
    made = example(path.stem, executed(path, project))
    assert len(made.pictures) == 1


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook__defines_nothing_and_holds_no_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            nodes = ast.walk(ast.parse(cell.source))
            assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in nodes)
            assert cell.outputs == []
