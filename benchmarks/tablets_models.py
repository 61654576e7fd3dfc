"""Errors of all predictors, and the intervals of some, on 13 ways of hiding tablets batches, in one run on the same folds.

    python benchmarks/tablets_models.py [--jobs 2] [--models ExtraTrees "LightGBM small"] [--save answers.parquet]

Prints the error relative to the training mean (five CQAs averaged; mean and worst of the protocols, then each protocol) and
relative to the informed carry-over (geometric mean of four CQAs), then the tables of `tablets_intervals.py` from the same answers.
Everything is fitted and chosen inside the training rows.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import tablets_intervals
from competitors import INFORMED, MEAN, competitors
from conformal import split_conformal
from others import NOT_EXPRESSED
from ours import OURS, scalebridge
from protocols import PROTOCOLS
from scoring import Question, against, ask, duration, errors, geometric, questions, relative, with_blend
from show import paragraph, table
from tablets_rows import CQAS, tablets
from widths import ask_intervals

INFORMED_BY = ("lineage", "api_code")
"""Groupings of the informed carry-over: strength and API source."""
COMPARED = ("dissolution_av", "residual_solvent", "impurities_total", "impurity_l")
AGAINST_INFORMED = (
    *("forward_70_30", "leave_strength", "mass_217", "largest_past"),
    *("leave_code", "largest_40", "largest_5", "leave_source"),
)


def main() -> None:
    """Ask everyone, and print the tables."""
    chosen = _arguments()
    everyone = competitors(INFORMED_BY)
    models = {name: one for name, one in everyone.items() if name in (MEAN, INFORMED) or name in (chosen.models or everyone)}
    batches = tablets()
    asked = questions(batches, PROTOCOLS, tuple(batches.tasks))
    ours, taken = ask_intervals(OURS, scalebridge(), asked, chosen.seed, chosen.jobs)
    print(f"{OURS}: {len(asked)} fits in {duration(taken)}", flush=True)
    answers, seconds = [], {OURS: taken}
    for name, one in models.items():
        part, seconds[name] = ask(name, one, asked, chosen.seed, chosen.jobs)
        answers.append(part)
        print(f"{name}: {len(asked)} fits in {duration(seconds[name])}", flush=True)
    found = with_blend(pl.concat([*answers, ours.select(answers[0].columns)]))
    intervals = pl.concat([ours.filter(pl.col("cqa").is_in(CQAS)), *_conformal(asked, chosen)], how="diagonal")
    if chosen.save:
        pl.concat([found, intervals], how="diagonal").write_parquet(chosen.save)
    print(report(found, seconds, chosen.jobs))
    print("\n" + tablets_intervals.report(intervals, tablets_intervals.deviations(batches), chosen.jobs, seconds))


def _conformal(asked: list[Question], chosen: argparse.Namespace) -> Iterator[pl.DataFrame]:
    """Intervals of the others, for the five CQAs that are compared."""
    five = [question for question in asked if question.task.target in CQAS]
    for name, one in split_conformal().items():
        part, seconds = ask_intervals(name, one, five, chosen.seed, chosen.jobs)
        print(f"split conformal {name}: {len(five)} fits in {duration(seconds)}", flush=True)
        yield part


def report(answers: pl.DataFrame, seconds: dict[str, float], jobs: int) -> str:
    """Set the tables."""
    five, four = (answers.filter(pl.col("cqa").is_in(cqas)) for cqas in (CQAS, COMPARED))
    models = answers["model"].unique(maintain_order=True).to_list()
    ratios = _by_protocol(relative(five), models)
    informed = _by_protocol(geometric(four, INFORMED), models)
    names = {protocol.name: protocol for protocol in PROTOCOLS}
    short = [protocol.short for protocol in PROTOCOLS]
    summary = {m: _summary(row, seconds.get(m)) for m, row in ratios.items()}
    sizes = answers.filter((pl.col("model") == models[0]) & (pl.col("cqa") == CQAS[0]))["protocol"].value_counts()
    count = dict(sizes.iter_rows())
    wanted = AGAINST_INFORMED
    return "\n\n".join(
        [
            _legend(count),
            table(
                "Table 1. RMSE / RMSE of the training mean, five CQAs averaged: over the 13 protocols",
                ["mean", "worst", "in", "time"],
                summary,
                3,
            ),
            table("Table 2. The same in each protocol", short, {m: list(row.values()) for m, row in ratios.items()}),
            table(
                "Table 3. RMSE / RMSE of the informed carry-over, geometric mean of dissolution_av, solvent, total, L",
                [names[name].short for name in wanted],
                {m: [row[name] for name in wanted] for m, row in informed.items()},
                3,
            ),
            *(
                table(
                    f"Table 4. RMSE / RMSE of the training mean of {model}, each CQA",
                    short,
                    _by_cqa(answers.filter(pl.col("model").is_in([model, MEAN])), model),
                )
                for model in (INFORMED, OURS)
                if model in models
            ),
            _closing(answers, seconds, jobs),
        ]
    )


def _by_protocol(ratios: pl.DataFrame, models: list[str]) -> dict[str, dict[str, float]]:
    found = {(model, protocol): ratio for protocol, model, ratio in ratios.select("protocol", "model", "ratio").iter_rows()}
    return {model: {p.name: found[model, p.name] for p in PROTOCOLS} for model in models}


def _by_cqa(answers: pl.DataFrame, model: str) -> dict[str, list[float]]:
    ratios = against(errors(answers), MEAN).filter(pl.col("model") == model)
    found = {(cqa, protocol): ratio for protocol, cqa, ratio in ratios.select("protocol", "cqa", "ratio").iter_rows()}
    return {cqa: [found[cqa, p.name] for p in PROTOCOLS] for cqa in answers["cqa"].unique(maintain_order=True)}


def _summary(row: dict[str, float], seconds: float | None) -> list[float | str | None]:
    worst = max(row, key=lambda name: row[name])
    short = next(protocol.short for protocol in PROTOCOLS if protocol.name == worst)
    return [sum(row.values()) / len(row), row[worst], short, None if seconds is None else f"{seconds:.0f} s"]


def _legend(count: dict[str, int]) -> str:
    lines = [f"  {p.short:7s}{p.title:28s}{p.shift:40s}{count[p.name]:5d} test batches" for p in PROTOCOLS]
    return "\n".join(["Protocols", *lines])


def _closing(answers: pl.DataFrame, seconds: dict[str, float], jobs: int) -> str:
    fits = answers.select(pl.struct("protocol", "fold", "cqa").n_unique()).item()
    cores = f"{jobs} process{'es' if jobs > 1 else ''} on {os.cpu_count()} cores"
    nested = f"; the whole nested evaluation of {OURS} took {duration(seconds[OURS])}" if OURS in seconds else ""
    told = (f"{fits} questions (13 protocols, 6 CQAs) put to each, {cores}{nested}.", *NOT_EXPRESSED)
    return "\n".join(paragraph(text) for text in told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Errors of all predictors on the tablets.")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each fitting with one thread")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", nargs="+", help="only these, beside the two baselines")
    parser.add_argument("--save", type=Path, help="write every answer to this Parquet file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
