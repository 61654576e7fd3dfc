"""How fast scenario rows become features, predictions and chances, against LightGBM on the trees of the same models.

    python benchmarks/scenarios.py [proposal] [rows]

Needs a trained model (`dvc repro`). Processor seconds of all threads, which a busy machine disturbs little, and the rows per second
that passed. The last line is the ratio that matters: everything, for all attributes, over what LightGBM alone takes to evaluate the
trees on features that are there already, both in this run.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command sets it: targets are computed beside each other already

from lightgbm import Booster

from pipeline.answers.scenarios.lots import lots_to_come
from pipeline.answers.scenarios.sampling import draw
from pipeline.answers.scenarios.setup import setup
from pipeline.answers.scenarios.variation import variations
from pipeline.answers.trained_run import Places, read_ready
from pipeline.domain.config_files import load, parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.forecasting.batch_forecaster import batch_forecaster
from pipeline.models.base import FittedModel
from pipeline.models.trees.lightgbm import FittedLightGBM

Value = TypeVar("Value")
REPEATS = 3


def clocked(work: Callable[[], Value]) -> tuple[Value, tuple[float, float]]:
    """The value, and the fewest processor seconds and seconds that passed of some repeats."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time(), time.perf_counter()
        value = work()
        seconds.append((time.process_time() - start[0], time.perf_counter() - start[1]))
    processor, passed = zip(*seconds, strict=True)
    return value, (min(processor), min(passed))


def trees(model: FittedModel) -> Iterator[FittedLightGBM]:
    """All trees inside a model."""
    for part in getattr(model, "members", (getattr(model, "trees", model),)):
        if isinstance(part, FittedLightGBM):
            yield part
        elif part is not model:
            yield from trees(part)


def main(path: str = "data/proposals/mab_to_2000L.yaml", count: str = "100000") -> None:
    """Time the parts of one set of scenarios."""
    rows, data = int(count), Path("data")
    process = load(data / "config.yaml", "process", Process)
    ready = read_ready(process, Places.under(data))
    proposal = parse(Proposal, read_yaml(Path(path)), path)
    served = ready.trained.served
    made = setup(process, proposal, ready.history, batch_forecaster(served, process))
    varied, materials = variations(made), lots_to_come(made)
    drawn, draws = clocked(lambda: draw(made, varied, materials, rows, 1))
    features, building = clocked(lambda: made.rows(drawn))
    _, predicting = clocked(lambda: made.forecaster.outcome(features).together)
    _, whole = clocked(lambda: made.forecaster.outcome(made.rows(draw(made, varied, materials, rows, 1))).together)
    inside = [part for final in served.finals.values() for part in trees(final.model)]
    matrices = [part.matrix(features) for part in inside]
    boosters = [Booster(model_str=part.text) for part in inside]
    _, ours = clocked(lambda: [part.predict(features) for part in inside])
    _, theirs = clocked(lambda: [b.predict(m, num_threads=1) for b, m in zip(boosters, matrices, strict=True)])
    for name, (processor, passed) in {
        "draw settings and lots": draws,
        "features": building,
        f"{len(served.finals)} values and chances": predicting,
        "all together": whole,
        "trees alone, encoding included": ours,
        "trees alone, by LightGBM": theirs,
    }.items():
        print(f"{name:32s} {processor:7.3f} s of processor {rows / passed:14,.0f} rows/s")
    print(f"{rows:,} rows; all together / LightGBM on the trees alone = {whole[0] / theirs[0]:.2f} (processor seconds)")


if __name__ == "__main__":
    main(*sys.argv[1:])
