"""The stage `evaluate`: scores that can be computed by hand, and limits that are fixed before anything is scored."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from pipeline.assessment.scores import metrics as scored
from pipeline.domain.places import Places
from pipeline.stages.evaluate import evaluate
from tests.support.project import copy_of


def test_evaluate__the_metrics_are_those_of_the_forecasts(project: Places) -> None:
    metrics = json.loads(project.metrics.read_text(encoding="utf-8"))
    forecasts = pl.read_parquet(project.forecasts)
    assert set(metrics) == set(forecasts["protocol"])
    own = forecasts.filter(protocol="leave_product_out", model="ridge", censoring="none")
    errors = (own["observed"] - own["predicted"]).to_numpy()
    censored = forecasts.filter(protocol="leave_product_out", model="ridge", censoring="left")
    beyond = np.minimum((censored["observed"] - censored["predicted"]).to_numpy(), 0)
    expected = np.sqrt((np.sum(errors**2) + np.sum(beyond**2)) / 48)
    assert metrics["leave_product_out"]["titre"]["rmse"] == pytest.approx(expected, rel=1e-4)
    assert metrics["leave_product_out"]["titre"]["skill_carry_over"] > 0.9


def test_evaluate__metrics_and_past_scale_ups_are_those_of_the_model_that_answers(project: Places, tmp_path: Path) -> None:
    """Ridge is configured, and the carry-over mean answers."""
    places = copy_of(project, tmp_path)
    found = pl.read_parquet(places.forecasts)
    carried = found.filter(model="carry_over").with_columns(model=pl.lit("answering"))
    pl.concat([found.filter(pl.col("model") != "answering"), carried]).write_parquet(places.forecasts)
    evaluate(places)
    scores = pl.read_parquet(places.scores)
    metrics = json.loads(places.metrics.read_text(encoding="utf-8"))
    assert metrics == scored(scores, "carry_over") != scored(scores, "ridge")
    assert metrics["leave_product_out"]["titre"]["skill_carry_over"] == 0
    assert metrics["leave_product_out"]["titre"]["skill_carry_over_low"] == 0
    (past,) = pl.read_parquet(places.reenactments).to_dicts()
    assert (past["answered_by"], past["predicted"]) == ("carry_over", past["carry_over"])


def test_evaluate__scores_hold_every_model_under_every_protocol(project: Places) -> None:
    scores, forecasts = pl.read_parquet(project.scores), pl.read_parquet(project.forecasts)
    key = ["protocol", "model", "cqa"]
    pooled = scores.filter(pl.col("product") == "all", pl.col("scale_level").is_null())
    assert set(pooled.select(key).iter_rows()) == set(forecasts.select(key).iter_rows())


def test_evaluate__past_scale_ups_have_forecast_and_outcome(project: Places) -> None:
    (past,) = pl.read_parquet(project.reenactments).to_dicts()
    batches = (
        pl.read_parquet(project.features)
        .filter(product="Q", equipment="B")
        .join(pl.read_parquet(project.results), on="batch_id")
    )
    assert (past["lineage"], past["batches"], past["given"]) == ("Q", 16, 0)
    assert past["observed"] == pytest.approx(batches["value"].mean())
    assert past["lower"] < past["observed"] < past["upper"]


def test_evaluate__draws_a_picture_per_attribute(project: Places) -> None:
    assert {path.name for path in project.plots.iterdir()} == {"skill.png", "coverage.png", "titre.png"}


def test_evaluate__limits_stay_with_the_forecasts_that_were_scored_under_them(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    first = json.loads(places.acceptance.read_text(encoding="utf-8"))
    decision = yaml.safe_load((places.config / "decision.yaml").read_text(encoding="utf-8"))
    decision["decision"]["acceptance"]["least_skill"] = 0.9
    (places.config / "decision.yaml").write_text(yaml.safe_dump(decision), encoding="utf-8")
    evaluate(places)
    assert json.loads(places.acceptance.read_text(encoding="utf-8")) == first

    pl.read_parquet(places.forecasts).with_columns(pl.col("spread") * 2).write_parquet(places.forecasts)
    evaluate(places)
    entry = json.loads(places.acceptance.read_text(encoding="utf-8"))
    assert entry["limits"]["least_skill"] == 0.9
    lines = places.acceptance_ledger.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [first, entry]


def test_evaluate__has_the_noise_floor_that_is_stated_else_that_of_replicates(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    titres = pl.read_parquet(places.results).filter(attribute="titre")
    several = titres.select("batch_id", "attribute", replicates=pl.lit(4, pl.UInt32), deviation=pl.lit(0.2))
    several.write_parquet(places.replicates)
    evaluate(places)
    of_replicates = json.loads(places.metrics.read_text(encoding="utf-8"))["leave_product_out"]["titre"]
    censored = (
        pl.read_parquet(places.forecasts).filter(protocol="leave_product_out", model="answering", censoring="left").height
    )
    measured = 1 - censored / 48
    assert of_replicates["noise_floor"] == pytest.approx(0.1 * measured**0.5, abs=1e-6)
    assert of_replicates["noise_floor_replicates"] == 4 * 48
    config = places.config / "process.yaml"
    made = yaml.safe_load(config.read_text(encoding="utf-8"))
    made["process"]["attributes"]["titre"]["repeatability"] = "0.6 g/L"
    config.write_text(yaml.safe_dump(made), encoding="utf-8")
    evaluate(places)
    stated = json.loads(places.metrics.read_text(encoding="utf-8"))["leave_product_out"]["titre"]
    assert stated["noise_floor"] == pytest.approx(0.3 * measured**0.5, abs=1e-6)
    assert "noise_floor_low" not in stated
