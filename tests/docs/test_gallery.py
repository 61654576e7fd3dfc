"""The pages of the examples belong to the present notebooks; nothing is executed here."""

import base64
import io
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from docs.generator.gallery import FOLDER, LARGEST_PICTURE, NOTEBOOKS, code_cells, example, index, question
from pipeline.domain.errors import ScalebridgeError
from tests.support.markdown_blocks import blocks

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
PAGES = [FOLDER / f"{path.stem}.md" for path in PATHS]
V4 = nbformat.v4


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def _pictures(text: str) -> list[str]:
    return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)


def _png(pixels: np.ndarray) -> str:
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


def _notebook(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    cells = [V4.new_markdown_cell("# What is it?\n\nAn introduction."), V4.new_code_cell("look()", outputs=list(outputs))]
    return V4.new_notebook(cells=cells)


def test_gallery__has_a_page_per_notebook_and_no_other() -> None:
    assert len(PATHS) >= 8
    assert sorted(FOLDER.glob("*.md")) == sorted([*PAGES, FOLDER / "index.md"])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook__asks_one_question_in_few_cells(path: Path) -> None:
    notebook = _read(path)
    assert question(notebook).endswith("?")
    assert 4 <= len(notebook.cells) <= 8


@pytest.mark.parametrize(("path", "page"), list(zip(PATHS, PAGES, strict=True)), ids=[path.stem for path in PATHS])
def test_page__holds_the_present_cells_of_its_notebook(path: Path, page: Path) -> None:
    notebook, text = _read(path), page.read_text(encoding="utf-8")
    assert [block.text.removesuffix("\n") for block in blocks(page, "python")] == code_cells(notebook), (
        "write the pages again"
    )
    assert text.startswith(f"# {question(notebook)}\n")
    for cell in notebook.cells[1:]:
        assert cell.cell_type == "code" or cell.source in text, "write the pages again"


def test_pictures__are_small_and_each_is_shown() -> None:
    shown = [name for page in PAGES for name in _pictures(page.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(path.name for path in FOLDER.glob("*.png"))
    assert all((FOLDER / name).stat().st_size < LARGEST_PICTURE for name in shown)


def test_index__shows_each_question_with_a_picture() -> None:
    text = (FOLDER / "index.md").read_text(encoding="utf-8")
    for path in PATHS:
        assert f"| [{question(_read(path))}]({path.stem}.md) |" in text
    assert len(_pictures(text)) == len(PATHS)


def test_example__writes_each_kind_of_output() -> None:
    frame = "<style></style><table><tr><th>a</th></tr><tr><td>&quot;x|y&quot;</td></tr><tr><td>2.0</td></tr></table>"
    made = example(
        "one",
        _notebook(
            V4.new_output("stream", name="stdout", text="printed\n"),
            V4.new_output("stream", name="stderr", text="a warning"),
            V4.new_output("execute_result", data={"text/html": frame, "text/plain": "frame"}),
            V4.new_output("execute_result", data={"text/markdown": "*marked*", "text/plain": "Markdown"}),
            V4.new_output("execute_result", data={"text/plain": "42"}),
            V4.new_output("display_data", data={"image/png": _png(np.zeros((4, 4), np.uint8)), "text/plain": "Figure"}),
        ),
    )
    assert made.text.startswith("# What is it?\n\nAn introduction.\n")
    shown = [
        "```python\nlook()\n```",
        "```text\nprinted\n```",
        "| a |\n| --- |\n| x\\|y |\n| 2 |",
        "*marked*",
        "```text\n42\n```",
    ]
    assert all(part in made.text for part in shown)
    assert "warning" not in made.text
    assert list(made.pictures) == _pictures(made.text) == ["one_1.png"]
    assert "| [What is it?](one.md) |" in index([made])


def test_example__refuses_a_large_picture() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    with pytest.raises(ScalebridgeError, match=r"picture one_1\.png has .* bytes; the limit is 60,000"):
        example("one", _notebook(V4.new_output("display_data", data={"image/png": _png(noise)})))
