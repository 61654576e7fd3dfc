"""Names and groups of the numbers of a run."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_facts import facts_of
from pipeline.tracking.run_metrics import (
    deciding,
    mean_skill,
    metrics_of_attribute,
    metrics_of_candidate,
    metrics_of_monitor,
    metrics_of_run,
    skills_by_protocol,
)
from tests.support.served import record_of

SCORES = {
    "largest_scale_out": {"titre": {"skill_carry_over": 0.5, "skill_carry_over_low": 0.25, "coverage_90": 0.75}},
    "past_scale_ups": {"titre": {"skill_carry_over": 0.25}},
    "leave_product_out": {"titre": {"skill_carry_over": -0.5}},
    "forward_in_time": {"titre": {"skill_carry_over": 0.125}},
}
MONITORING = {
    "next_batch": {"normal": {"false_alarms": 0.0625}},
    "logged": {"all": {"found": 0.875}, "vent (filter)": {"found": 1.0}},
}


@pytest.fixture
def record(project: Places, tmp_path: Path) -> RunRecord:
    return replace(record_of(project, tmp_path), metrics=SCORES, monitoring=MONITORING)


def test_deciding__is_ten_numbers_in_a_fixed_order(record: RunRecord) -> None:
    assert deciding(record, facts_of(record)) == {
        "1 decides/01 attributes accepted": 0.0,
        "1 decides/02 mean skill - largest scale out": 0.5,
        "1 decides/03 lowest skill - largest scale out": 0.5,
        "1 decides/04 mean coverage - largest scale out": 0.75,
        "1 decides/05 lowest coverage - largest scale out": 0.75,
        "1 decides/06 mean skill - past scale ups": 0.25,
        "1 decides/07 mean skill - leave product out": -0.5,
        "1 decides/08 mean skill - forward in time": 0.125,
        "1 decides/09 false alarms - running batches": 0.0625,
        "1 decides/10 deviations found - running batches": 0.875,
    }


def test_deciding__a_number_that_is_not_known_leaves_the_others_their_names(record: RunRecord) -> None:
    known = replace(record, metrics={"past_scale_ups": SCORES["past_scale_ups"]}, monitoring={})
    assert list(deciding(known, facts_of(known))) == [
        "1 decides/01 attributes accepted",
        "1 decides/06 mean skill - past scale ups",
    ]


def test_metrics_of_run__hold_the_deciding_numbers_and_the_skill_alone(record: RunRecord) -> None:
    found = metrics_of_run(record, facts_of(record))
    assert sorted(found)[:10] == list(deciding(record, facts_of(record)))
    assert found["2 skill past scale ups/titre"] == 0.25
    assert len(found) == 14


def test_metrics_of_candidate__has_the_skill_under_the_name_that_a_run_has(record: RunRecord) -> None:
    found = metrics_of_candidate(SCORES, facts_of(record))
    assert found["2 skill largest scale out/titre"] == 0.5
    assert found["largest scale out/titre - coverage of 90 percent interval"] == 0.75


def test_metrics_of_attribute__are_grouped_by_protocol(record: RunRecord) -> None:
    found = metrics_of_attribute(record, "titre")
    assert found["largest scale out/skill against carry-over - lower bound"] == 0.25
    assert found["past scale ups/skill against carry-over"] == 0.25


def test_metrics_of_monitor__have_names_that_mlflow_allows(record: RunRecord) -> None:
    assert metrics_of_monitor(record)["logged/vent _filter_ - found"] == 1.0


def test_skills_by_protocol__begins_with_the_protocol_of_the_limits(record: RunRecord) -> None:
    found = skills_by_protocol(SCORES, facts_of(record))
    assert list(found) == ["largest_scale_out", "past_scale_ups", "leave_product_out", "forward_in_time"]
    assert found["past_scale_ups"] == ["2 skill past scale ups/titre"]


def test_mean_skill__is_over_the_attributes_that_have_one() -> None:
    assert mean_skill({"a": {"skill_carry_over": 0.5}, "b": {"skill_carry_over": 0.25}, "c": {"rmse": 1.0}}) == 0.375
    assert mean_skill({"c": {"rmse": 1.0}}) is None
