"""Growth of training with the number of batches: seconds, memory, and the error of the solution for many rows.

    python benchmarks/growth.py [--rows 1000 2000 4000 8000 20000] [--whole 20000] [--write]

The history is that of `growth_history.py`. Training is what the stage `train` does, with the default model, split and intervals:
all folds of all protocols, the final models, and saving them. Each size runs in a process of its own, with two worker processes.
`--rows` trains one attribute of six, `--whole` all six. The seconds of the processor are those of all processes together, because
other work on the machine makes the time of the clock longer. What is measured is kept per commit in `--folder`.

The error is that of the hierarchical model and of the additive table, whose solution is exact up to 2,000 rows. At 4,000 rows the
exact solution is computed too.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from growth_history import ATTRIBUTES, growth_history
from report import ROOT, Report, Table, command, publish

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.config_files import parse, read_yaml
from pipeline.extrapolation.protocols import Split, fold_table
from pipeline.forecasting.cross_validation import crossfit, fit_final
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import trained_model
from pipeline.models import row_subset
from pipeline.models.hierarchical import reduced
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical
from pipeline.models.registry import ModelConfig, Task, ladder

JOBS = 2
COMPARED = 4_000
"""Number of training rows at which the exact solution is computed as well."""
MANY = 20_000
SEED = 1
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


class Cost(NamedTuple):
    """What one training took."""

    rows: int
    attributes: int
    seconds: float
    processor: float
    """Seconds of the processor, all processes together."""
    memory: float
    """Most memory of all processes together [MB], at most."""
    saved: float
    """Size of the saved models [MB]."""


def train(rows: int, attributes: int) -> Cost:
    """Do what the stage `train` does, in this process and in `JOBS` workers, and return what it took."""
    from joblib.externals.loky import get_reusable_executor

    history = growth_history(rows, SEED)
    tasks = history.tasks[:attributes]
    model = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "model")
    split = parse(Split, read_yaml(ROOT / "conf/split/brief.yaml"), "split")
    interval = parse(IntervalConfig, read_yaml(ROOT / "conf/interval/rehearsed.yaml"), "interval")
    start = time.perf_counter()
    folds, _ = fold_table(history.rows, split)
    given = (history.rows, history.results, folds, tasks, ladder(model), interval, SEED, JOBS)
    crossfit(*given, _progress)
    finals = fit_final(*given)
    with tempfile.TemporaryDirectory() as folder:
        models, choices = {name: one.model for name, one in finals.items()}, {n: one.choice for n, one in finals.items()}
        trained_model(models, history.rows, interval.levels, choices).save(Path(folder))
        saved = sum(file.stat().st_size for file in Path(folder).iterdir())
    seconds = time.perf_counter() - start
    get_reusable_executor().shutdown(wait=True)
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime
    return Cost(rows, attributes, seconds, processor, (own.ru_maxrss + JOBS * workers.ru_maxrss) / 1e3, saved / 1e6)


def _progress(done: int, of: int) -> None:
    print(f"\r  {done} of {of} folds fitted", end="\n" if done == of else "", file=sys.stderr, flush=True)


def measured(rows: int, attributes: int, folder: Path) -> Cost:
    """Return the cost of one training in a process of its own, or what was measured before in the folder."""
    place = folder / f"{rows}x{attributes}.json"
    if place.exists():
        return Cost(*json.loads(place.read_text(encoding="utf-8")))
    words = [sys.executable, "-P", __file__, "--train", str(rows), str(attributes)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}", "POLARS_MAX_THREADS": "1"}
    found = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    folder.mkdir(parents=True, exist_ok=True)
    place.write_text(found.stdout.splitlines()[-1], encoding="utf-8")
    return measured(rows, attributes, folder)


@dataclass(frozen=True)
class Solution:
    """What a model says after one way to solve it."""

    predicted: FloatArray
    spread: FloatArray
    blocks_out: FloatArray
    seconds: float
    """Seconds of the processor for fit, predictions, spreads and the residuals of hidden blocks."""


@contextmanager
def _solved_by(way: str, rows: int) -> Iterator[None]:
    """Solve by columns, on the subset, or exactly, while the block runs."""
    before = row_subset.MOST_ROWS, reduced.MOST_SHARED
    if way == "exact":
        row_subset.MOST_ROWS = rows
    if way == "subset":
        reduced.MOST_SHARED = 0
    try:
        yield
    finally:
        row_subset.MOST_ROWS, reduced.MOST_SHARED = before


@dataclass(frozen=True)
class Comparison:
    """Training rows, and rows to predict with their truth."""

    train: pl.DataFrame
    test: pl.DataFrame
    truth: FloatArray
    task: Task

    @classmethod
    def of(cls, rows: int) -> "Comparison":
        """Hide a fifth of the batches of a history, at random."""
        history = growth_history(rows * 5 // 4, SEED)
        table, order = history.observed(ATTRIBUTES[0]), np.random.default_rng(SEED).permutation(rows * 5 // 4)
        known, hidden = np.sort(order[:rows]), np.sort(order[rows:])
        return cls(table[known], table[hidden], history.truth[ATTRIBUTES[0]][hidden], history.tasks[0])

    @property
    def blocks(self) -> IntArray:
        """The campaign of each training row: a product at a scale."""
        return self.train.select(pl.struct("product", "scale_level").rank("dense")).to_series().to_numpy().astype(np.int64)

    def solved(self, config: Hierarchical | AdditiveTable, way: str) -> Solution:
        """Fit a model in one way and ask it."""
        y = self.train["observed"].to_numpy()
        with _solved_by(way, self.train.height):
            start = time.process_time()
            fitted: FittedHierarchical = fit_hierarchical(config, self.train, y, self.task)
            predicted, spread = fitted.predict(self.test), fitted.spread(self.test)
            left = fitted.blocks_out(self.train, y, self.blocks)
            return Solution(predicted, spread, left, time.process_time() - start)

    def lines(self, ways: Sequence[str]) -> list[tuple[str | int | float | None, ...]]:
        """Return a line per model and way: against the exact solution where it is one of the ways, and against the truth."""
        unit, found = float(self.train["observed"].to_numpy().std()), []
        for config in (Hierarchical(), AdditiveTable()):
            solved = {way: self.solved(config, way) for way in ways}
            exact = solved.get("exact")
            for way, one in solved.items():
                against: tuple[str | float | None, ...] = (None, None, None, None)
                if exact is not None:
                    ratio = one.spread / exact.spread
                    against = (
                        _scientific(_rms(one.predicted - exact.predicted) / unit),
                        _scientific(float(np.abs(one.predicted - exact.predicted).max()) / unit),
                        f"{ratio.min():.4f} to {ratio.max():.4f}",
                        _scientific(_rms(one.blocks_out - exact.blocks_out) / unit),
                    )
                truth = f"{_rms(one.predicted - self.truth) / unit:.3f}"
                found.append((f"{config.kind}, {NAMES[way]}", self.train.height, *against, truth, f"{one.seconds:.1f}"))
        return found


NAMES = {"exact": "exact", "columns": "all rows by columns", "subset": "2,000 rows"}


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _scientific(value: float) -> str:
    return "0" if value == 0 else f"{value:.0e}" if value < 1e-3 else f"{value:.3f}"


def main(given: argparse.Namespace) -> None:
    """Measure all sizes, compare the solutions, and show the tables."""
    sizes = [*((rows, 1) for rows in given.rows), *((rows, len(ATTRIBUTES)) for rows in given.whole)]
    costs = [measured(*size, given.folder / given.source.commit.replace(" ", "_")) for size in sizes]
    first = costs[0]
    grown = [
        (
            f"{one.rows:,} × {one.attributes}",
            one.processor / one.attributes / one.rows / (first.processor / first.attributes / first.rows),
            f"{one.processor:.0f}",
            f"{one.seconds:.0f}",
            f"{one.memory:.0f}",
            f"{one.saved:.0f}",
        )
        for one in costs
    ]
    head = (
        "batches × attributes",
        "processor time per batch, ratio",
        "processor [s]",
        "clock [s]",
        "memory [MB]",
        "saved [MB]",
    )
    growth = Table(
        f"Training of the default model on the default split, {JOBS} processes",
        head,
        grown,
        note="Ratio: processor time per batch and attribute, against that of the first line. Memory: the parent and as many times "
        "the largest worker as there are workers, so at most this. Clock: other work ran on the machine.",
    )
    errors = Table(
        "Solutions of the Gaussian models for many rows",
        (
            "model, solution", "rows", "prediction, RMS", "prediction, largest", "spread, ratio", "hidden block, RMS", "truth, RMS",
            "processor [s]",
        ),
        [*Comparison.of(COMPARED).lines(("exact", "columns", "subset")), *Comparison.of(MANY).lines(("columns", "subset"))],
        note="Differences from the exact solution, in standard deviations of the results: of predictions of hidden batches, of "
        "their spreads as a ratio, and of residuals with the campaign of the batch left out. Truth: error against the noise-free "
        "results. One thread.",
    )  # fmt: skip
    publish(Report("growth", [growth, errors], [SEED], {"batches at most": max(one.rows for one in costs)}), given)


if __name__ == "__main__":
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    parser = command(__doc__)
    parser.add_argument(
        "--rows", type=int, nargs="*", default=[1000, 2000, 4000, 8000, 20000], help="sizes with one attribute"
    )
    parser.add_argument("--whole", type=int, nargs="*", default=[20000], help="sizes with all attributes")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "growth", help="what is measured already"
    )
    parser.add_argument("--train", type=int, nargs=2, metavar=("ROWS", "ATTRIBUTES"), help="train once and print the cost")
    arguments = parser.parse_args()
    if arguments.train:
        print(json.dumps(train(*arguments.train)))
    else:
        main(arguments)
