"""Execute the notebooks on the results of a run and write them as pages: `python -m docs.generator.gallery <project folder>`."""

import argparse
import base64
import io
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

from docs.generator.markdown import heading, page, table
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
FOLDER = ROOT / "docs" / "examples"
LARGEST_PICTURE = 60_000
"""Largest size of a picture [byte]."""
SHADES = 32
"""Number of colours of a picture. The pictures are grey; few colours make small files."""
SECONDS = 300
"""Time that one cell may take."""


@dataclass(frozen=True)
class Example:
    """One executed notebook as a page."""

    name: str
    question: str
    text: str
    pictures: dict[str, bytes]
    """File name → PNG."""


class _Table(HTMLParser):
    """The cells of the tables in an HTML text, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("th", "td"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        """Add text to the present cell."""
        if self._in_cell:
            self.rows[-1][-1] += data


def table_from_html(text: str) -> str:
    """Return the table of a polars data frame as Markdown. A missing value becomes an empty cell.

    >>> print(table_from_html("<table><tr><th>a</th><th>b</th></tr><tr><td>&quot;x&quot;</td><td>null</td></tr></table>"))
    | a | b |
    | --- | --- |
    | x |  |
    """
    parser = _Table()
    parser.feed(text)
    header, *rows = [[_plain(cell) for cell in row] for row in parser.rows]
    return table(header, rows) if rows else "*An empty table.*"


def _plain(cell: str) -> str:
    """Return the text of a cell without the quotes of a string and without the `.0` of a whole number."""
    text = "" if cell == "null" else cell.removeprefix('"').removesuffix('"')
    if re.fullmatch(r"-?\d+\.0", cell):
        text = cell.removesuffix(".0")
    return text.replace("<", "&lt;").replace("*", "\\*")


def question(notebook: nbformat.NotebookNode) -> str:
    """Return the title of a notebook."""
    first: str = notebook.cells[0].source.split("\n")[0]
    return first.removeprefix("# ")


def code_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the text of each code cell."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def executed(path: Path, project: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs that it has in a project folder. A cell that fails stops the command."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(project)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=resources).execute()
    return notebook


def example(name: str, notebook: nbformat.NotebookNode) -> Example:
    """Return the page of an executed notebook.

    Raises ScalebridgeError for a picture that is too large.
    """
    asked, parts = question(notebook), list[str]()
    pictures: dict[str, bytes] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                file = f"{name}_{len(pictures) + 1}.png"
                pictures[file] = small(base64.b64decode(data["image/png"]))
                parts.append(f"![Picture {len(pictures)}: {asked}]({file})")
            else:
                parts.append(_shown(output))
    for file, content in pictures.items():
        if len(content) >= LARGEST_PICTURE:
            raise ScalebridgeError(
                f"picture {file} has {len(content):,} bytes; the limit is {LARGEST_PICTURE:,}. "
                "Make the figure of the notebook smaller"
            )
    title, *rest = parts
    first, _, introduction = title.partition("\n")
    source = f"*Notebook: `notebooks/{name}.ipynb`, executed on the results of a default run.*"
    return Example(name, asked, page(first, introduction, source, *rest), pictures)


def small(picture: bytes) -> bytes:
    """Return a PNG with few colours and without metadata."""
    made = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(SHADES).save(made, "PNG", optimize=True)
    return made.getvalue()


def _shown(output: nbformat.NotebookNode) -> str:
    """Return an output without a picture as Markdown; nothing for messages on the error stream."""
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```" if output.name == "stdout" else ""
    for kind, shown in (("text/markdown", str), ("text/html", table_from_html)):
        if kind in output.data:
            return shown(output.data[kind])
    return f"```text\n{output.data['text/plain']}\n```"


def index(examples: Iterable[Example]) -> str:
    """Return the page that lists the examples: the question and the first picture of each."""
    rows = [
        (f"[{one.question}]({one.name}.md)", f"![First picture of the answer]({next(iter(one.pictures))}){{ width=260 }}")
        for one in examples
    ]
    return page(
        heading(1, "Examples"),
        "Each example is a short notebook that answers one question of an engineer. The pages show the notebooks with the "
        "results of a default run, whose data come from a simulated plant. After `make run`, open the notebooks of the folder "
        "`notebooks` in Jupyter and change them.",
        table(("question", "picture"), rows),
    )


def write(examples: list[Example], folder: Path) -> None:
    """Write all pages and pictures, and remove the earlier ones."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(index(examples), encoding="utf-8")
    for one in examples:
        (folder / f"{one.name}.md").write_text(one.text, encoding="utf-8")
        for file, content in one.pictures.items():
            (folder / file).write_bytes(content)


def main() -> None:
    """Execute all notebooks and write their pages."""
    parser = argparse.ArgumentParser(prog="python -m docs.generator.gallery", description=main.__doc__)
    parser.add_argument("project", type=Path, help="folder with the data/ of a finished run")
    project: Path = parser.parse_args().project.resolve()
    needed = Places.under(project / "data").transfer
    if not needed.is_file():
        parser.error(f"{needed} does not exist; the folder must hold the results of a finished `make run`")
    examples = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, flush=True)
        examples.append(example(path.stem, executed(path, project)))
    write(examples, FOLDER)
    print(f"{len(examples)} examples in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
