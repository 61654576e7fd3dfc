"""Answer every proposal about the process, with scenarios and next runs: as data, as a page and part by part."""

from pathlib import Path

from pipeline.answers.answer import answer
from pipeline.answers.case.case import read_case
from pipeline.answers.trained_run import Places, proposals_for, read_trained_run
from pipeline.reports.files import write_answer
from pipeline.stages.run import run


def predict(
    config: Path,
    proposals: Path,
    history: Path,
    features: Path,
    model: Path,
    forecasts: Path,
    metrics: Path,
    acceptance: Path,
    explanations: Path,
    answers: Path,
) -> None:
    """Answer every proposal about this process."""
    trained = read_trained_run(Places(config, history, features, model, forecasts, metrics, acceptance, explanations))
    answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(trained.process, proposals):
        write_answer(answer(read_case(path, trained), trained, whole=True), answers / path.stem)


if __name__ == "__main__":
    run(predict)
