"""Write the reference pages into docs/reference/, which git ignores."""

import shutil
from pathlib import Path

from docs.generator.command_line import command_line_page
from docs.generator.configuration import TITLES, configuration_pages
from docs.generator.markdown import heading, page, table
from docs.generator.quantities import quantity_pages
from docs.generator.registry import registry_pages
from docs.generator.requirements import requirements_page
from docs.generator.result import result_pages
from docs.generator.service import service_pages
from docs.generator.stages import stages_page
from docs.generator.watch import watch_pages

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
PAGES = {
    "command_line.md": ("Command line", "`scalebridge` and `make`"),
    "proposal.md": ("Proposal", "a file of `data/proposals/`"),
    "params.md": ("Choices: params.yaml", "which options a run uses"),
    **{f"conf_{group}.md": (title, f"a file of `conf/{group}/`") for group, title in TITLES.items()},
    "result.md": ("Result: result.json", "the answer to a proposal, for programs"),
    "watch.md": ("Watch: a running batch as JSON", "what `scalebridge watch` says, for programs"),
    "batch_file.md": ("File of a running batch", "a batch without a batch record, for `scalebridge watch`"),
    "service.md": ("Service: addresses", "what `scalebridge serve` answers, for programs"),
    "stages.md": ("Stages", "what `dvc repro` runs, and which files each stage reads and writes"),
    "requirements.md": ("From requirement to test", "what a user requires, and the tests that show it"),
    "formulas.md": ("Formulas", "comparable quantities: formula, unit, range, source, worked example"),
    "features.md": ("Features of unit operations", "what each unit operation offers to the models"),
    "worked_examples.md": ("Worked examples", "each quantity with its formula, range, and a number that it must give"),
}
"""File → title and contents, in the order of the navigation."""


def reference(root: Path = ROOT) -> dict[str, str]:
    """Return file name → content of all reference pages."""
    made = {
        "command_line.md": command_line_page(root),
        "stages.md": stages_page(root),
        "requirements.md": requirements_page(),
        **configuration_pages(root),
        **quantity_pages(),
        **registry_pages(),
        **result_pages(),
        **watch_pages(),
        **service_pages(),
    }
    rows = [(f"[{title}]({file})", contents) for file, (title, contents) in PAGES.items()]
    index = page(
        heading(1, "Reference"),
        "These pages are written from the code each time the documentation is built. They cannot differ from the program.",
        table(("page", "contents"), rows),
    )
    navigation = "nav:\n" + "".join(f"  - {file}\n" for file in ("index.md", *PAGES))
    return {"index.md": index, ".nav.yml": navigation, **made}


def main() -> None:
    """Write all pages."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, text in reference().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(list(FOLDER.glob('*.md')))} reference pages in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
