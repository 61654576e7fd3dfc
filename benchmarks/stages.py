"""How long the stages of a process take, and which share of training is spent in LightGBM itself.

    python benchmarks/stages.py [process] [horizon]

Runs the stages on the raw data in a temporary folder, LightGBM trained in this process with one thread, and prints the seconds of
each stage, its share of the whole, and the peak memory. An absolute time says little on a shared machine: read the shares, and the
ratio of training to the time that LightGBM takes for the same fits.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lightgbm
import polars as pl
import yaml

from pipeline.config import compose, validate
from pipeline.domain.scale import scale_levels
from pipeline.extrapolation.protocols import fold_table
from pipeline.features.table import build
from pipeline.forecasting.cross_validation import crossfit, fit_final
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.assemble import assemble
from pipeline.history.ingest import ingest
from pipeline.models.registry import ladder

SPENT: dict[str, float] = {}


@contextmanager
def clock(name: str) -> Iterator[None]:
    """Add the seconds of a block to `SPENT`."""
    start = time.perf_counter()
    yield
    SPENT[name] = SPENT.get(name, 0.0) + time.perf_counter() - start


def watch_lightgbm() -> None:
    """Count the seconds inside `lightgbm.train`."""
    train = lightgbm.train

    def timed(*arguments: object, **named: object) -> object:
        with clock("of it LightGBM"):
            return train(*arguments, **named)  # type: ignore[arg-type]

    lightgbm.train = timed


def main(process_name: str, horizon: str) -> None:
    """Run the nouns of all stages that compute, and print where the time went."""
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        params = Path(folder) / "params.yaml"
        params.write_text(
            yaml.safe_dump(
                yaml.safe_load((root / "params.yaml").read_text()) | {"process": process_name, "horizon": horizon}
            )
        )
        chosen = validate(compose(root / "conf", params), "params.yaml")
    process, model, interval, split, seed = chosen.process, chosen.model, chosen.interval, chosen.split, chosen.seed
    watch_lightgbm()
    with clock("ingest"):
        typed = ingest(process, root / "data/raw" / process_name)
    with clock("validate"):
        rows = {name: source.rows for name, source in typed.items()}
        quarantine, ledger = (pl.concat([getattr(s, part) for s in typed.values()]) for part in ("quarantine", "ledger"))
        history = assemble(process, rows, quarantine, ledger)
    with clock("features"):
        table = build(process, history)  # type: ignore[arg-type]
        table = table.with_columns(scale_levels(table["scale"], process.scale.tolerance).alias("scale_level"))
    with clock("split"):
        folds, _ = fold_table(table, split)
    with clock("train"):
        tasks = tasks_of(process, horizon)  # type: ignore[arg-type]
        found = crossfit(table, history.results, folds, tasks, ladder(model), interval, seed)
        fit_final(table, history.results, tasks, {task.target: model for task in tasks}, interval, seed)
    report(found.predictions.height)


def report(forecasts: int) -> None:
    """Print the table."""
    whole = sum(seconds for name, seconds in SPENT.items() if name != "of it LightGBM")
    for name, seconds in SPENT.items():
        print(f"{name:16s} {seconds:8.2f} s  {seconds / whole:6.1%}")
    print(f"{'whole':16s} {whole:8.2f} s")
    print(f"training / LightGBM alone: {SPENT['train'] / SPENT['of it LightGBM']:.2f}")
    print(
        f"out-of-fold forecasts: {forecasts:,}; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    )


if __name__ == "__main__":
    main(*(sys.argv[1:] + ["tablets", "in_process"][len(sys.argv) - 1 :]))
