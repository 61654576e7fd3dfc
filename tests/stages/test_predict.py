"""The stage `predict`: one folder per proposal about the process, with the answer that a command gives too."""

from pipeline.answers.answer import answer
from pipeline.answers.case.case import read_case
from pipeline.answers.result.files import read_answer
from pipeline.answers.result.prediction import Predicted
from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.places import Places


def test_predict__answers_the_proposals_of_its_process_alone(project: Places) -> None:
    assert [path.name for path in project.answers.iterdir()] == ["p_to_100L"]


def test_predict__writes_the_answer_of_the_trained_run(project: Places) -> None:
    trained = read_trained_run(project)
    written = read_answer(project.answers / "p_to_100L/result.json")
    assert answer(read_case(project.proposals / "p_to_100L.yaml", trained), trained, whole=True) == written


def test_predict__is_near_what_the_formula_gives(project: Places) -> None:
    """Titre = 1 + (T − 310 K), proposed at 310 K."""
    (step,) = read_answer(project.answers / "p_to_100L/result.json").steps
    titre = step.attributes["titre"].outcome
    assert isinstance(titre, Predicted)
    assert abs(titre.value - 1.0) < 0.1
