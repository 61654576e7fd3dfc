"""Time from scenario rows to features, predictions and chances, relative to LightGBM on the trees of the same models.

    python benchmarks/scenarios.py [proposal] [rows] [--write]

A trained model is needed (`dvc repro`). Seconds are processor time of all threads, which other work on the machine changes little.
The ratio compares everything, for all attributes, with the time that LightGBM alone takes in the same run to evaluate the trees on
features that exist already.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command sets it: targets are computed beside each other already

from lightgbm import Booster
from report import Report, Table, command, publish

from pipeline.answers.case.case import read_case
from pipeline.answers.scenarios.lots import lots_to_come
from pipeline.answers.scenarios.sampling import draw
from pipeline.answers.scenarios.setup import scenario_setup
from pipeline.answers.scenarios.variation import variations
from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.places import Places
from pipeline.forecasting.batch_forecaster import BatchForecaster
from pipeline.models.base import FittedModel
from pipeline.models.trees.lightgbm import FittedLightGBM

Value = TypeVar("Value")
REPEATS = 3


def clocked(work: Callable[[], Value]) -> tuple[Value, float]:
    """Return the value, and the smallest processor time of some repeats [s]."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        value = work()
        seconds.append(time.process_time() - start)
    return value, min(seconds)


def trees(model: FittedModel) -> Iterator[FittedLightGBM]:
    """Return all LightGBM models inside a model."""
    for part in getattr(model, "members", (getattr(model, "trees", model),)):
        if isinstance(part, FittedLightGBM):
            yield part
        elif part is not model:
            yield from trees(part)


def main(given: argparse.Namespace) -> None:
    """Time the parts of one set of scenarios."""
    rows, run = given.rows, read_trained_run(Places.under(Path("data")))
    case, finals = read_case(Path(given.proposal), run), run.model.finals
    forecaster = BatchForecaster(run.model, run.process)
    made = scenario_setup(run.process, case.proposal, case.proposed, run.history, forecaster, run.decision.scenarios)
    varied, materials = variations(made), lots_to_come(made)
    drawn, draws = clocked(lambda: draw(made, varied, materials, rows, 1))
    features, building = clocked(lambda: made.rows(drawn))
    _, predicting = clocked(lambda: forecaster.outcome(features).together)
    _, whole = clocked(lambda: forecaster.outcome(made.rows(draw(made, varied, materials, rows, 1))).together)
    inside = [part for final in finals.values() for part in trees(final.model)]
    matrices = [part.matrix(features) for part in inside]
    boosters = [Booster(model_str=part.text) for part in inside]
    _, ours = clocked(lambda: [part.predict(features) for part in inside])
    _, theirs = clocked(lambda: [b.predict(m, num_threads=1) for b, m in zip(boosters, matrices, strict=True)])
    parts = {
        "draw settings and lots": draws,
        "compute features": building,
        f"predict {len(finals)} attributes with chances": predicting,
        "all of the above": whole,
        "trees alone, with encoding": ours,
        "trees alone, by LightGBM": theirs,
    }
    table = Table(
        "Time from scenario rows to predictions and chances, relative to LightGBM on the trees alone",
        ("part", "ratio to LightGBM", "processor seconds", "rows per processor second"),
        [(name, seconds / theirs, seconds, round(rows / seconds)) for name, seconds in parts.items()],
    )
    publish(Report("scenarios", [table], [1], {"scenario rows": rows}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("proposal", nargs="?", default="data/proposals/mab_to_2000L.yaml")
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    main(parser.parse_args())
