"""Checks of the operation. The reference case itself runs in the long test of the command."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from pipeline.domain.places import Places
from pipeline.qualification.operation import compared, conversions, formulas, project_checks, worked_examples
from tests.support.project import copy_of


def test_formulas_and_conversions__are_as_expected() -> None:
    assert formulas().passed
    assert any("pipeline.similarity.mixing: " in line and line.endswith(" 0 failed") for line in formulas().details)
    assert any("pipeline.similarity.freeze_drying: " in line for line in formulas().details)
    assert conversions().passed


def test_worked_examples__of_a_wrong_docstring_fail() -> None:
    wrong = ModuleType("wrong", doc=">>> 1 + 1\n3\n")
    assert (worked_examples(wrong).failed, worked_examples(ModuleType("none")).attempted) == (1, 0)


def test_compared__names_what_deviates_or_is_missing() -> None:
    wanted = {"a": 100.0, "b": 2.0, "c": 1.0}
    assert compared(wanted, {"a": 100.05, "b": 2.0, "c": 1.0}, 0.001).passed
    found = compared(wanted, {"a": 100.2, "b": 2.0}, 0.001)
    assert (found.passed, found.found) == (False, "c is missing; a deviates; largest deviation 0.2 %")


def test_project_checks__the_run_is_whole_and_its_answer_is_reproduced(project: Places, tmp_path: Path) -> None:
    found = list(project_checks(project, tmp_path))
    assert [(one.id, one.state) for one in found] == [("PR-01", "passed"), ("PR-02", "passed")]
    assert "the same numbers for titre" in found[1].found


def test_project_checks__without_a_published_run_there_are_none(project: Places, tmp_path: Path) -> None:
    assert list(project_checks(replace(project, current_run=tmp_path / "current"), tmp_path)) == []


def test_project_checks__a_changed_answer_and_a_damaged_run_fail(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    file = places.answers / "p_to_100L/result.json"
    text = file.read_text(encoding="utf-8")
    value = text.split('"value": ')[1].split(",")[0]
    file.write_text(text.replace(f'"value": {value}', '"value": 9.99', 1), encoding="utf-8")
    (run, answer) = project_checks(places, tmp_path)
    assert (run.state, answer.state) == ("passed", "failed")
    assert "other numbers for titre" in answer.found
    shutil.rmtree(next(places.runs.glob("*/plots")))
    assert next(iter(project_checks(places, tmp_path))).state == "failed"


def test_project_checks__an_answer_without_its_proposal_fails_with_a_sentence(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    (places.proposals / "p_to_100L.yaml").unlink()
    _, answer = project_checks(places, tmp_path)
    assert answer.state == "failed"
    assert "does not exist" in answer.found
