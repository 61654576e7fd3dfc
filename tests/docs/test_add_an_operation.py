"""The how-to page that adds a unit operation, followed literally in a copy of the project."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.markdown_blocks import ROOT, blocks

PAGE = ROOT / "docs/how_to/add_an_operation.md"
COPIED = ("pipeline", "docs/generator", "tests/support", "tests/operations", "conf", "tests/conftest.py", "tests/__init__.py",
          "params.yaml", "dvc.yaml", "Makefile", "pyproject.toml")  # fmt: skip
CATALOGUE = """
import json
from pathlib import Path
import pipeline
from pipeline.config import compose, validate
from pipeline.features.catalogue import catalogue
process = validate(compose(Path("conf"), Path("params.yaml")), "page").process
print(json.dumps([pipeline.__file__, {entry.feature: [entry.unit, entry.horizon, *entry.inputs] for entry in catalogue(process)}]))
"""
pytestmark = pytest.mark.long


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    programs = str(Path(sys.executable).parent)
    environment = os.environ | {"PYTHONPATH": str(folder), "PATH": programs + os.pathsep + os.environ["PATH"]}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    """A copy of the project in which the page was followed from top to bottom, and what its commands did."""
    folder = tmp_path_factory.mktemp("sifter")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, folder / name)
    done = []
    for block in blocks(PAGE, "python", "bash", "yaml"):
        if block.language == "bash":
            done.append(_run(folder, "bash", "-euo", "pipefail", "-c", block.text))
        else:
            text = block.text if block.language == "python" else yaml.safe_dump(block.data, allow_unicode=True)
            (folder / block.file).write_text(text, encoding="utf-8")
    return folder, done


def test_page__its_commands_succeed_and_run_the_new_test(
    followed: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    tests, reference = followed[1]
    assert tests.returncode == 0, tests.stdout[-3000:] + tests.stderr[-2000:]
    assert " passed" in tests.stdout
    assert reference.returncode == 0, reference.stdout[-3000:] + reference.stderr[-2000:]
    pages = {line.partition(":")[0] for line in reference.stdout.splitlines()[1:]}
    assert pages == {"docs/reference/features.md", "docs/reference/worked_examples.md"}


def test_page__the_generated_table_has_the_example_with_both_numbers(
    followed: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    text = (followed[0] / "docs/reference/worked_examples.md").read_text(encoding="utf-8")
    [row] = [line for line in text.splitlines() if "157.08 1/s squared" in line]
    assert "| 5.0321 | 5.0321 |" in row
    assert "0.5 to 5 mm" in row


def test_page__the_process_has_the_quantities_whose_inputs_it_feeds(
    followed: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    folder = followed[0]
    (folder / "params.yaml").write_text(
        yaml.safe_dump(yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8")) | {"process": "tablets"})
    )
    done = _run(folder, sys.executable, "-P", "-c", CATALOGUE)
    assert done.returncode == 0, done.stderr[-2000:]
    package, entries = json.loads(done.stdout)
    assert Path(package) == folder / "pipeline/__init__.py"
    assert entries["sifting.screen_load"] == ["kg/h/m^2", "plan", "sifter_throughput", "screen_diameter"]
    assert "sifting.vibration_number" not in entries


def test_page__without_its_file_the_kind_is_refused_with_the_line(
    followed: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    folder = followed[0]
    (folder / "pipeline/operations/sifter.py").rename(folder / "sifter.py")
    done = _run(folder, sys.executable, "-P", "-c", CATALOGUE)
    (folder / "sifter.py").rename(folder / "pipeline/operations/sifter.py")
    assert "process.operations.sifting.kind: 'sifter' is no kind of unit operation; kinds are bioreactor" in done.stderr
