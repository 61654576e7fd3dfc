"""False alarms of open-source monitors on batches that they did not learn from, at nominal limits and at a limit for 5 %.

    python benchmarks/false_alarms.py [seed …] [--write]

Four histories: a simulated polymer reactor and a metal etcher (`dvc pull data/raw/sbr.dvc data/raw/metal_etch.dvc`), and a nylon
reactor and a dryer that the package process-improve holds. Normal batches are cut into five folds by seed. Each monitor learns from
four and judges the fifth. The limit for 5 % of false alarms in a fold is the conformal quantile of the largest values of the
batches of the other folds, each judged by a monitor that did not learn from it. A history that is not here is left out.
"""

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from alarms import largest, limit_at_false_alarms, share_with_alarm
from batch_courses import HISTORIES, BatchCourses
from monitoring_peers import COMPONENTS, MONITORS, Statistic, process_improve, pyphi
from report import Cell, Report, Table, command, publish

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.errors import ScalebridgeError

FOLDS = 5
WANTED = 0.05
SIZES = (1, 2, 3, 5, 8)
"""Numbers of components that are tried."""


@dataclass(frozen=True)
class Judged:
    """What one monitor says of one history that it learned from in part."""

    normal: FloatArray
    """Statistic of each normal batch, by the monitor of its fold: batches by bins."""
    faulty: FloatArray
    """Largest statistic of each batch with a fault, by the monitor of each fold: folds by batches."""
    folds: IntArray
    """Fold of each normal batch."""


def judged(history: BatchCourses, monitor: Statistic, seed: int) -> Judged:
    """Return the statistic of each normal batch from the other folds, and of the batches with a fault."""
    normal, faulty = history.values[history.normal], history.values[~history.normal]
    folds = np.random.default_rng(seed).permutation(len(normal)) % FOLDS
    found, others = np.full(normal.shape[:2], np.nan), np.full((FOLDS, len(faulty)), np.nan)
    for fold in range(FOLDS):
        own = folds == fold
        both = monitor(normal[~own], np.concatenate([normal[own], faulty]))
        found[own], others[fold] = both[: own.sum()], largest(both[own.sum() :])
    return Judged(found, others, folds)


def at_wanted(one: Judged) -> tuple[float, float]:
    """Return the share of normal batches with an alarm at the limit for 5 %, and that of batches with a fault; NaN without any."""
    limits = [limit_at_false_alarms(one.normal[one.folds != fold], WANTED) for fold in range(FOLDS)]
    false = [share_with_alarm(one.normal[one.folds == fold], limit) for fold, limit in enumerate(limits)]
    sizes = np.bincount(one.folds, minlength=FOLDS)
    found = one.faulty > np.array(limits)[:, None]
    return float(np.average(false, weights=sizes)), float(found.mean()) if found.size else math.nan


def main(given: argparse.Namespace) -> None:
    """Judge all histories by all monitors, and show the tables."""
    histories = dict(_histories())
    nominal: list[list[Cell]] = []
    wanted: list[list[Cell]] = []
    for name, monitor in MONITORS.items():
        found = {one: [judged(history, monitor, seed) for seed in given.seeds] for one, history in histories.items()}
        nominal.append([name, *(_mean(share_with_alarm(one.normal) for one in each) for each in found.values())])
        wanted.append([name, *(_mean(at_wanted(one)[0] for one in each) for each in found.values())])
        wanted[-1] += [_mean(at_wanted(one)[1] for one in found[name]) for name in _with_faults(histories)]
        print(f"{name}: done", flush=True)
    publish(_report(histories, nominal, wanted, _by_size(histories, given.seeds), given.seeds), given)


def _histories() -> Iterator[tuple[str, BatchCourses]]:
    for name, read in HISTORIES.items():
        try:
            yield name, read()
        except ScalebridgeError as error:
            print(f"{name} left out: {error}", flush=True)


def _with_faults(histories: Mapping[str, BatchCourses]) -> list[str]:
    return [name for name, history in histories.items() if not history.normal.all()]


def _by_size(histories: Mapping[str, BatchCourses], seeds: Sequence[int]) -> list[list[Cell]]:
    """Return nominal false alarms of the two packages by the number of components, of the first seed."""
    return [
        [f"{name}, {size} component{'s' if size > 1 else ''}"]
        + [share_with_alarm(judged(one, partial(monitor, components=size), seeds[0]).normal) for one in histories.values()]
        for name, monitor in (("process-improve", process_improve), ("pyphi-mvda", pyphi))
        for size in SIZES
    ]


def _report(
    histories: Mapping[str, BatchCourses],
    nominal: Sequence[Sequence[Cell]],
    wanted: Sequence[Sequence[Cell]],
    by_size: Sequence[Sequence[Cell]],
    seeds: Sequence[int],
) -> Report:
    names, faulty = list(histories), [f"{name}: found" for name in _with_faults(histories)]
    tables = (
        Table(
            "Share of normal batches with at least one alarm in the whole batch, at the nominal 99 % limits of each monitor.",
            ["monitor", *names],
            nominal,
            note=f"Multiway PCA with {COMPONENTS} components. *Newest SPE*: SPE of the records of the bin alone. The limits are "
            "made for one look; a batch is looked at in every bin.",
        ),
        Table(
            f"The same at a limit for {100 * WANTED:g} % of false alarms per batch, and the share of batches with a fault that is "
            "found.",
            ["monitor", *names, *faulty],
            wanted,
            note="The two faults of SBR are the batches with an odd particle size; those of the etcher are named in the source.",
        ),
        Table(
            "Share of normal batches with an alarm at nominal 99 % by the number of components, first seed.",
            ["monitor", *names],
            by_size,
        ),
    )
    counted = {f"normal batches of {name}": int(history.normal.sum()) for name, history in histories.items()}
    return Report("false_alarms", tables, seeds, counted)


def _mean(values: Iterator[float]) -> float:
    return float(np.mean(list(values)))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = command(__doc__ or "")
    parser.add_argument("seeds", nargs="*", type=int, default=[1, 2, 3], help="seeds of the folds")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
