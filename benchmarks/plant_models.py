"""Errors of all predictors against the noise-free truth of simulated plants, four questions, in one run on the same folds.

    python benchmarks/plant_models.py [--jobs 2] [--seeds 311 312 313] [--folder plants] [--models ExtraTrees] [--write]

The error is relative to that of the product's carry-over mean on the same batches: mean over six CQAs, median over plants.
Coverage counts the measured results, with noise and faults. The plants are made once and kept in the folder.
"""

import argparse
import tempfile
from pathlib import Path

import polars as pl
from competitors import BLEND, CARRY_OVER, DEFAULT, competitors
from conformal import split_conformal
from others import NOT_EXPRESSED
from ours import OURS, scalebridge
from plants import QUESTIONS, Plant, plant
from report import Report, Table, command, publish
from scoring import ask, duration, questions, with_blend
from tablets_intervals import deviations
from widths import ask_intervals, coverage_and_width

from pipeline.simulators.virtual_plant.config import PlantConfig

INFORMED_BY = ("product", "site")
"""Groupings of the informed carry-over."""
CONFORMAL = "LightGBM small, by product"
SHORT = tuple(question.short for question in QUESTIONS)


def main() -> None:
    """Put all questions about every plant to every model, and show the tables."""
    chosen = _arguments()
    made = {seed: plant(_config(seed, chosen), chosen.folder) for seed in chosen.seeds}
    points, intervals, seconds = [], [], dict[str, float]()
    for seed, one in made.items():
        more, widths, spent = _asked(one, chosen)
        points.append(more.with_columns(pl.lit(seed).alias("plant")))
        intervals.append(widths.with_columns(pl.lit(seed).alias("plant")))
        seconds = {name: seconds.get(name, 0.0) + value for name, value in spent.items()}
        print(f"plant {seed}: {duration(sum(spent.values()))}", flush=True)
    found = pl.concat(points)
    if chosen.save:
        found.write_parquet(chosen.save)
    publish(plants_report(found, pl.concat(intervals), seconds, chosen.seeds), chosen)


def _asked(one: Plant, chosen: argparse.Namespace) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, float]]:
    """Put all questions about a plant to every model: predictions beside the truth, widths, seconds."""
    asked = questions(one.batches, QUESTIONS, tuple(one.batches.tasks))
    everyone = competitors(INFORMED_BY)
    models = {m: c for m, c in everyone.items() if m == CARRY_OVER or m in (chosen.models or everyone)}
    answers, seconds = [], {}
    for name, competitor in models.items():
        part, seconds[name] = ask(name, competitor, asked, chosen.seed, chosen.jobs)
        answers.append(part)
    ours, seconds[OURS] = ask_intervals(OURS, scalebridge(), asked, chosen.seed, chosen.jobs)
    others, _ = ask_intervals(CONFORMAL, split_conformal()[CONFORMAL], asked, chosen.seed, chosen.jobs)
    points = with_blend(pl.concat([*answers, ours.select(answers[0].columns)]))
    keep = ["protocol", "model", "cqa", "observed", "censoring", "lower_90", "upper_90", "answered"]
    widths = pl.concat([coverage_and_width(rows.select(keep), deviations(one.batches), 0.9) for rows in (ours, others)])
    return points.join(one.truth, on=["batch_id", "cqa"], how="inner", maintain_order="left"), widths, seconds


def against_truth(answers: pl.DataFrame) -> pl.DataFrame:
    """Return the error against the truth relative to the carry-over: protocol, plant, cqa, model, ratio."""
    key = ["protocol", "plant", "cqa"]
    errors = answers.group_by(*key, "model", maintain_order=True).agg(
        ((pl.col("predicted") - pl.col("truth")) ** 2).mean().sqrt().alias("rmse"), pl.len().alias("n")
    )
    own = errors.filter(pl.col("model") == CARRY_OVER).select(*key, pl.col("rmse").alias("_own"))
    joined = errors.join(own, on=key, how="left", maintain_order="left")
    return joined.with_columns((pl.col("rmse") / pl.col("_own")).alias("ratio"))


def plants_report(answers: pl.DataFrame, widths: pl.DataFrame, seconds: dict[str, float], seeds: list[int]) -> Report:
    """Return the tables of errors and intervals."""
    ratios = against_truth(answers)
    plants = ratios.group_by("protocol", "plant", "model", maintain_order=True).agg(pl.col("ratio").mean())
    models = ratios["model"].unique(maintain_order=True).to_list()
    medians = {m: _over_plants(plants.filter(pl.col("model") == m), pl.col("ratio").median()) for m in models}
    by_cqa = ratios.filter(pl.col("model") == OURS)
    cqas = by_cqa["cqa"].unique(maintain_order=True).to_list()
    counted = answers.filter((pl.col("model") == CARRY_OVER) & (pl.col("cqa") == cqas[0]))
    tables = [
        _questions(counted),
        Table(
            "Error against the truth relative to the carry-over, average of six CQAs: median of the plants",
            ("model", *SHORT, f"time / {DEFAULT}"),
            [(m, *medians[m], _relative_time(seconds, m)) for m in models],
            note=" ".join(NOT_EXPRESSED),
        ),
        Table(
            "The same: lowest and highest of the plants",
            ("model", *SHORT),
            [(m, *_range(plants.filter(pl.col("model") == m))) for m in models],
        ),
        _against_best(medians),
        Table(
            f"The same of {OURS}: each attribute, median of the plants",
            ("attribute", *SHORT),
            [(cqa, *_over_plants(by_cqa.filter(pl.col("cqa") == cqa), pl.col("ratio").median())) for cqa in cqas],
        ),
        Table(
            "90 % intervals of measured results: coverage, width in standard deviations, share answered; mean of the plants",
            ("method", *SHORT),
            [
                (f"{model}: {what}", *_over_plants(widths.filter(pl.col("model") == model), pl.col(what).mean()))
                for model in (OURS, CONFORMAL)
                for what in ("coverage", "width", "answered")
            ],
            note=f"{CONFORMAL} is split-conformal.",
        ),
    ]
    fits = answers.select(pl.struct("plant", "protocol", "fold", "cqa").n_unique()).item()
    return Report("plant_models", tables, seeds, {"test batches": counted.height, "fits of each model": fits})


def _questions(counted: pl.DataFrame) -> Table:
    sizes = dict(counted["protocol"].value_counts().iter_rows())
    return Table(
        "Questions: which batches are predicted",
        ("column below", "predicted batches", "what is new about them", "test batches"),
        [(q.short, q.title, q.shift, sizes[q.name]) for q in QUESTIONS],
    )


def _against_best(medians: dict[str, list[float]]) -> Table:
    """Compare with the best other model of each question, means of models left out."""
    singles = {model: row for model, row in medians.items() if model not in (BLEND, OURS)}
    best = [min((row[i], model) for model, row in singles.items())[1] for i in range(len(QUESTIONS))]
    return Table(
        f"{OURS} against the best other model of each question",
        ("question", "best other model", f"{OURS} / best other"),
        [
            (q.title, name, medians[OURS][i] / medians[name][i])
            for i, (q, name) in enumerate(zip(QUESTIONS, best, strict=True))
        ],
        note="The best other model is known only afterwards. It differs from question to question.",
    )


def _relative_time(seconds: dict[str, float], model: str) -> float | None:
    return seconds[model] / seconds[DEFAULT] if model in seconds and DEFAULT in seconds else None


def _over_plants(rows: pl.DataFrame, value: pl.Expr) -> list[float]:
    found = dict(rows.group_by("protocol", maintain_order=True).agg(value.alias("value")).iter_rows())
    return [found[question.name] for question in QUESTIONS]


def _range(rows: pl.DataFrame) -> list[str]:
    low, high = (_over_plants(rows, end) for end in (pl.col("ratio").min(), pl.col("ratio").max()))
    return [f"{a:.2f} to {b:.2f}" for a, b in zip(low, high, strict=True)]


def _config(seed: int, chosen: argparse.Namespace) -> PlantConfig:
    return PlantConfig(seed=seed, products=chosen.products, batches=chosen.batches, historian_minutes=1440)


def _arguments() -> argparse.Namespace:
    parser = command(__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="processes, each of them fits with one thread")
    parser.add_argument("--seeds", type=int, nargs="+", default=[311, 312, 313], help="one plant each")
    parser.add_argument("--products", type=int, default=12)
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "scalebridge_plants")
    parser.add_argument("--seed", type=int, default=1, help="seed of the learners")
    parser.add_argument("--models", nargs="+", help="only these, beside the carry-over")
    parser.add_argument("--save", type=Path, help="write every answer to this Parquet file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
