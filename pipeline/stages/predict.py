"""Answers to the proposals of this process."""

import json
from pathlib import Path

from pipeline.domain.plain import load
from pipeline.domain.process import Process
from pipeline.proposals.files import answer_file, proposals_for, read_ready
from pipeline.stages.run import run, write_text


def predict(
    config: Path, proposals: Path, history: Path, features: Path, model: Path, forecasts: Path, answers: Path
) -> None:
    """Answer every proposal about this process."""
    ready = read_ready(load(config, "process", Process), history, features, model, forecasts)
    answers.mkdir(parents=True, exist_ok=True)
    for path in proposals_for(ready.process, proposals):
        result = answer_file(path, ready)
        write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", answers / path.stem / "result.json")


if __name__ == "__main__":
    run(predict)
