"""An answer on disk: the same numbers as data, in the terminal and on the page."""

import json
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import read_answer
from pipeline.answers.result.scenarios import Scenarios
from pipeline.domain.display import chance, digits
from pipeline.reports.answered_by import answered_by
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.files import write_answer, write_simulation
from pipeline.reports.html.page import page
from pipeline.reports.terminal.scenarios import show_simulation
from tests.support.trained_pot import answered

CARDS = {"model_card.json", "data_card.json", "credibility.json"}


@pytest.fixture(scope="module")
def found() -> Answer:
    return answered(depth="whole", tolerances={"agitation": "6 rpm"}, limits={"agitation": ["30 rpm", "90 rpm"]})


def printed(answer: Answer) -> str:
    console = Console(width=200, file=StringIO())
    show_simulation(answer, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_scenarios__numbers_are_the_same_in_terminal_and_page(found: Answer) -> None:
    assert isinstance(found.scenarios, Scenarios)
    text, html = printed(found), page(found, pictures_of(found))
    for line in found.scenarios.attributes:
        whole = line.with_model_error
        texts = [digits(value, 4) for value in (whole.low_5, whole.median, whole.high_95)]
        for shown in (*texts, chance(whole.chance or 0.0)):
            assert shown in text
            assert shown in html
    for caption in (found.scenarios.captions.distributions, found.scenarios.captions.box):
        assert " ".join(caption.split()[:6]) in " ".join(text.split())
        assert caption.replace("'", "&#39;") in html
    assert all(picture in html for picture in pictures_of(found).values())


def test_pictures__name_units_and_have_no_date(found: Answer) -> None:
    pictures = pictures_of(found)
    assert "agitation [rpm]" in pictures["response_curves"]
    assert "titre [g/L]" in pictures["distributions"]
    assert all("<dc:date>" not in picture for picture in pictures.values())
    assert pictures_of(found) == pictures


def test_pictures__there_are_none_without_scenarios() -> None:
    assert pictures_of(answered()) == {}


def test_scenarios__that_are_withheld_are_named_with_the_reason() -> None:
    blocked = answered({"There": {"copper": {"data": "missing", "note": "never analysed"}}}, depth="whole")
    assert "never analysed" in printed(blocked)
    assert "No scenarios are computed: the transfer map names gaps" in " ".join(printed(blocked).split())
    assert "No scenarios are computed: the transfer map names gaps" in page(blocked)
    assert "No run is proposed, for the same reason." in page(blocked)


def test_write_answer__writes_every_part_and_is_read_back(found: Answer, tmp_path: Path) -> None:
    files = write_answer(found, tmp_path)
    names = {path.name for path in files}
    assert names >= {"result.json", "report.html", "transfer_map.json", "transfer_map.xlsx", "distributions.svg", *CARDS}
    assert read_answer(tmp_path / "result.json") == found
    for name in CARDS:
        card = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        assert card["hashes"] == {
            "data": "d",
            "configuration": "c",
            "acceptance": "a",
            "code": "k",
            "model": "m",
            "run": "",
        }
        assert card["statement"] == found.record.statement


def test_write_simulation__files_are_the_same_twice(found: Answer, tmp_path: Path) -> None:
    first, again = (write_simulation(found, tmp_path / name) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert {path.name for path in first} >= {"simulation.json", "transfer_map.xlsx", "distributions.svg"}
    assert set(json.loads(first[0].read_text(encoding="utf-8"))) == {"transfer_map", "scenarios", "next_runs", "record"}


def test_written__every_file_of_an_answer_names_what_answered(found: Answer, tmp_path: Path) -> None:
    """A card has the hashes, a sheet the sentence; pictures and the map as data belong to the files beside them."""
    for written in (write_answer(found, tmp_path / "answer"), write_simulation(found, tmp_path / "simulation")):
        texts = {path.name: path.read_text(encoding="utf-8") for path in written if path.suffix in (".json", ".html")}
        for name, text in texts.items():
            assert name == "transfer_map.json" or found.record.hashes.model in text, name
        (sheet,) = [path for path in written if path.suffix == ".xlsx"]
        rules = pl.read_excel(sheet, sheet_name="Rules", has_header=False, infer_schema_length=0).rows()
        assert ("answered by", answered_by(found)) in rules
