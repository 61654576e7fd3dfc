"""The verb `quarantine` writes what is set aside, without a run."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.quarantine import ENDING
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from tests.support.project import new_project


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    made = new_project(tmp_path / "pot")
    monkeypatch.chdir(made.params.parent)
    return made


def _call(out: Path) -> str:
    done = CliRunner().invoke(app, ["quarantine", "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_quarantine__of_files_with_a_mistake_has_the_place_and_what_brings_it_back(places: Places, tmp_path: Path) -> None:
    file = places.raw / "pot/b.csv"
    header, first, *rest = file.read_text(encoding="utf-8").splitlines()
    column = header.split(",").index("temperature")
    cells = [cell if nth != column else "warm" for nth, cell in enumerate(first.split(","))]
    file.write_text("\n".join([header, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    text = _call(tmp_path / f"q{ENDING}")
    assert "1 of 48 batches are set aside" in text
    rows = pl.read_excel(tmp_path / f"q{ENDING}", sheet_name="Rows", read_options={"header_row": 1})
    row = next(one for one in rows.iter_rows(named=True) if one["value"] == "warm")
    assert (row["file"], row["row"], row["column"], row["unit"]) == ("b.csv", 2, "temperature", "°C")
    assert row["what brings it back"]
    assert not (places.history / "quarantine.xlsx").exists()


def test_quarantine__of_good_files_says_that_all_batches_are_used(places: Places, tmp_path: Path) -> None:
    assert "pot: All 48 batches are used." in _call(tmp_path / "q.xlsx")


@pytest.mark.parametrize(
    ("name", "words"), [("q.csv", "does not end in .xlsx"), ("none/q.xlsx", "does not exist; create it")]
)
def test_quarantine__another_target_is_refused(places: Places, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        _call(tmp_path / name)
