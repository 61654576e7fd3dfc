"""Stage `predict`: the answer to every proposal about the process, with scenarios and next runs, as data and as pages."""

from pipeline.answers.answer import answer
from pipeline.answers.case.case import read_case
from pipeline.answers.trained_run import proposals_for, read_trained_run
from pipeline.domain.places import Places
from pipeline.domain.whole_files import keep_only
from pipeline.reports.files import write_answer
from pipeline.stages.run import run


def predict(places: Places) -> None:
    """Answer every proposal about this process."""
    trained = read_trained_run(places)
    proposals = proposals_for(trained.process, places.proposals)
    for path in proposals:
        folder = places.answers / path.stem
        written = write_answer(answer(read_case(path, trained), trained, whole=True), folder)
        keep_only(folder, {file.name for file in written})
    keep_only(places.answers, {path.stem for path in proposals})


if __name__ == "__main__":
    run(predict)
