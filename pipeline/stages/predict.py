"""Answer every proposal about the process: prediction, reasons, scenarios and record, as data, as a page and part by part."""

from pathlib import Path

from pipeline.decisions.basis import read_basis
from pipeline.decisions.choices import Choices
from pipeline.decisions.config import DecisionConfig
from pipeline.decisions.files import answer_whole
from pipeline.domain.cost import Cost
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
    choices = Choices(load(config, "transfer", Transfer), load(config, "cost", Cost), load(config, "seed", int))
    basis = read_basis(places, process, limits, choices)
    answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(process, proposals):
        found = answer_whole(path, basis)
        write_answer(dict(found.result), answers / path.stem, found.pictures)


if __name__ == "__main__":
    run(predict)
