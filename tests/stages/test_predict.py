"""The stage `predict`: one folder per proposal about the process, with the answer that a command gives too."""

import json
from pathlib import Path

import pytest
import yaml

from pipeline.answers.answer import answer
from pipeline.answers.case.case import read_case
from pipeline.answers.result.files import read_answer
from pipeline.answers.result.prediction import Predicted
from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.stages import predict as stage
from pipeline.stages.predict import predict
from tests.support.project import PROPOSAL, copy_of


def test_predict__answers_the_proposals_of_its_process_alone(project: Places) -> None:
    assert [path.name for path in project.answers.iterdir()] == ["p_to_100L"]


def test_predict__writes_the_answer_of_the_trained_run(project: Places) -> None:
    trained = read_trained_run(project)
    written = read_answer(project.answers / "p_to_100L/result.json")
    assert answer(read_case(project.proposals / "p_to_100L.yaml", trained), trained, depth="whole") == written


def test_predict__is_near_what_the_formula_gives(project: Places) -> None:
    """Titre = 1 + (T − 310 K), proposed at 310 K."""
    (step,) = read_answer(project.answers / "p_to_100L/result.json").steps
    titre = step.attributes["titre"].outcome
    assert isinstance(titre, Predicted)
    assert abs(titre.value - 1.0) < 0.1


def test_predict__one_bad_proposal_costs_one_answer(
    project: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = copy_of(project, tmp_path)
    (places.proposals / "a_half.yaml").write_text("name: x\nprocess: pot\nproduct", encoding="utf-8")
    (places.proposals / "b_vessel.yaml").write_text(yaml.safe_dump(PROPOSAL | {"equipment": "Z"}), encoding="utf-8")
    (places.proposals / "q.yml").write_text(yaml.safe_dump(PROPOSAL | {"name": "again"}), encoding="utf-8")
    (places.proposals / "notes.txt").write_text("x", encoding="utf-8")
    (places.answers / "gone").mkdir()
    (places.answers / "b_vessel").mkdir()
    monkeypatch.setattr(stage, "answer", lambda case, run, depth: answer(case, run))  # scenarios are not what is tested
    with pytest.raises(ScalebridgeError) as raised:
        predict(places)
    lines = str(raised.value).splitlines()
    assert lines[0] == f"2 of 4 proposals are answered, in {places.answers}. These are not:"
    assert "a_half.yaml, line " in lines[1]
    assert lines[2].startswith(
        f"  {places.proposals / 'b_vessel.yaml'}: Proposal 'P to 100 L': no batch was made on equipment 'Z'"
    )
    assert sorted(path.name for path in places.answers.iterdir()) == ["p_to_100L", "q"]
    assert json.loads((places.answers / "q/result.json").read_text(encoding="utf-8"))["proposal"]["name"] == "again"
    said = capsys.readouterr().out
    assert "notes.txt" in said
    assert "of_another_process.yaml (tablets)" in said


def test_predict__a_mistake_of_the_program_costs_one_answer_too(
    project: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = copy_of(project, tmp_path)
    (places.proposals / "other.yaml").write_text(yaml.safe_dump(PROPOSAL | {"name": "other"}), encoding="utf-8")

    def fails(case: object, run: object, depth: str) -> object:
        if case.proposal.name == "other":  # type: ignore[attr-defined]
            raise KeyError("titre")
        return answer(case, run)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "answer", fails)
    with pytest.raises(
        ScalebridgeError, match=r"(?s)1 of 2 .*other\.yaml: The program made a mistake: KeyError.*data/errors/"
    ):
        predict(places)
    assert [path.name for path in places.answers.iterdir()] == ["p_to_100L"]
