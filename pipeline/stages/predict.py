"""Answer every proposal about the process: prediction, reasons, scenarios and record, as data, as a page and part by part."""

from pathlib import Path

from pipeline.answers.answer_files import answer_whole
from pipeline.answers.limits import DecisionConfig
from pipeline.answers.trained_run import Choices, Places, proposals_for, read_basis
from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.site_knowledge import SiteKnowledge
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
    places = Places(config, history, features, model, forecasts, metrics, acceptance, explanations)
    process, limits = load(config, "process", Process), load(config, "decision", DecisionConfig)
    transfer, cost, seed = load(config, "transfer", SiteKnowledge), load(config, "cost", RunCost), load(config, "seed", int)
    choices = Choices(transfer, cost, seed, limits.next_runs)
    basis = read_basis(places, process, limits, choices)
    answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(process, proposals):
        write_answer(dict(answer_whole(path, basis).result), answers / path.stem)


if __name__ == "__main__":
    run(predict)
