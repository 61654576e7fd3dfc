"""Stage `predict`: the answer to every proposal about the process, with scenarios and next runs, as data and as pages."""

from pipeline.answers.answer import answer
from pipeline.answers.case.case import read_case
from pipeline.answers.trained_run import proposals_for, read_trained_run
from pipeline.domain.places import Places
from pipeline.reports.files import write_answer
from pipeline.stages.run import run


def predict(places: Places) -> None:
    """Answer every proposal about this process."""
    trained = read_trained_run(places)
    places.answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(trained.process, places.proposals):
        write_answer(answer(read_case(path, trained), trained, whole=True), places.answers / path.stem)


if __name__ == "__main__":
    run(predict)
