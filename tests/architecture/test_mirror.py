"""A test module lies where the module that it tests lies, and has its name."""

from pathlib import Path

import pytest

from tests.architecture.imports import ROOT, imported, module_file

APART = {"architecture", "benchmarks", "docs", "golden", "journeys", "repository", "support"}
"""Folders of tests/ that do not mirror pipeline/: tests of the project as a whole, and helpers."""
TESTS = sorted(
    path.relative_to(ROOT / "tests")
    for path in (ROOT / "tests").rglob("test_*.py")
    if path.relative_to(ROOT / "tests").parts[0] not in APART
)
FOLDERS = sorted(
    {path.parent.relative_to(ROOT / "pipeline") for path in (ROOT / "pipeline").rglob("*.py") if path.name != "__init__.py"}
)


def _tested(test: Path) -> str | None:
    """Name of the module that a test module is named after: `test_<module>.py` or `test_<module>_<topic>.py`.

    A test of what a package gives out itself has the name of the package.
    """
    folder, name = ROOT / "pipeline" / test.parent, test.stem.removeprefix("test_")
    modules = [path.stem for path in folder.glob("*.py") if path.name != "__init__.py"]
    fitting = [module for module in modules if name == module or name.startswith(f"{module}_")]
    package = ".".join(("pipeline", *test.parent.parts))
    if fitting:
        return f"{package}.{max(fitting, key=len)}"
    return package if name == folder.name or name.startswith(f"{folder.name}_") else None


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_mirror__a_test_module_is_named_after_a_module_of_its_folder(test: Path) -> None:
    assert (ROOT / "pipeline" / test.parent).is_dir(), f"pipeline/ has no folder {test.parent}"
    assert _tested(test), f"pipeline/{test.parent} has no module that {test.name} is named after"


def _used(path: Path) -> set[str]:
    """Modules that a test imports, itself or through the helpers of tests/."""
    names = set(imported(path))
    helpers = {module_file(name) for name in names if name.startswith("tests.")} - {None, path}
    return names.union(*(_used(helper) for helper in helpers if helper is not None))


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_mirror__a_test_module_imports_from_the_folder_that_it_tests(test: Path) -> None:
    """A stage is an exception: its test reads what the stage left in the run of the fixture `project`."""
    package = ".".join(("pipeline", *test.parent.parts))
    source = (ROOT / "tests" / test).read_text()
    if package == "pipeline.stages" and "project: Places" in source:
        return
    used = {name for name in _used(Path("tests") / test) if (file := module_file(name)) and file.parts[0] == "pipeline"}
    assert any(module_file(name).parent == Path("pipeline") / test.parent for name in used), (
        f"{test} uses nothing of {package}"
    )  # type: ignore[union-attr]


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_mirror__every_folder_with_code_has_tests(folder: Path) -> None:
    assert any(test.parent == folder for test in TESTS), f"tests/{folder} has no test module"
