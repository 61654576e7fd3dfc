"""Coverage and width of intervals, and chances against outcomes, for every kind of question, on plants and on the tablets.

    python benchmarks/calibration.py forecast FOLDER [--seeds 501 … 510] [--jobs 2] [--plants plants] [--tablets]
    python benchmarks/calibration.py [--write] report BEFORE AFTER

`forecast` hides batches in four ways: later batches at two dates, whole products, the largest scale of each lineage, and all scales
above 500 L. It saves the forecast of each hidden batch by `conf/model/scaleup.yaml` in a folder. `report` compares the forecasts of
two folders, which may come from two commits: `PYTHONPATH` decides which code `forecast` uses. Both get the same batches and folds.
A hidden batch asks a kind of question, which the code of AFTER names for both.
"""

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from plants import nobody_at_scale, plant
from protocols import Fold, Protocol, fold_of
from report import ROOT, Cell, Report, Table, command, compares, publish
from scoring import Question, questions
from tablets_rows import Batches, tablets
from threadpoolctl import threadpool_limits

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.domain.specification_limits import Ends, limits_of
from pipeline.extrapolation.kinds import KINDS, TrainingExtent, kinds_of
from pipeline.extrapolation.protocols import LargestScaleOut, LeaveProductOut, assign
from pipeline.extrapolation.protocols import Protocol as Configured
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast, fit_calibrated
from pipeline.forecasting.intervals import IntervalConfig, bounds, covered
from pipeline.models.registry import ModelConfig
from pipeline.simulators.virtual_plant.config import PlantConfig

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
SEEDS = tuple(range(501, 511))
TABLETS = "tablets"
KEY = ("history", "protocol", "fold", "cqa", "batch_id")
BINS = (0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
"""Edges of the chances in the table of reliability."""
RESAMPLES = 400


def later_batches(rows: pl.DataFrame) -> list[Fold]:
    """Predict the batches of the next quarter of history from its first half, and those of the last quarter from the rest."""
    starts = rows["started_at"].sort()
    first, second = starts[rows.height // 2], starts[3 * rows.height // 4]
    at = pl.col("started_at")
    return [
        fold_of(rows, "second half", at <= first, (at > first) & (at <= second)),
        fold_of(rows, "last quarter", at <= second, at > second),
    ]


def _assigned(rows: pl.DataFrame, protocol: Configured) -> list[Fold]:
    folds = assign(rows, protocol)
    named = [(str(fold), part) for (fold,), part in folds.group_by("fold", maintain_order=True)]
    return [
        Fold(name, *(tuple(part.filter(pl.col("role") == role)["batch_id"]) for role in ("train", "test")))
        for name, part in named
    ]


def products_out(rows: pl.DataFrame) -> list[Fold]:
    """Predict all batches of a third of the products."""
    return _assigned(rows, LeaveProductOut("leave_product_out", 3))


def largest_scale_out(rows: pl.DataFrame) -> list[Fold]:
    """Predict the largest scale of a third of the lineages."""
    return _assigned(rows, LargestScaleOut("largest_scale_out", 3))


OF_TABLETS = (
    Protocol("later", "later", "later batches", "time", later_batches),
    Protocol("products", "products", "whole products", "product", products_out),
    Protocol("largest", "largest", "largest scale of a lineage", "scale", largest_scale_out),
)
OF_PLANTS = (*OF_TABLETS, Protocol("nobody", "nobody", "all scales above 500 L", "scale", nobody_at_scale))


def forecast(given: argparse.Namespace) -> None:
    """Save the forecasts of all plants, and of the tablets."""
    given.folder.mkdir(parents=True, exist_ok=True)
    for seed in given.seeds:
        made = plant(PlantConfig(seed=seed, historian_minutes=480), given.plants)
        _save(given, str(seed), made.batches, "virtual_plant", OF_PLANTS)
    if given.tablets:
        _save(given, TABLETS, tablets("plan"), TABLETS, OF_TABLETS)


def _save(given: argparse.Namespace, name: str, batches: Batches, process: str, protocols: Iterable[Protocol]) -> None:
    file = given.folder / f"{name}.parquet"
    if file.exists():
        return
    ends = limits_of(parse(Process, read_yaml(ROOT / f"conf/process/{process}.yaml"), process), tuple(batches.tasks))
    asked = questions(batches, protocols, tuple(batches.tasks))
    found = Parallel(n_jobs=given.jobs)(delayed(forecasts_of)(one, ends.get(one.task.target)) for one in asked)
    pl.concat(found).with_columns(pl.lit(name).alias("history")).write_parquet(file)
    print(f"{name}: {len(asked)} fits", flush=True)


def forecasts_of(question: Question, ends: Ends | None) -> pl.DataFrame:
    """Return the hidden batches of a fold with their intervals and the chances to be beyond a limit."""
    task, train, test = question.task, question.train, question.test
    model: ModelConfig = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "scaleup")
    with threadpool_limits(1):
        kinds = kinds_of(test, TrainingExtent.of(train, task.scale_tolerance, task.refuse))
        final = fit_calibrated(train, task, model, IntervalConfig(levels=LEVELS), 1, kinds)
        found = final.forecast(test)
    intervals = zip(LEVELS, final.intervals(found, LEVELS), strict=True)
    below, above = (None, None) if ends is None else _beyond(final, found, ends)
    lower, upper = (None, None) if ends is None else ends
    key = {"protocol": question.protocol, "fold": question.fold, "cqa": task.target, "lower": lower, "upper": upper}
    return test.select(
        *(pl.lit(value, None if isinstance(value, str | int) else pl.Float64).alias(name) for name, value in key.items()),
        *("batch_id", "product", "observed", "censoring"),
        found.kinds.alias("kind"),
        pl.Series("shown", [final.calibrations[kind].reenacted_kind for kind in found.kinds]),
        pl.Series("predicted", found.predicted),
        final.reasons(test).is_null().alias("answered"),
        *(pl.Series(name, end) for level, both in intervals for name, end in zip(bounds(level), both, strict=True)),
        pl.Series("below", below, pl.Float64) if below is not None else pl.lit(None, pl.Float64).alias("below"),
        pl.Series("above", above, pl.Float64) if above is not None else pl.lit(None, pl.Float64).alias("above"),
    )


def _beyond(final: CalibratedModel, found: Forecast, ends: Ends) -> tuple[np.ndarray, np.ndarray]:
    """Return the chances below and above the limits. Code older than 2026-11-27 asks the calibration itself."""
    if hasattr(final, "beyond"):
        return final.beyond(found, ends)
    sides = np.zeros((2, len(found.predicted)))
    for kind in found.kinds.unique():
        own = (found.kinds == kind).to_numpy()
        sides[:, own] = final.calibrations[kind].beyond(found.predicted[own], *ends, found.spread[own])
    return sides[0], sides[1]


def report(given: argparse.Namespace) -> None:
    """Show the tables of two sets of forecasts."""
    before, after = (
        pl.concat([pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))])
        for folder in (given.before, given.after)
    )
    named = before.drop("kind").join(after.select(*KEY, "kind"), on=KEY, how="inner", maintain_order="left")
    both = {"before": named, "after": after.join(before.select(KEY), on=KEY, how="semi", maintain_order="left")}
    plants = {when: rows.filter(pl.col("history") != TABLETS) for when, rows in both.items()}
    real = {when: rows.filter(pl.col("history") == TABLETS) for when, rows in both.items()}
    tables = [
        _coverage_table("Ten simulated plants: 90 % intervals by kind of question", plants),
        _levels_table("Ten simulated plants, after: coverage at each level", plants["after"]),
        _coverage_table("Tablets: 90 % intervals by kind of question", real),
        _reliability("Chance to meet the specification, and share of batches that met it: simulated plants", plants),
        _impossible(plants),
    ]
    seeds = sorted(int(name) for name in after["history"].unique() if name != TABLETS)
    publish(
        Report("calibration", tables, seeds, {"forecasts": after.height, "histories": after["history"].n_unique()}), given
    )


def _known(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the answered rows with the width in standard deviations of the attribute in its history."""
    deviation = pl.col("observed").std().over("history", "cqa")
    low, high = bounds(0.9)
    return rows.filter("answered").with_columns(
        ((pl.col(high) - pl.col(low)) / deviation).alias("width"), covered(low, high).alias("in_90")
    )


def _coverage_table(caption: str, both: dict[str, pl.DataFrame]) -> Table:
    known = {when: _known(rows) for when, rows in both.items()}
    lines: list[Sequence[Cell]] = []
    for kind in (*KINDS, "all"):
        parts = [rows if kind == "all" else rows.filter(pl.col("kind") == kind) for rows in known.values()]
        if parts[1].height:
            before, after = parts
            widths = [float(part["width"].mean()) for part in parts]  # type: ignore[arg-type]
            lines.append(
                (
                    kind,
                    after.height,
                    *_with_error(before, "in_90"),
                    *_with_error(after, "in_90"),
                    *widths,
                    widths[1] / widths[0],
                )
            )
    head = (
        "kind of question",
        "results",
        "covered before",
        "±",
        "covered after",
        "±",
        "width before",
        "width after",
        "ratio",
    )
    note = "±: standard error, from products drawn with replacement. Width in standard deviations of the attribute in its history."
    return Table(caption, head, lines, note=note)


def _levels_table(caption: str, rows: pl.DataFrame) -> Table:
    known = _known(rows)
    lines = []
    for kind in (*KINDS, "all"):
        part = known if kind == "all" else known.filter(pl.col("kind") == kind)
        if part.height:
            shares = [part.select(covered(*bounds(level)).mean()).item() for level in LEVELS]
            substituted = part.select((pl.col("shown") != pl.col("kind")).mean()).item()
            lines.append((kind, part.height, *shares, substituted))
    head = ("kind of question", "results", *(f"{100 * level:g} %" for level in LEVELS), "share with a substituted kind")
    return Table(caption, head, lines)


def _with_error(rows: pl.DataFrame, column: str) -> tuple[float, float]:
    """Return the mean of a column, and its standard error over products of histories (bootstrap)."""
    sums = rows.group_by("history", "product", maintain_order=True).agg(
        pl.col(column).sum().cast(pl.Float64).alias("hits"), pl.len().alias("n")
    )
    draws = np.random.default_rng(1).integers(sums.height, size=(RESAMPLES, sums.height))
    hits, counts = (sums[name].to_numpy()[draws].sum(axis=1) for name in ("hits", "n"))
    return float(rows[column].cast(pl.Float64).mean()), float((hits / counts).std())  # type: ignore[arg-type]


def _reliability(caption: str, both: dict[str, pl.DataFrame]) -> Table:
    """Return how often batches met their specification, by the chance that was stated."""
    lines = []
    judged = {when: _judged(rows) for when, rows in both.items()}
    for low, high in pairwise(BINS):
        cells: list[float | int | None] = []
        for rows in judged.values():
            last = high == BINS[-1]
            part = rows.filter(pl.col("chance").is_between(low, high, closed="both" if last else "left"))
            cells += [part.height, part["chance"].mean(), part["met"].cast(pl.Float64).mean()]  # type: ignore[list-item]
        lines.append((f"{100 * low:g} to {100 * high:g} %", *cells))
    head = ("chance", *(f"{what} {when}" for when in both for what in ("results", "mean chance", "share met")))
    return Table(caption, head, lines, digits=3)


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    limited = rows.filter("answered", pl.col("below").is_not_null())
    far = limited.with_columns(pl.col("lower").fill_null(-np.inf), pl.col("upper").fill_null(np.inf))
    return far.with_columns(
        (1 - pl.col("below") - pl.col("above")).clip(0, 1).alias("chance"), covered("lower", "upper").alias("met")
    )


def _impossible(both: dict[str, pl.DataFrame]) -> Table:
    """Return how many results contradict a chance of exactly 0 or 1."""
    lines = []
    for when, rows in both.items():
        judged = _judged(rows)
        sure, never = judged.filter(pl.col("chance") >= 1), judged.filter(pl.col("chance") <= 0)
        lines.append(
            (when, judged.height, sure.height, sure.filter(~pl.col("met")).height, never.height, never.filter("met").height)
        )
    head = ("", "results", "chance 1", "of these not met", "chance 0", "of these met")
    return Table("Chances of exactly 0 or 1, and results that contradict them: simulated plants", head, lines)


def main() -> None:
    """Read the arguments and do what they ask."""
    parser = command(__doc__)
    parts = parser.add_subparsers(required=True)
    ask = parts.add_parser("forecast")
    ask.add_argument("folder", type=Path)
    ask.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--plants", type=Path, default=Path(tempfile.gettempdir()) / "plants")
    ask.add_argument("--tablets", action="store_true")
    ask.set_defaults(do=forecast)
    compares(parts, report)
    given = parser.parse_args()
    given.do(given)


if __name__ == "__main__":
    main()
