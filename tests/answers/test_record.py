"""Limits set before scoring, and hashes that follow what they stand for."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.record import JudgedModels, judged_models, limits_of_answer, record
from pipeline.answers.result.files import as_text
from pipeline.answers.result.record import Hashes, Record
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.hashes import hash_of, hash_of_files, hash_of_ledger
from pipeline.domain.left_out import NONE, LeftOut, LeftOutBatch
from tests.support.example_result import example, plant_process, rows

PROCESS = plant_process()
HASHES = Hashes("d", "c", "a", "k", "m")
GOOD = {"skill_carry_over": 0.3, "skill_carry_over_low": 0.2, "coverage_90": 0.95, "coverage_90_low": 0.9}


def made(metrics: dict[str, Any], fixed: AcceptanceConfig | None = None, left_out: LeftOut = NONE) -> Record:
    history = rows(PROCESS, "lab", [3.0, 3.1], 5e-6).with_columns(pl.lit(None, pl.Datetime("us")).alias("started_at"))
    answer = example()
    against = limits_of_answer(answer.domain, answer.proposal, answer.step, 1, 1)
    limits = fixed or AcceptanceConfig("largest_scale_out")
    judged = JudgedModels(metrics, {"titre": "ridge", "hmw": "carry_over"}, {"hmw": ("additive_table", "carry_over")})
    return record(
        PROCESS, DecisionConfig(), limits, judged, history, HASHES, answer.proposal, answer.step, against, left_out
    )


def test_record__has_every_part_and_says_what_it_is_not() -> None:
    found = made({"largest_scale_out": {"titre": GOOD, "hmw": GOOD}})
    assert found.credibility.accepted
    assert found.credibility.question == "Is it safe?"
    assert found.data_card.batches == 2
    assert any("At the edge of what history has seen" in limit for limit in found.credibility.limits)
    assert "not by itself a system under 21 CFR Part 11" in found.statement
    assert not made({}).credibility.accepted


def test_record__holds_the_lower_bounds_and_the_models_that_answered() -> None:
    found = made({"largest_scale_out": {"titre": GOOD | {"skill_carry_over_low": -0.1}, "hmw": GOOD}})
    titre, hmw = found.credibility.result
    assert (titre.met, titre.skill, titre.skill_low) == (False, 0.3, -0.1)
    assert titre.reason == "lower bound of skill −0.1 is below 0"
    assert (hmw.met, hmw.reason, hmw.coverage_low) == (True, "", 0.9)
    assert hmw.answered_by == ("additive_table", "carry_over")
    assert found.model_card.answered_by == {"titre": "ridge", "hmw": "carry_over"}


def test_judged_models__are_those_of_the_folds_of_the_protocol_that_decides() -> None:
    forecasts = pl.DataFrame(
        {
            "protocol": ["p", "p", "p", "q", "p"],
            "model": ["answering"] * 4 + ["carry_over"],
            "answered_by": ["ridge", "additive_table", "ridge", "global_mean", "carry_over"],
            "cqa": ["y"] * 5,
        }
    )
    assert judged_models({}, {"y": "ridge"}, forecasts, "p").in_folds == {"y": ("additive_table", "ridge")}


def test_record__names_the_batches_that_were_left_out_on_purpose() -> None:
    gone = LeftOutBatch("B7", "J. Meier", date(2024, 3, 1), "engineering run")
    found = made({}, left_out=LeftOut((gone,)))
    assert found.data_card.left_out == (gone,)
    assert found.data_card.batches == 2
    assert json.loads(as_text(found.data_card))["left_out"] == [
        {"batch": "B7", "who": "J. Meier", "when": "2024-03-01", "why": "engineering run", "step": None}
    ]
    assert made({}).data_card.left_out == ()


def test_record__says_that_limits_are_those_fixed_before_scoring() -> None:
    plan = made({}).credibility.plan
    assert plan.unchanged
    assert plan.sha256 == plan.sha256_now
    assert "fixed before scoring" in plan.sentence


def test_record__limits_that_were_changed_later_are_named_and_not_used() -> None:
    strict = AcceptanceConfig("largest_scale_out", least_skill=0.5)
    found = made({"largest_scale_out": {"titre": GOOD, "hmw": GOOD}}, strict).credibility
    assert not found.accepted  # the skill of 0.2 meets the 0 of the configuration, not the 0.5 fixed before
    assert not found.plan.unchanged
    assert "differ from those that were fixed before scoring: they were a skill of 0.5" in found.plan.sentence


def test_hashes__follow_content_and_not_order(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("1")
    first = hash_of_files(tmp_path, (".json",))
    (tmp_path / "note.txt").write_text("no part of it")
    assert hash_of_files(tmp_path, (".json",)) == first
    (tmp_path / "a.json").write_text("2")
    assert hash_of_files(tmp_path, (".json",)) != first
    assert hash_of({"x": 1, "y": [2]}) == hash_of({"y": [2], "x": 1})


def test_hashes__of_data_are_one_whatever_the_order_of_files() -> None:
    ledger = pl.DataFrame({"file": ["b", "a"], "sha256": ["1", "2"]})
    assert hash_of_ledger(ledger) == hashlib.sha256(b"a 2\nb 1").hexdigest()
