"""The three simulated trains, small, from raw files to an answer. Planted errors are known, so the checks are held against them."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import read_answer
from pipeline.domain.places import Places
from tests.support.browser import needs_chromium, printed_pages
from tests.support.project import copy_of, run_stages

pytestmark = pytest.mark.long
TRAINS = ("antibody_train", "tablet_train", "cell_therapy")


@dataclass(frozen=True)
class Ran:
    """A train after its run."""

    name: str
    places: Places

    @property
    def answer(self) -> Answer:
        (file,) = self.places.answers.glob(f"{self.name}*/result.json")
        return read_answer(file)

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.places.history / f"{name}.parquet")


@pytest.fixture(scope="module", params=TRAINS)
def ran(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    from pipeline.stages.configure import configure
    from pipeline.stages.trains import trains

    name = str(request.param)
    folder = tmp_path_factory.mktemp(name)
    places = Places.under(folder / "data")
    shutil.copytree(root / "conf", places.conf)
    largest, past = {"kind": "largest_scale_out", "folds": 2}, {"kind": "past_scale_ups", "last": 2}
    for split, protocols in (("one", [largest]), ("two", [largest, past])):
        (places.conf / f"split/{split}.yaml").write_text(yaml.safe_dump({"protocols": protocols}), encoding="utf-8")
    chosen = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    chosen |= {"process": name, "trains": "small", "model": "ridge", "split": "two", "plant": "small"}
    places.params.write_text(yaml.safe_dump(chosen), encoding="utf-8")
    places.proposals.mkdir(parents=True)
    for file in (root / "data/proposals").glob(f"{name}*.yaml"):
        shutil.copy(file, places.proposals)
    configure(places)
    trains(places)
    run_stages(places)
    return Ran(name, places)


def test_history__loses_no_row_and_uses_nearly_all_batches(ran: Ran) -> None:
    quality = json.loads(ran.places.quality.read_text(encoding="utf-8"))
    assert quality["rows_read"] == quality["rows_valid"] + quality["rows_quarantined"] + quality["rows_left_out"]
    assert quality["batches"] >= 60
    assert quality["batches_set_aside"] <= 0.1 * quality["batches"]


def test_history__knows_of_each_batch_what_it_was_made_of(ran: Ran) -> None:
    ancestors = ran.table("ancestors").group_by("batch_id", "step").agg(pl.col("share").sum())
    whole = ancestors.filter((pl.col("share") - 1).abs() < 1e-6)
    steps = ancestors["step"].n_unique()
    assert whole.height >= 0.9 * steps * ran.table("batches").height


def test_answer__predicts_every_attribute_with_its_interval(ran: Ran) -> None:
    attributes = ran.answer.attributes
    assert len(attributes) >= 4
    assert all(one.predicted is not None and len(one.predicted.intervals) == 3 for one in attributes.values())


def test_answer__says_at_which_step_each_attribute_is_decided(ran: Ran) -> None:
    decided = ran.answer.decided
    assert decided is not None
    for one in decided.attributes.values():
        assert sum(step.share for step in one.steps) == pytest.approx(1, abs=1e-4) or all(s.share == 0 for s in one.steps)


def test_bridge__by_step_is_a_part_of_the_difference(ran: Ran) -> None:
    bridge = ran.answer.bridge
    assert bridge is not None
    for one in bridge.attributes.values():
        of_no_step = sum(cause.change for cause in one.by_cause if cause.cause == "product")
        assert sum(step.change for step in one.by_step) + of_no_step == pytest.approx(
            one.difference, abs=2e-4 * abs(one.proposed) + 1e-4
        )


def test_page__shows_the_steps(ran: Ran) -> None:
    (page,) = ran.places.answers.glob(f"{ran.name}*/report.html")
    assert "At which step each attribute is decided" in page.read_text(encoding="utf-8")


@needs_chromium
def test_page__of_many_causes_prints_on_at_most_ten_pages(ran: Ran, tmp_path: Path) -> None:
    (page,) = ran.places.answers.glob(f"{ran.name}*/report.html")
    assert 1 < printed_pages(page, tmp_path) <= 10


def test_balances__of_planted_breaks_are_reported(ran: Ran) -> None:
    """Nearly all: a break of 4.5 standard deviations and its own noise may stay within limits of 1 %."""
    truth = ran.places.truth_of_trains / ran.name
    planted = pl.read_parquet(truth / ("balance_breaks.parquet" if ran.name == "tablet_train" else "breaks.parquet"))
    reported = ran.table("balances").filter(pl.col("verdict") != "closes")
    found = planted.select("step", pl.col("batch").alias("batch_id")).join(reported, on=["step", "batch_id"], how="semi")
    assert found.height >= 0.7 * planted.height


def test_horizon__after_a_step_reads_its_controls_and_none_of_a_later_step(ran: Ran, tmp_path: Path) -> None:
    from pipeline.forecasting.trained_model import TrainedModel
    from pipeline.stages.configure import configure
    from pipeline.stages.split import split
    from pipeline.stages.train import train

    if ran.name != "antibody_train":
        pytest.skip("one train shows it")
    places = copy_of(ran.places, tmp_path)
    chosen = yaml.safe_load(places.params.read_text(encoding="utf-8")) | {"horizon": "after capture", "split": "one"}
    places.params.write_text(yaml.safe_dump(chosen), encoding="utf-8")
    for stage in (configure, split, train):
        stage(places)
    read = TrainedModel.load(places.model).inputs
    assert {"titre", "capture_hmw"} <= set(read)
    assert "polishing_hmw" not in read
