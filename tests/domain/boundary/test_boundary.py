"""The boundary: every error ends as a sentence with an exit code, and details for a developer are kept."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.domain.boundary.boundary import STOPPED, guarded, hook
from pipeline.domain.errors import ScalebridgeError
from tests.conftest import ROOT


def _raise(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


@pytest.fixture
def errors(tmp_path: Path) -> Path:
    return tmp_path / "errors"


def test_guarded__a_mistake_of_the_user_is_its_own_sentence(errors: Path) -> None:
    with pytest.raises(SystemExit, match=r"^train: data/x is not good$"):
        guarded("train", _raise(ScalebridgeError("data/x is not good")), errors)
    assert not errors.exists()


def test_guarded__an_unexpected_error_keeps_details_for_a_developer(errors: Path) -> None:
    with pytest.raises(
        SystemExit, match=r"^train: The program made a mistake: KeyError, 'x'.*Details for a developer are in .*train\.txt$"
    ):
        guarded("train", _raise(KeyError("x")), errors)
    (written,) = errors.iterdir()
    text = written.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "KeyError: 'x'" in text
    assert f"Python {sys.version_info.major}" in text


def test_guarded__outside_of_a_project_no_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="SCALEBRIDGE_DEBUG=1 shows details"):
        guarded("train", _raise(KeyError("x")), tmp_path / "data/errors")
    assert list(tmp_path.iterdir()) == []


def test_guarded__shows_details_on_demand(
    errors: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        guarded("train", _raise(ScalebridgeError("x")), errors)
    assert "Traceback" not in capsys.readouterr().err
    monkeypatch.setenv("SCALEBRIDGE_DEBUG", "1")
    with pytest.raises(SystemExit):
        guarded("train", _raise(ScalebridgeError("x")), errors)
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(STOPPED)])
def test_guarded__ctrl_c_is_a_sentence(errors: Path, stop: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        guarded("train", _raise(stop), errors)
    assert raised.value.code == STOPPED
    assert capsys.readouterr().err == "train: stopped by its user\n"


def test_guarded__shows_escape_sequences_of_names(errors: Path) -> None:
    with pytest.raises(SystemExit, match="train: no product ␛\\[31m"):
        guarded("train", _raise(ScalebridgeError("no product \x1b[31m")), errors)


def test_guarded__a_call_that_succeeds_just_ends(errors: Path) -> None:
    guarded("train", lambda: None, errors)


def test_hook__says_what_is_wrong_while_libraries_are_loaded(errors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = hook("stage", errors)
    say(ImportError, ImportError("libgomp.so.1 is missing"), None)
    say(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert "stage: A library is missing or broken (libgomp.so.1 is missing)" in (shown := capsys.readouterr().err)
    assert shown.endswith("stage: stopped by its user\n")


def _program(body: str, *, close: bool) -> tuple[int, str]:
    """Run a guarded program whose output nobody reads, or that writes any character into ASCII. Returns exit code and errors."""
    imports = "from pathlib import Path; from pipeline.domain.boundary.boundary import guarded"
    code = f"{imports}; guarded('x', lambda: {body}, Path('no/e'))"
    environment = {"PATH": "", "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        if close:
            process.stdout.close()
        else:
            process.stdout.read()
        return process.wait(), process.stderr.read()


def test_guarded__a_reader_that_stops_reading_is_no_error() -> None:
    assert _program("print('x' * 1000)", close=True) == (1, "")


def test_guarded__writes_any_character_to_any_terminal() -> None:
    assert _program("print('kLa → CO₂')", close=False) == (0, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_guarded__closed_streams_are_no_error(tmp_path: Path, closed: str) -> None:
    code = (
        "from pathlib import Path; from pipeline.domain.boundary.boundary import guarded; import sys;"
        "guarded('x', lambda: (print(sys.stdout.isatty(), sys.stdin.read(0)), Path('done').write_text('x')), Path('data/errors'))"
    )
    ran = subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" {closed}', sys.executable, code],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (tmp_path / "done").is_file()
