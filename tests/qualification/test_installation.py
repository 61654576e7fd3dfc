"""Checks of the installation."""

import base64
import hashlib
from importlib.metadata import Distribution, version
from pathlib import Path

import pytest

from pipeline.publication.code import PACKAGE
from pipeline.qualification import installation
from pipeline.qualification.installation import code, files, installation_checks, packages, threads, time_zones


class Installed(Distribution):
    """An installed wheel in a folder, with its list of hashes."""

    def __init__(self, record: str, folder: Path) -> None:
        self.record, self.folder = record, folder

    def read_text(self, filename: str) -> str | None:
        return self.record if filename == "RECORD" else None

    def locate_file(self, path: object) -> Path:  # type: ignore[override]
        return self.folder / str(path)


def _wheel(*, changed: str = "", without: str = "") -> Installed:
    """The package as a wheel would have installed it; one file with another hash, one that the wheel does not have."""
    lines = []
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE.parent).as_posix()
        data = path.read_bytes() + (b"#" if name == changed else b"")
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines += [] if name == without else [f"{name},sha256={digest},{len(data)}"]
    return Installed("\n".join(lines), PACKAGE.parent)


def test_code__of_a_whole_wheel_passes() -> None:
    found = code(_wheel())
    assert found.passed
    assert found.found == f"{len(list(PACKAGE.rglob('*.py')))} files have their hash"


def test_code__a_changed_file_is_named() -> None:
    found = code(_wheel(changed="pipeline/similarity/mixing.py"))
    assert (found.passed, found.found) == (False, "mixing.py was changed or is missing")


def test_code__a_file_that_the_wheel_does_not_have_is_named() -> None:
    found = code(_wheel(without="pipeline/cli.py"))
    assert not found.passed
    assert found.found.endswith("cli.py does not belong to the wheel")


def test_code__in_editable_mode_is_written_down_with_its_hash() -> None:
    found = code(Installed("", PACKAGE.parent))
    assert found.passed is None
    assert "together: " in found.details[0]


def test_packages__as_pinned_pass(tmp_path: Path) -> None:
    pins = tmp_path / "constraints.txt"
    pins.write_text(f"# pinned\npolars=={version('polars')}\nnot-installed==1.0\n", encoding="utf-8")
    found = packages(pins)
    assert (found.passed, found.found) == (True, "1 packages as expected")


def test_packages__another_version_than_the_pinned_one_is_named(tmp_path: Path) -> None:
    pins = tmp_path / "constraints.txt"
    pins.write_text("polars==0.1\n", encoding="utf-8")
    found = packages(pins)
    assert (found.passed, found.found) == (False, f"polars {version('polars')} is not ==0.1")
    assert found.details == (f"polars {version('polars')}, NOT ==0.1",)


def test_packages__without_pins_are_compared_with_the_declared_ranges(tmp_path: Path) -> None:
    found = packages(tmp_path / "nowhere.txt")
    assert found.passed
    assert any(line.startswith("lightgbm ") for line in found.details)


def test_packages__that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "requires", lambda name: ["no-such-package>=1"])
    assert packages(tmp_path / "nowhere.txt").found == "no-such-package is not installed"


def test_time_zones__know_the_change_of_the_clock() -> None:
    assert time_zones().passed


def test_threads__one_is_what_a_fit_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "8")
    assert not threads().passed
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    assert threads().passed


def test_files__are_replaced_whole_and_leave_nothing(tmp_path: Path) -> None:
    assert files(tmp_path).passed
    assert list(tmp_path.iterdir()) == []


def test_installation_checks__are_eight_and_none_fails_but_by_the_versions(tmp_path: Path) -> None:
    found = list(installation_checks(tmp_path / "nowhere.txt", tmp_path))
    assert [one.id for one in found] == [f"IQ-0{number}" for number in range(1, 9)]
    assert {one.state for one in found if one.id != "IQ-03"} == {"passed", "recorded"}
