"""Coverage and width of 90 % intervals on 13 ways of hiding tablets batches, in one run on the same folds.

    python benchmarks/tablets_intervals.py [--jobs 2] [--save answers.parquet]

Pooled over five CQAs; widths in standard deviations of the CQA over all batches. Split-conformal LightGBM, in four variants, is
shown as it comes and at the coverage that Scalebridge reaches.
"""

import argparse
import os
from pathlib import Path

import polars as pl
from conformal import split_conformal
from ours import OURS, scalebridge
from protocols import PROTOCOLS
from scoring import duration, questions
from show import paragraph, table
from tablets_rows import CQAS, Batches, tablets
from widths import ask_intervals, coverage_and_width, widths_at_equal_coverage


def main() -> None:
    """Ask everyone, and print the tables."""
    chosen = _arguments()
    batches = tablets()
    asked = questions(batches, PROTOCOLS, CQAS)
    answers, seconds = [], {}
    for name, one in ({OURS: scalebridge()} | split_conformal()).items():
        part, seconds[name] = ask_intervals(name, one, asked, chosen.seed, chosen.jobs)
        answers.append(part)
        print(f"{name}: {len(asked)} fits in {duration(seconds[name])}", flush=True)
    found = pl.concat(answers, how="diagonal")
    if chosen.save:
        found.write_parquet(chosen.save)
    print(report(found, deviations(batches), chosen.jobs, seconds))


def deviations(batches: Batches) -> dict[str, float]:
    """Standard deviation of each CQA over all batches, SI."""
    return {cqa: float(batches.observed(cqa)["observed"].std()) for cqa in batches.tasks}  # type: ignore[arg-type]


def report(answers: pl.DataFrame, spread: dict[str, float], jobs: int, seconds: dict[str, float]) -> str:
    """Set the tables."""
    models = answers["model"].unique(maintain_order=True).to_list()
    short = [protocol.short for protocol in PROTOCOLS]
    ninety = coverage_and_width(answers, spread, 0.9)
    ours = answers.filter(pl.col("model") == OURS)
    own = {level: coverage_and_width(ours, spread, level) for level in (0.8, 0.9, 0.95)}
    equal = {m: widths_at_equal_coverage(ours, answers.filter(pl.col("model") == m), spread) for m in models if m != OURS}
    return "\n\n".join(
        [
            table("Table 1. Coverage of the 90 % interval", short, {m: _row(ninety, m, "coverage") for m in models}),
            table(
                "Table 2. Width of the 90 % interval [standard deviations]",
                short,
                {m: _row(ninety, m, "width") for m in models},
            ),
            table(
                "Table 3. Width at the coverage of Scalebridge, scaled after the fact",
                short,
                {OURS: _row(ninety, OURS, "width")} | {m: [row.get(p.name) for p in PROTOCOLS] for m, row in equal.items()},
            ),
            table(
                "Table 4. Scalebridge by level",
                short,
                {f"{what} {level:.0%}": _row(own[level], OURS, what) for level in own for what in ("coverage", "width")}
                | {"share answered": _row(ninety, OURS, "answered")},
            ),
            table("Test results", short, {"n, five CQAs": [f"{n}" for n in _row(ninety, models[-1], "n")]}),
            paragraph(_against_best(_row(ninety, OURS, "width"), equal)),
            paragraph(
                f"{jobs} process{'es' if jobs > 1 else ''} on {os.cpu_count()} cores; {OURS} took {duration(seconds[OURS])}."
                " A protocol without answered batches (–) is one in which Scalebridge abstains."
            ),
        ]
    )


def _row(found: pl.DataFrame, model: str, column: str) -> list[float | None]:
    values = dict(found.filter(pl.col("model") == model).select("protocol", column).iter_rows())
    return [values.get(protocol.name) for protocol in PROTOCOLS]


def _against_best(ours: list[float | None], equal: dict[str, dict[str, float]]) -> str:
    """Compare mean widths over the protocols in which both answer; the best variant is the one that is narrowest on average."""
    names = [p.name for p, width in zip(PROTOCOLS, ours, strict=True) if width is not None]
    own = sum(width for width in ours if width is not None) / len(names)
    means = {model: sum(row[name] for name in names) / len(names) for model, row in equal.items()}
    best = min(means, key=lambda model: means[model])
    return (
        f"Mean width over {len(names)} protocols: {OURS} {own:.2f}, best split-conformal LightGBM at equal coverage ({best}) "
        f"{means[best]:.2f}: ratio {own / means[best]:.3f}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Coverage and width of intervals on the tablets.")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each fitting with one thread")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="write every answer to this Parquet file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
