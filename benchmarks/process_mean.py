"""How often the process mean lies inside the interval that the belief of the next runs gives it.

    python benchmarks/process_mean.py [first seed] [plants] [--write]

The virtual plants, products, models and beliefs are those of `next_runs.py`: every product is known from the bench alone, and asked
for at its largest scale. The noise-free truth of the plant is compared with the belief about the process mean there, before any run
and after four runs of the product below that scale. The runs are chosen by the expected doubt about limits near the truth.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from next_runs import TARGETS, Case, by_risk, cases, drawn_limits, result
from report import Cell, Report, Table, command, publish
from scipy.special import ndtri

from pipeline.answers.next_runs.decision_risk import GoDecision
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process

RUNS = 4
LEVELS = (0.5, 0.8, 0.9)


@dataclass(frozen=True)
class Surprise:
    """Distance of the truth from the believed process mean at the proposal, in believed standard deviations, (attributes,)."""

    plant: int
    before: FloatArray
    after: FloatArray
    """After the runs."""


def surprise(plant: int, case: Case, rng: np.random.Generator) -> Surprise:
    """Return how far the truth lies from the belief before any run, and after the runs."""
    limits, _ = drawn_limits(case, rng)
    belief, made = case.joint, list[int]()
    for _ in range(RUNS):
        run = by_risk(case, GoDecision(belief, limits, 1), made, rng)
        made.append(run)
        seen = [(result(case, run, j, rng) - b.predicted[run]) / b.deviation for j, b in enumerate(case.beliefs)]
        belief = belief.after(run, np.array(seen))
    return Surprise(plant, _distances(case, case.joint), _distances(case, belief))


def _distances(case: Case, belief: JointBelief) -> FloatArray:
    """Return the distance of the truth from a belief at the proposal, in its standard deviations, (attributes,)."""
    off = np.array([(case.truth[0, j] - b.predicted[0]) / b.deviation for j, b in enumerate(case.beliefs)])
    return np.asarray((off - belief.shift[:, 0]) / np.sqrt(np.diagonal(belief.spread[0])))


def coverage(distances: FloatArray, plants: FloatArray) -> list[float]:
    """Return the coverage at each level with its standard error over plants, and the mean squared distance, 1 if calibrated."""
    cells = list[float]()
    for level in LEVELS:
        inside = np.abs(distances) <= ndtri((1 + level) / 2)
        shares = np.array([inside[plants == plant].mean() for plant in np.unique(plants)])
        cells += [
            float(inside.mean()),
            float(shares.std(ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else float("nan"),
        ]
    return [*cells, float((distances**2).mean())]


def tables(found: list[Surprise]) -> list[Table]:
    """Return the coverage of each attribute and of all together, before and after the runs."""
    inside = (cell for level in LEVELS for cell in (f"inside {level:.0%}", "standard error"))
    head = ("attribute", *inside, "squared error / variance")
    plants = np.array([one.plant for one in found])
    after = f"after {RUNS} runs"
    given = {"before any run": [one.before for one in found], after: [one.after for one in found]}
    return [
        Table(
            f"How often the process mean lies inside the interval of its belief, {when}",
            head,
            _lines(np.array(rows), plants),
        )
        for when, rows in given.items()
    ]


def _lines(distances: FloatArray, plants: FloatArray) -> list[Sequence[Cell]]:
    each: list[Sequence[Cell]] = [(name, *coverage(distances[:, j], plants)) for j, name in enumerate(TARGETS)]
    return [*each, ("all", *coverage(distances.ravel(), np.repeat(plants, len(TARGETS))))]


def main(given: argparse.Namespace) -> None:
    """Compare the belief of every product of the plants with the truth."""
    process = parse(Process, read_yaml(Path("conf/process/virtual_plant.yaml")), "virtual_plant")
    seeds = range(given.first, given.first + given.plants)
    if 7 in seeds:
        sys.exit("seed 7 is that of the default data: choose others")
    found = list[Surprise]()
    for seed in seeds:
        found += [surprise(seed, case, np.random.default_rng([seed, i])) for i, case in enumerate(cases(process, seed))]
        print(f"plant {seed} asked", file=sys.stderr, flush=True)
    publish(Report("process_mean", tables(found), list(seeds), {"products": len(found)}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("first", nargs="?", type=int, default=101, help="seed of the first plant")
    parser.add_argument("plants", nargs="?", type=int, default=8, help="number of plants")
    main(parser.parse_args())
