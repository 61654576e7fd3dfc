"""Time of each stage of a process, and the share of training that LightGBM itself takes.

    python benchmarks/stages.py [process] [horizon] [--write]

Runs the computation of the stages on the raw data. LightGBM trains in this process with one thread. Shown are the share of each
stage in the whole processor time, its seconds, and the peak memory. Seconds vary on a shared machine, so compare the shares, and
the ratio of training to the time that LightGBM takes for the same fits.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: threads that wait count as processor time

import lightgbm
import yaml
from raw_files import feature_rows, history_of
from report import Report, Table, command, publish

from pipeline.config import compose, validate
from pipeline.extrapolation.availability import with_result_dates
from pipeline.extrapolation.protocols import fold_table
from pipeline.forecasting.cross_validation import crossfit, fit_final
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.ingest import ingest
from pipeline.models.registry import ladder

SPENT: dict[str, float] = {}


@contextmanager
def clock(name: str) -> Iterator[None]:
    """Add the processor time of a block to `SPENT` [s]."""
    start = time.process_time()
    yield
    SPENT[name] = SPENT.get(name, 0.0) + time.process_time() - start


def watch_lightgbm() -> None:
    """Count the seconds inside `lightgbm.train`."""
    train = lightgbm.train

    def timed(*arguments: object, **named: object) -> object:
        with clock("of it LightGBM"):
            return train(*arguments, **named)

    lightgbm.train = timed


def main(given: argparse.Namespace) -> None:
    """Run what the stages compute, and show the time of each."""
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        params = Path(folder) / "params.yaml"
        params.write_text(
            yaml.safe_dump(
                yaml.safe_load((root / "params.yaml").read_text()) | {"process": given.process, "horizon": given.horizon}
            )
        )
        chosen = validate(compose(root / "conf", params), "params.yaml")
    process, model, interval, split, seed = chosen.process, chosen.model, chosen.interval, chosen.split, chosen.seed
    watch_lightgbm()
    with clock("ingest"):
        typed = ingest(process, root / "data/raw" / given.process)
    with clock("validate"):
        history = history_of(process, typed)
    with clock("features"):
        table = feature_rows(process, history)
    with clock("split"):
        folds, _ = fold_table(with_result_dates(table, history.results, process.targets), split)
    with clock("train"):
        tasks = tasks_of(process, given.horizon, table)
        forecasts = crossfit(table, history.results, folds, tasks, ladder(model), interval, seed)
        fit_final(table, history.results, folds, tasks, ladder(model), interval, seed)
    name = "stages" if given.process == "tablets" else f"stages_{given.process}"
    counted = {"batches": table.height, "forecasts of hidden batches": forecasts.predictions.height}
    publish(Report(name, [shares(given)], [seed], counted), given)


def shares(given: argparse.Namespace) -> Table:
    """Return the share and the seconds of each stage."""
    inside = "of it LightGBM"
    whole = sum(seconds for name, seconds in SPENT.items() if name != inside)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Table(
        f"Time of the stages: {given.process}, horizon {given.horizon}",
        ("stage", "share", "processor seconds"),
        [(name, f"{100 * seconds / whole:.1f} %", seconds) for name, seconds in {**SPENT, "all stages": whole}.items()],
        note=f"Training / LightGBM alone: {SPENT['train'] / SPENT[inside]:.2f}. Peak memory: {peak:,.0f} MiB.",
    )


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("process", nargs="?", default="tablets")
    parser.add_argument("horizon", nargs="?", default="in_process", choices=("plan", "in_process", "release"))
    main(parser.parse_args())
