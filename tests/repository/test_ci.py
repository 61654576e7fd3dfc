"""Public CI, the container and the citation agree with the project."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def jobs(workflow: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text(f".github/workflows/{workflow}.yml"))["jobs"]
    return found


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_linux__calls_the_commands_of_ci_run() -> None:
    called = re.findall(r"^make .+$", text(".ci/run"), re.MULTILINE)
    assert called[0] == "make test"
    assert commands(jobs("ci")["linux"]) == called


def test_linux__runs_every_python_that_the_package_allows() -> None:
    pythons = jobs("ci")["linux"]["strategy"]["matrix"]["python"]
    minors = [int(python.removeprefix("3.")) for python in pythons]
    assert PROJECT["requires-python"] == f">=3.{minors[0]},<3.{minors[-1] + 1}"
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_windows__runs_the_tests_as_the_makefile_does_but_for_the_coverage() -> None:
    [recipe] = re.findall(r"^\t\$\(BIN\)/(pytest .+) --cov --cov-report=json$", text("Makefile"), re.MULTILINE)
    assert commands(jobs("ci")["windows"])[-1] == f"python -m {recipe}"


@pytest.mark.skipif(sys.platform == "win32", reason="needs bash")
def test_nightly__uses_a_fresh_machine_with_the_wheel_alone() -> None:
    assert "\nbash .ci/fresh_machine\n" in text(".ci/nightly")
    script = text(".ci/fresh_machine")
    steps = re.findall(r'^ *step "([^"]+)"', script, re.MULTILINE)
    assert steps[:6] == [
        "build the wheel",
        "make an empty environment",
        "pip install",
        "scalebridge init",
        "dvc repro",
        "dvc repro again",
    ]
    assert steps[-1] == "scalebridge serve"
    subprocess.run(["bash", "-n", ".ci/fresh_machine"], cwd=ROOT, check=True)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows__pin_each_action_to_a_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)@(\S+)", path.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit in used)


def test_container__ignores_what_git_ignores_and_nothing_else() -> None:
    ignored = set(text(".dockerignore").splitlines())
    for folder in ("", ".dvc/", "data/", "data/raw/"):
        for line in text(f"{folder}.gitignore").splitlines():
            name = line.strip("/")
            assert {f"{folder}{name}", f"**/{name}"} & ignored, f"{folder}.gitignore ignores {line}, .dockerignore does not"
    listed = ["git", "ls-files", "--cached", "--ignored", "--exclude-from=.dockerignore"]
    tracked = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert tracked == ""


def test_citation__has_the_version_and_the_licence_of_the_package() -> None:
    citation = yaml.safe_load(text("CITATION.cff"))
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_pages__link_to_files_that_exist(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", text(page)):
        assert (ROOT / target).is_file(), f"{page} links to {target}"
