"""Errors of all predictors, and intervals of some, on 13 ways of hiding tablets batches, in one run on the same folds.

    python benchmarks/tablets_models.py [--jobs 2] [--models ExtraTrees "LightGBM small"] [--save answers.parquet] [--write]

Shows the error relative to the training mean, averaged over five CQAs (mean and worst of the protocols, then each protocol), and
relative to the informed carry-over (geometric mean of four CQAs). The tables of `tablets_intervals.py` follow, from the same
answers. Everything is fitted and chosen inside the training rows.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import tablets_intervals
from competitors import DEFAULT, INFORMED, MEAN, competitors
from conformal import split_conformal
from others import NOT_EXPRESSED
from ours import OURS, scalebridge
from protocols import PROTOCOLS
from report import Report, Table, command, publish
from scoring import Question, against, ask, duration, errors, geometric, questions, relative, with_blend
from tablets_rows import CQAS, tablets
from widths import ask_intervals

INFORMED_BY = ("lineage", "api_code")
"""Groupings of the informed carry-over: strength and API source."""
COMPARED = ("dissolution_av", "residual_solvent", "impurities_total", "impurity_l")
FIVE = "five CQAs"
AGAINST_INFORMED = (
    *("forward_70_30", "leave_strength", "mass_217", "largest_past"),
    *("leave_code", "largest_40", "largest_5", "leave_source"),
)


def main() -> None:
    """Put all questions to every model, and show the tables."""
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
    publish(errors_report(found, seconds, chosen.seed), chosen)
    publish(tablets_intervals.intervals_report(intervals, tablets_intervals.deviations(batches), chosen.seed), chosen)


def _conformal(asked: list[Question], chosen: argparse.Namespace) -> Iterator[pl.DataFrame]:
    """Yield the split-conformal intervals of the five compared CQAs."""
    five = [question for question in asked if question.task.target in CQAS]
    for name, one in split_conformal().items():
        part, seconds = ask_intervals(name, one, five, chosen.seed, chosen.jobs)
        print(f"split conformal {name}: {len(five)} fits in {duration(seconds)}", flush=True)
        yield part


def errors_report(answers: pl.DataFrame, seconds: dict[str, float], seed: int) -> Report:
    """Return the tables of errors."""
    five, four = (answers.filter(pl.col("cqa").is_in(cqas)) for cqas in (CQAS, COMPARED))
    models = answers["model"].unique(maintain_order=True).to_list()
    ratios = _by_protocol(relative(five), models)
    informed = _by_protocol(geometric(four, INFORMED), models)
    names = {protocol.name: protocol for protocol in PROTOCOLS}
    tables = [
        _protocols(answers.filter((pl.col("model") == models[0]) & (pl.col("cqa") == CQAS[0]))),
        Table(
            f"Error relative to the training mean, average of {FIVE}: mean and worst of the 13 protocols",
            ("model", "mean", "worst", "worst in", f"time / {DEFAULT}"),
            [(m, *_summary(row, _relative_time(seconds, m))) for m, row in ratios.items()],
            digits=3,
            note=" ".join(NOT_EXPRESSED),
        ),
        _table(f"Error relative to the training mean, average of {FIVE}: each protocol", ratios),
        Table(
            f"Error relative to the informed carry-over, geometric mean of {', '.join(COMPARED)}",
            ("model", *(names[name].short for name in AGAINST_INFORMED)),
            [(m, *(row[name] for name in AGAINST_INFORMED)) for m, row in informed.items()],
            digits=3,
        ),
        *(
            _table(f"Error relative to the training mean, each attribute: {model}", _by_cqa(answers, model))
            for model in (INFORMED, OURS)
            if model in models
        ),
    ]
    asked = answers.filter(pl.col("model") == models[0])
    fits = asked.select(pl.struct("protocol", "fold", "cqa").n_unique()).item()
    counted = {"batches": asked["batch_id"].n_unique(), "test results": asked.height, "fits of each model": fits}
    return Report("tablets_models", tables, [seed], counted)


def _table(caption: str, rows: dict[str, dict[str, float]]) -> Table:
    head = ("", *(protocol.short for protocol in PROTOCOLS))
    return Table(caption, head, [(name, *(row[p.name] for p in PROTOCOLS)) for name, row in rows.items()])


def _protocols(one: pl.DataFrame) -> Table:
    """Return what each protocol hides, with its number of test batches of the first CQA."""
    count = dict(one["protocol"].value_counts().iter_rows())
    return Table(
        "Protocols: which batches are predicted",
        ("column below", "predicted batches", "what is new about them", "test batches"),
        [(p.short, p.title, p.shift, count[p.name]) for p in PROTOCOLS],
    )


def _by_protocol(ratios: pl.DataFrame, models: list[str]) -> dict[str, dict[str, float]]:
    found = {(model, protocol): ratio for protocol, model, ratio in ratios.select("protocol", "model", "ratio").iter_rows()}
    return {model: {p.name: found[model, p.name] for p in PROTOCOLS} for model in models}


def _by_cqa(answers: pl.DataFrame, model: str) -> dict[str, dict[str, float]]:
    ratios = against(errors(answers.filter(pl.col("model").is_in([model, MEAN]))), MEAN).filter(pl.col("model") == model)
    found = {(cqa, protocol): ratio for protocol, cqa, ratio in ratios.select("protocol", "cqa", "ratio").iter_rows()}
    return {cqa: {p.name: found[cqa, p.name] for p in PROTOCOLS} for cqa in answers["cqa"].unique(maintain_order=True)}


def _relative_time(seconds: dict[str, float], model: str) -> str | None:
    return f"{seconds[model] / seconds[DEFAULT]:.2f}" if model in seconds and DEFAULT in seconds else None


def _summary(row: dict[str, float], time: str | None) -> tuple[float | str | None, ...]:
    worst = max(row, key=lambda name: row[name])
    short = next(protocol.short for protocol in PROTOCOLS if protocol.name == worst)
    return sum(row.values()) / len(row), row[worst], short, time


def _arguments() -> argparse.Namespace:
    parser = command(__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="processes, each of them fits with one thread")
    parser.add_argument("--seed", type=int, default=1, help="seed of the learners")
    parser.add_argument("--models", nargs="+", help="only these, beside the two baselines")
    parser.add_argument("--save", type=Path, help="write every answer to this Parquet file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
