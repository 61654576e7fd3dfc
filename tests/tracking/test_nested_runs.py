"""The nested runs of a run."""

from dataclasses import replace
from pathlib import Path

from pipeline.domain.places import Places
from pipeline.tracking.nested_runs import nested_runs
from pipeline.tracking.run_facts import facts_of
from tests.support.served import record_of


def test_nested_runs__are_attributes_candidates_and_the_monitor(project: Places, tmp_path: Path) -> None:
    record = replace(record_of(project, tmp_path), monitoring={"logged": {"all": {"found": 1.0}}})
    found = {one.name: one for one in nested_runs(record, facts_of(record))}
    assert list(found) == ["titre", "candidate ridge", "candidate carry_over", "monitor of running batches"]
    assert found["titre"].parameters == record.choices
    assert all(one.description and one.metrics and one.tags["form"] == "4" for one in found.values())


def test_nested_runs__without_a_monitor_there_is_none_for_it(project: Places, tmp_path: Path) -> None:
    record = record_of(project, tmp_path)
    assert [one.tags["level"] for one in nested_runs(record, facts_of(record))] == ["cqa", "candidate", "candidate"]
