"""The page of the stages, read from `dvc.yaml`."""

import ast
from pathlib import Path
from typing import Any

import yaml

from docs.generator.markdown import code, heading, page, prose, table
from pipeline.domain.places import Places

CONFIG = Places.under(Path("data")).config


def stages_page(root: Path) -> str:
    """Return the page."""
    stages = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return page(
        heading(1, "Stages"),
        "`dvc repro` runs the stages in this order. A stage runs again only if a file that it reads, a configuration key "
        "that it reads, or its code has changed. `dvc repro <stage>` runs one stage and those before it.",
        *(_stage(root, name, stage) for name, stage in stages.items()),
    )


def _stage(root: Path, name: str, stage: dict[str, Any]) -> str:
    given = [_path(entry) for entry in stage.get("deps", ())]
    code_files = [path for path in given if path.startswith("pipeline")]
    key_files = [path for path in given if Path(path).parent == CONFIG]
    written = [_path(entry) for part in ("outs", "metrics", "plots") for entry in stage.get(part, ())]
    rows = [
        ("reads", _codes(path for path in given if path not in (*code_files, *key_files))),
        ("configuration", _codes(Path(path).stem for path in key_files)),
        ("writes", _codes(written)),
        ("code", _codes(code_files)),
    ]
    return "\n\n".join(
        [
            heading(2, name, name),
            prose(_docstring(root, name)),
            table(("", "files and keys"), [row for row in rows if row[1]]),
        ]
    )


def _path(entry: Any) -> str:
    return str(entry) if isinstance(entry, str) else str(next(iter(entry)))


def _codes(names: Any) -> str:
    return ", ".join(code(str(name)) for name in names)


def _docstring(root: Path, stage: str) -> str:
    """What the module of a stage says about it."""
    source = (root / "pipeline" / "stages" / f"{stage}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""
