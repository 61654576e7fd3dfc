"""Answer every proposal about the process: the prediction, its reasons and its record, as data, as a page and part by part."""

from pathlib import Path

from pipeline.decisions.basis import read_basis
from pipeline.decisions.config import DecisionConfig
from pipeline.decisions.decide import decide_file
from pipeline.domain.plain import load
from pipeline.domain.process import Process
from pipeline.domain.transfer import Transfer
from pipeline.proposals.files import Places, proposals_for
from pipeline.report.files import write_answer
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
    places = Places(config, history, features, model, forecasts, metrics, acceptance, explanations)
    process, limits = load(config, "process", Process), load(config, "decision", DecisionConfig)
    basis = read_basis(places, process, limits, load(config, "transfer", Transfer))
    answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(process, proposals):
        write_answer(decide_file(path, basis), answers / path.stem)


if __name__ == "__main__":
    run(predict)
