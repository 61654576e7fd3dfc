"""Transfers to another site, device and number of devices, from `check` to the page: no part speaks of a scale-up."""

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipeline.answers.result.files import read_answer
from pipeline.cli import app
from pipeline.domain.places import Places
from tests.support.definitions import PlainData
from tests.support.placed_history import TO_DEVICE, TO_VISP, PlacedHistory
from tests.support.project import run_stages

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class CountedHistory(PlacedHistory):
    """Batches of pooled devices: three products with few devices, two of them with more."""

    def definition(self) -> PlainData:
        """Return the definition with the number of devices as batch size."""
        given = super().definition()
        given["attributes"]["volume"]["unit"] = "device"
        return given | {"scale": {"attribute": "volume", "counts_devices": True}}

    def batches(self) -> pl.DataFrame:
        """Return the batch file; at Visp, ten devices run in parallel."""
        made = super().batches()
        return made.with_columns(volume=pl.when(pl.col("site") == "Visp").then(10.0).otherwise(1.0))


def _asked(history: PlacedHistory, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Places, str, str]:
    """Return the files, what the terminal shows, and the words of the page."""
    places = history.project(folder)
    monkeypatch.chdir(folder)
    run_stages(places)
    shown = ""
    for words in (["check"], ["summary"], ["predict", "data/proposals/a.yaml", "--report", "page.html", "--out", "a.json"]):
        found = CliRunner().invoke(app, [*words, *(["--simulate"] if words[0] == "predict" else [])])
        assert found.exit_code == 0, found.exception
        shown += found.output
    page = re.sub(r"<style>.*?</style>|<[^>]+>", " ", (folder / "page.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    return places, " ".join(shown.split()), " ".join(html.unescape(page).split())


def _of_the_answer(page: str) -> str:
    """Return the page without its list of words, which explains every term, and the context of use, which conf/decision states."""
    return page.partition("Words on this page")[0].replace("supports planning of a scale-up run", "")


def test_transfer_to_another_site__is_answered_from_the_sites_where_the_product_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, shown, page = _asked(PlacedHistory(proposal=TO_VISP), tmp_path, monkeypatch)
    answer = read_answer(tmp_path / "a.json")
    titre = answer.attributes["titre"]
    assert (titre.question.kind, titre.question.axis) == ("new_place", "site")
    assert answer.scale.reference_places == ("Boston",)
    assert titre.reference == pytest.approx(4.0, abs=0.1)
    assert titre.predicted is not None
    assert answer.bridge is not None
    assert answer.bridge.attributes["titre"].by_cause[0].cause == "site and device"
    assert [step.places for step in answer.equivalence] == [("Boston", "Visp")]
    assert answer.equivalence[0].attributes["titre"].difference == pytest.approx(0.6, abs=0.15)
    assert answer.overview is not None
    assert answer.overview.place == "order of start"
    assert {one.change for one in answer.overview.history["titre"].past} == {"site"}
    for words in (
        "site out applies (2 folds)",
        "Your last 3 transfers to another site, had you asked",
        "compared with 20 L (12 batches of A in Boston)",
        "titre is expected within its specification at 20 L in Visp",
        "Transfer from Boston at 20 L to Visp at 20 L",
        "The change of site moves quality",
    ):
        assert words in shown, words
    for words in ("transfer report", "Are two sites equivalent?", "12 batches of A at 20 L in Boston", "Boston → Visp"):
        assert words in page, words
    assert "scale-up" not in _of_the_answer(page)
    assert "change of scale" not in shown + page
    assert set(pl.read_parquet(places.reenactments)["step"]) == {"site"}


def test_transfer_to_another_device__is_answered_for_a_device_on_which_nothing_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, shown, page = _asked(PlacedHistory(axis=("device",), proposal=TO_DEVICE), tmp_path, monkeypatch)
    answer = read_answer(tmp_path / "a.json")
    assert answer.attributes["titre"].question.axis == "device"
    assert answer.scale.reference_places == ("D-1", "D-2")
    assert answer.transfer_map.place == "device"
    for words in (
        "Your last 3 transfers to another device, had you asked",
        "12 batches of A on D-1, D-2",
        "at 20 L on D-9",
        "gap at the receiving device",
    ):
        assert words in shown, words
    assert "scale-up" not in _of_the_answer(page)


def test_transfer__of_a_process_without_batch_sizes_names_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = PlacedHistory(left_out=("volume",), proposal=TO_VISP | {"scale": None})
    _, shown, page = _asked(history, tmp_path, monkeypatch)
    assert "compared with 12 batches of A in Boston" in shown
    assert "says nothing about a scale-up" not in shown + page
    answer = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert answer["next_runs"]["by_scale"][0]["place"]["site"] == "Boston"
    assert "best single run at equipment" in " ".join(shown.split()) or "best single run at site" in " ".join(shown.split())
    for words in (
        "the one scale",
        "reference scale is",
        "six-tenths",
        "below the proposed scale",
        "at this scale",
        "of the scale",
    ):
        assert words not in shown + _of_the_answer(page), words


def test_transfer_to_more_devices__is_a_step_along_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to_ten = {"name": "A on ten devices", "scale": "10 device", "equipment": None, "site": "Visp", "settings": {}}
    history = CountedHistory(left_out=("vessel",), axis=("device",), proposal=to_ten)
    places, shown, page = _asked(history, tmp_path, monkeypatch)
    answer = read_answer(tmp_path / "a.json")
    titre = answer.attributes["titre"]
    assert (titre.question.kind, titre.question.axis) == ("new_scale", "device")
    assert answer.step.change == "devices"
    assert answer.scale.reference == 1.0
    assert "Your last 2 transfers to more devices, had you asked" in shown
    assert "change of the number of devices" in shown
    assert "scale-up" not in _of_the_answer(page)
    assert set(pl.read_parquet(places.reenactments)["step"]) == {"device"}
