"""Answer every proposal about the process: prediction, reasons, scenarios, next runs, transfer map; as data and as a page."""

import json
from pathlib import Path

from pipeline.decisions.basis import read_basis
from pipeline.decisions.config import DecisionConfig
from pipeline.decisions.decide import decide_file
from pipeline.decisions.files import beside, simulate_file
from pipeline.decisions.simulation import Choices
from pipeline.domain.cost import Cost
from pipeline.domain.plain import load
from pipeline.domain.process import Process
from pipeline.domain.transfer import Transfer
from pipeline.proposals.files import proposals_for
from pipeline.report.page import page
from pipeline.stages.run import run, write_text


def predict(
    config: Path,
    proposals: Path,
    history: Path,
    features: Path,
    model: Path,
    forecasts: Path,
    metrics: Path,
    explanations: Path,
    answers: Path,
) -> None:
    """Answer every proposal about this process."""
    process, limits = load(config, "process", Process), load(config, "decision", DecisionConfig)
    choices = Choices(load(config, "transfer", Transfer), load(config, "cost", Cost), load(config, "seed", int))
    basis = read_basis(config, process, limits, history, features, model, forecasts, metrics, explanations)
    answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(process, proposals):
        played = simulate_file(path, basis.ready, choices)
        result = decide_file(path, basis) | dict(played.result)
        write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", answers / path.stem / "result.json")
        write_text(page(result, played.pictures), answers / path.stem / "report.html")
        for name, content in beside(played).items():
            (answers / path.stem / name).write_bytes(content)


if __name__ == "__main__":
    run(predict)
