"""Errors of all predictors against the noise-free truth of simulated plants, four questions, in one run on the same folds.

    python benchmarks/plant_models.py [--jobs 2] [--seeds 311 312 313] [--folder plants] [--models ExtraTrees]

The error is relative to that of the carry-over mean of the product on the same batches: mean over six CQAs, median over plants.
Coverage is that of the results as measured, noise and faults included. The plants are made once and kept in the folder.
"""

import argparse
import os
import tempfile
from pathlib import Path

import polars as pl
from competitors import BLEND, CARRY_OVER, competitors
from conformal import split_conformal
from others import NOT_EXPRESSED
from ours import OURS, scalebridge
from plants import QUESTIONS, Plant, plant
from scoring import ask, duration, questions, with_blend
from show import paragraph, table
from tablets_intervals import deviations
from widths import ask_intervals, coverage_and_width

from pipeline.simulators.virtual_plant.config import PlantConfig

INFORMED_BY = ("product", "site")
"""Groupings of the informed carry-over."""
CONFORMAL = "LightGBM small, by product"


def main() -> None:
    """Ask everyone about every plant, and print the tables."""
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
    print(report(found, pl.concat(intervals), seconds, chosen.jobs))


def _asked(one: Plant, chosen: argparse.Namespace) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, float]]:
    """Put all questions about a plant to everyone: points beside the truth, widths, seconds."""
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
    """Error against the truth relative to the carry-over: protocol, plant, cqa, model, ratio."""
    key = ["protocol", "plant", "cqa"]
    errors = answers.group_by(*key, "model", maintain_order=True).agg(
        ((pl.col("predicted") - pl.col("truth")) ** 2).mean().sqrt().alias("rmse"), pl.len().alias("n")
    )
    own = errors.filter(pl.col("model") == CARRY_OVER).select(*key, pl.col("rmse").alias("_own"))
    joined = errors.join(own, on=key, how="left", maintain_order="left")
    return joined.with_columns((pl.col("rmse") / pl.col("_own")).alias("ratio"))


def report(answers: pl.DataFrame, widths: pl.DataFrame, seconds: dict[str, float], jobs: int) -> str:
    """Set the tables."""
    ratios = against_truth(answers)
    plants = ratios.group_by("protocol", "plant", "model", maintain_order=True).agg(pl.col("ratio").mean())
    models = ratios["model"].unique(maintain_order=True).to_list()
    short = [question.short for question in QUESTIONS]
    medians = {m: _over_plants(plants.filter(pl.col("model") == m), pl.col("ratio").median()) for m in models}
    ends = {m: _range(plants.filter(pl.col("model") == m)) for m in models}
    singles = {m: row for m, row in medians.items() if m not in (BLEND, OURS)}
    best = [min((row[i], model) for model, row in singles.items())[1] for i in range(len(QUESTIONS))]
    against = [medians[OURS][i] / medians[m][i] for i, m in enumerate(best)]
    by_cqa = ratios.filter(pl.col("model") == OURS)
    cqas = by_cqa["cqa"].unique(maintain_order=True).to_list()
    count = answers.filter((pl.col("model") == CARRY_OVER) & (pl.col("cqa") == cqas[0]))
    return "\n\n".join(
        [
            _legend(count),
            table(
                "Table 1. RMSE against the truth / RMSE of the carry-over, six CQAs averaged; median, range of plants",
                [name for short_name in short for name in (short_name, "range")],
                {m: [cell for i in range(len(QUESTIONS)) for cell in (medians[m][i], ends[m][i])] for m in models},
            ),
            "\n".join(
                f"{question.title:36s}best single: {name:21s}{OURS} / best: {ratio:.2f}"
                for question, name, ratio in zip(QUESTIONS, best, against, strict=True)
            ),
            table(
                f"Table 2. The same of {OURS}, each CQA",
                short,
                {cqa: _over_plants(by_cqa.filter(pl.col("cqa") == cqa), pl.col("ratio").median()) for cqa in cqas},
            ),
            table(
                "Table 3. 90 % interval: coverage of measurements, width [SD]; conformal = " + CONFORMAL,
                short,
                {
                    f"{label} {what}": _over_plants(widths.filter(pl.col("model") == model), pl.col(what).mean())
                    for model, label in ((OURS, OURS), (CONFORMAL, "conformal"))
                    for what in ("coverage", "width", "answered")
                },
            ),
            _closing(answers, seconds, jobs),
        ]
    )


def _over_plants(rows: pl.DataFrame, value: pl.Expr) -> list[float]:
    found = dict(rows.group_by("protocol", maintain_order=True).agg(value.alias("value")).iter_rows())
    return [found[question.name] for question in QUESTIONS]


def _range(rows: pl.DataFrame) -> list[str]:
    low, high = (_over_plants(rows, end) for end in (pl.col("ratio").min(), pl.col("ratio").max()))
    return [f"{a:.1f}–{b:.1f}" for a, b in zip(low, high, strict=True)]


def _legend(count: pl.DataFrame) -> str:
    sizes = dict(count["protocol"].value_counts().iter_rows())
    lines = [f"  {q.short:8s}{q.title:36s}{q.shift:28s}{sizes[q.name]:5d} test batches" for q in QUESTIONS]
    return "\n".join([f"Questions, over {count['plant'].n_unique()} plants", *lines])


def _closing(answers: pl.DataFrame, seconds: dict[str, float], jobs: int) -> str:
    fits = answers.select(pl.struct("plant", "protocol", "fold", "cqa").n_unique()).item()
    cores = f"{jobs} process{'es' if jobs > 1 else ''} on {os.cpu_count()} cores"
    told = (f"{fits} fits of each, {cores}; {OURS} took {duration(seconds[OURS])}, with its intervals.", *NOT_EXPRESSED)
    return "\n".join(paragraph(text) for text in told)


def _config(seed: int, chosen: argparse.Namespace) -> PlantConfig:
    return PlantConfig(seed=seed, products=chosen.products, batches=chosen.batches, historian_minutes=1440)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Errors of all predictors against the truth of simulated plants.")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each fitting with one thread")
    parser.add_argument("--seeds", type=int, nargs="+", default=[311, 312, 313], help="one plant each")
    parser.add_argument("--products", type=int, default=12)
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "scalebridge_plants")
    parser.add_argument("--seed", type=int, default=1, help="of the learners")
    parser.add_argument("--models", nargs="+", help="only these, beside the carry-over")
    parser.add_argument("--save", type=Path, help="write every answer to this Parquet file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
