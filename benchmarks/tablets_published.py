"""Errors on product codes that were never seen: the three published folds of 941 tablets batches.

    python benchmarks/tablets_published.py [--jobs 2] [--save forecasts.parquet] [--write]

Four attributes are predicted with what is recorded during compression (horizon `in_process`). All models of a run are fitted as the
stage `train` does it: the baselines, the blend, and the choice of the model that answers inside the training rows of each fold.
The published errors are root mean square errors, averaged over the three folds.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from raw_files import feature_rows, history_of
from report import Report, Table, command, publish
from tablets_rows import ROOT, raw_tablets

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.forecasting.cross_validation import crossfit
from pipeline.forecasting.intervals import IntervalConfig, bounds, covered, residual
from pipeline.forecasting.model_choice import ANSWERING
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.ingest import ingest
from pipeline.models.registry import ModelConfig, ladder

FOLDS: tuple[tuple[int, ...], ...] = (
    (1, 2, 4, 6, 7, 9, 13, 18, 25),
    (10, 11, 17, 19, 22, 24),
    (3, 5, 8, 12, 14, 16, 20, 21, 23),
)
"""Codes that each fold hides (Žagar, Mihelič 2022). Code 15 is in none of them and is left out."""
TARGETS = ("dissolution_av", "tbl_av_hardness", "tbl_rsd_weight", "fct_tensile")
PUBLISHED = {
    "published: mean of the training rows": (3.53, 8.82, 0.573, 0.422),
    "published: best of lasso, tuned XGBoost and a deep network": (3.17, 4.74, 0.557, 0.270),
}
SEED = 1


def fold_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the three folds in the form of `pipeline.extrapolation.protocols`: protocol, fold, batch_id, role."""
    code = pl.col("product").cast(pl.Int64)
    known = rows.filter(code.is_in([code for fold in FOLDS for code in fold]))
    role = [pl.when(code.is_in(fold)).then(pl.lit("test")).otherwise(pl.lit("train")).alias("role") for fold in FOLDS]
    parts = [
        known.select(pl.lit("published").alias("protocol"), pl.lit(n, pl.Int32).alias("fold"), "batch_id", one)
        for n, one in enumerate(role)
    ]
    return pl.concat(parts)


def main(given: argparse.Namespace) -> None:
    """Forecast all hidden batches, and show the tables."""
    process: Process = parse(Process, read_yaml(ROOT / "conf/process/tablets.yaml"), "tablets")
    model: ModelConfig = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "scaleup")
    interval: IntervalConfig = parse(IntervalConfig, read_yaml(ROOT / "conf/interval/rehearsed.yaml"), "rehearsed")
    history = history_of(process, ingest(process, raw_tablets()))
    rows = feature_rows(process, history)
    tasks = {task.target: task for task in tasks_of(process, "in_process", rows)}
    asked = [tasks[name] for name in TARGETS]
    found = crossfit(rows, history.results, fold_table(rows), asked, ladder(model), interval, SEED, given.jobs).predictions
    if given.save:
        found.write_parquet(given.save)
    publish(published_report(found, {name: process.attributes[name].si.factor for name in TARGETS}), given)


def published_report(found: pl.DataFrame, factors: dict[str, float]) -> Report:
    """Return the tables of errors, in the published units, and of intervals.

    found: as `crossfit` returns it, SI. factors: attribute → SI per published unit.
    """
    models = found["model"].unique(maintain_order=True).to_list()
    order = sorted(models, key=lambda name: name == ANSWERING)
    lines: list[Sequence[str | float]] = [(name, *_errors(found, name, factors)) for name in order]
    tables = [
        Table(
            "Root mean square error on codes never seen, mean of the three folds",
            ("model", *TARGETS),
            [*lines, *((name, *errors) for name, errors in PUBLISHED.items())],
            digits=3,
            note=f"`{ANSWERING}` is the model that was chosen inside the training rows of each fold. {_chosen(found)}",
        ),
        Table(
            "90 % intervals of the model that answers: mean of the hidden batches",
            ("", *TARGETS),
            _intervals(found.filter(pl.col("model") == ANSWERING)),
            note="Width in standard deviations of the attribute over the hidden batches.",
        ),
    ]
    own = found.filter(pl.col("model") == ANSWERING)
    return Report(
        "tablets_published",
        tables,
        [SEED],
        {"hidden batches": own["batch_id"].n_unique(), "forecasts of each model": own.height},
    )


def _errors(found: pl.DataFrame, model: str, factors: dict[str, float]) -> list[float]:
    by_fold = (
        found.filter(pl.col("model") == model).group_by("cqa", "fold").agg((residual() ** 2).mean().sqrt().alias("rmse"))
    )
    means = dict(by_fold.group_by("cqa").agg(pl.col("rmse").mean()).iter_rows())
    return [means[name] / factors[name] for name in TARGETS]


def _chosen(found: pl.DataFrame) -> str:
    """Say which models were chosen."""
    own = found.filter(pl.col("model") == ANSWERING).unique(["cqa", "fold"]).sort("cqa", "fold")
    names = {cqa: ", ".join(part["answered_by"]) for (cqa,), part in own.group_by("cqa")}
    return "Chosen in folds 1 to 3: " + "; ".join(f"{name}: {names[name]}" for name in TARGETS) + "."


def _intervals(own: pl.DataFrame) -> list[tuple[str | float, ...]]:
    low, high = bounds(0.9)
    width = (pl.col(high) - pl.col(low)).filter("answered").mean() / pl.col("observed").std()
    measures = own.group_by("cqa").agg(covered(low, high).filter("answered").mean(), width.alias("width"))
    found = {cqa: numbers for cqa, *numbers in measures.iter_rows()}
    return [(what, *(found[name][i] for name in TARGETS)) for i, what in enumerate(("coverage", "width"))]


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="processes, each of them fits with one thread")
    parser.add_argument("--save", type=Path, help="write every forecast to this Parquet file")
    main(parser.parse_args())
