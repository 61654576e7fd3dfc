"""How fast scenario rows become features and predictions, against the plain model on rows that are already there.

    python benchmarks/scenarios.py [proposal] [rows]

Needs a trained model (`dvc repro`). Processor seconds of this process, so that a busy machine disturbs little; the last line is the
ratio that matters: draw + features + prediction + chance over prediction alone, both in this run.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pipeline.decisions.scenarios.draw import draw
from pipeline.decisions.scenarios.materials import lots_to_come
from pipeline.decisions.scenarios.setup import setup
from pipeline.decisions.scenarios.variation import variations
from pipeline.decisions.served_forecaster import of_served
from pipeline.domain.plain import load, parse, read_yaml
from pipeline.domain.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.proposals.files import Places, read_ready

Value = TypeVar("Value")
REPEATS = 3


def clocked(work: Callable[[], Value]) -> tuple[Value, float]:
    """The value, and the fewest processor seconds of some repeats."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        value = work()
        seconds.append(time.process_time() - start)
    return value, min(seconds)


def main(path: str = "data/proposals/mab_to_2000L.yaml", count: str = "100000") -> None:
    """Time the parts of one set of scenarios."""
    rows, data = int(count), Path("data")
    process = load(data / "config.yaml", "process", Process)
    ready = read_ready(process, Places.under(data))
    proposal = parse(Proposal, read_yaml(Path(path)), path)
    served = ready.trained.served
    made = setup(process, proposal, ready.history, of_served(served, process))
    varied, materials = variations(made), lots_to_come(made)
    drawn, draws = clocked(lambda: draw(made, varied, materials, rows, 1))
    features, feature_seconds = clocked(lambda: made.rows(drawn))
    _, predicting = clocked(lambda: made.forecaster.outcome(features).together)
    _, plain = clocked(lambda: [final.predict(features) for final in served.finals.values()])
    whole = draws + feature_seconds + predicting
    for name, seconds in (
        ("draw settings and lots", draws),
        ("features", feature_seconds),
        ("draw and features", draws + feature_seconds),
        (f"{len(served.finals)} values and chances", predicting),
        ("all together", whole),
        ("plain model prediction", plain),
    ):
        print(f"{name:26s} {seconds:7.3f} s {rows / seconds:14,.0f} rows/s")
    print(f"{rows:,} rows; all together / plain model prediction = {whole / plain:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
