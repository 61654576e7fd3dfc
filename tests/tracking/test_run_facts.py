"""Facts of a run that are read from its published files."""

from dataclasses import replace
from pathlib import Path

from pipeline.domain.places import Places
from pipeline.tracking.run_facts import facts_of, skills
from tests.support.served import record_of

GOOD = {"skill_carry_over": 0.5, "skill_carry_over_low": 0.25, "coverage_90": 0.95, "coverage_90_low": 0.9}


def test_facts_of__are_those_of_the_history(project: Places, tmp_path: Path) -> None:
    found = facts_of(record_of(project, tmp_path))
    assert (found.process.name, found.products, found.scales) == ("pot", ("P", "Q"), ("1", "100"))
    assert found.batches == 48
    assert (found.first, found.last) == ("2024-01-01", "2024-02-17")


def test_facts_of__the_verdict_is_that_of_the_acceptance_limits(project: Places, tmp_path: Path) -> None:
    record = record_of(project, tmp_path)
    assert (facts_of(record).verdict, facts_of(record).not_met) == ("met for 0 of 1", ("titre",))
    accepted = facts_of(replace(record, metrics={"largest_scale_out": {"titre": GOOD}}))
    assert (accepted.verdict, accepted.not_met) == ("met for 1 of 1", ())


def test_skills__leaves_out_attributes_without_the_score() -> None:
    scores = {"past_scale_ups": {"a": GOOD, "b": {"rmse": 1.0}}}
    assert skills(scores, "past_scale_ups", "skill_carry_over") == {"a": 0.5}
    assert skills(scores, "forward_in_time", "skill_carry_over") == {}
