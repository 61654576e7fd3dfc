"""Coverage and width of 90 % intervals on 13 ways of hiding tablets batches, in one run on the same folds.

    python benchmarks/tablets_intervals.py [--jobs 2] [--save answers.parquet] [--write]

The results of five CQAs are pooled. Widths are in standard deviations of the CQA over all batches. Four variants of
split-conformal LightGBM are shown twice: with their own widths, and scaled to the coverage of Scalebridge.
"""

import argparse
from pathlib import Path

import polars as pl
from conformal import split_conformal
from ours import OURS, scalebridge
from protocols import PROTOCOLS
from report import Report, Table, command, publish
from scoring import duration, questions
from tablets_rows import CQAS, Batches, tablets
from widths import ask_intervals, coverage_and_width, widths_at_equal_coverage


def main() -> None:
    """Put all questions to every method, and show the tables."""
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
    publish(intervals_report(found, deviations(batches), chosen.seed), chosen)


def deviations(batches: Batches) -> dict[str, float]:
    """Return the standard deviation of each CQA over all batches, SI."""
    return {cqa: float(batches.observed(cqa)["observed"].std()) for cqa in batches.tasks}  # type: ignore[arg-type]


def intervals_report(answers: pl.DataFrame, spread: dict[str, float], seed: int) -> Report:
    """Return the tables of coverage and width."""
    models = answers["model"].unique(maintain_order=True).to_list()
    ninety = coverage_and_width(answers, spread, 0.9)
    ours = answers.filter(pl.col("model") == OURS)
    own = {level: coverage_and_width(ours, spread, level) for level in (0.8, 0.9, 0.95)}
    equal = {m: widths_at_equal_coverage(ours, answers.filter(pl.col("model") == m), spread) for m in models if m != OURS}
    scaled = {OURS: _row(ninety, OURS, "width")} | {m: [row.get(p.name) for p in PROTOCOLS] for m, row in equal.items()}
    levels = {
        f"{100 * level:.0f} % interval: {what}": _row(found, OURS, what) for level, found in own.items() for what in SHOWN
    }
    answered = {"share of results answered": _row(ninety, OURS, "answered")}
    count = {"test results": _row(ninety, models[-1], "n")}
    tables = [
        _table("Coverage of the 90 % interval", {m: _row(ninety, m, "coverage") for m in models}),
        _table("Width of the 90 % interval, in standard deviations", {m: _row(ninety, m, "width") for m in models}),
        _table(
            f"Width of the 90 % interval at the coverage of {OURS}, in standard deviations; the others scaled after the fact",
            scaled,
            _against_best(scaled[OURS], equal),
        ),
        _table(f"{OURS}: coverage and width by level of the interval", levels | answered | count, ABSTAINED),
    ]
    asked = answers.filter(pl.col("model") == OURS)
    return Report(
        "tablets_intervals", tables, [seed], {"batches": asked["batch_id"].n_unique(), "test results": asked.height}
    )


SHOWN = ("coverage", "width")
ABSTAINED = f"A dash means that {OURS} gives no answer there, by its own rules."


def _table(caption: str, rows: dict[str, list[float | None]], note: str = "") -> Table:
    return Table(
        caption, ("", *(protocol.short for protocol in PROTOCOLS)), [(name, *row) for name, row in rows.items()], note=note
    )


def _row(found: pl.DataFrame, model: str, column: str) -> list[float | None]:
    values = dict(found.filter(pl.col("model") == model).select("protocol", column).iter_rows())
    return [values.get(protocol.name) for protocol in PROTOCOLS]


def _against_best(ours: list[float | None], equal: dict[str, dict[str, float]]) -> str:
    """Compare mean widths over the protocols in which both answer. The best variant is the narrowest one on average."""
    names = [p.name for p, width in zip(PROTOCOLS, ours, strict=True) if width is not None]
    own = sum(width for width in ours if width is not None) / len(names)
    means = {model: sum(row[name] for name in names) / len(names) for model, row in equal.items()}
    best = min(means, key=lambda model: means[model])
    return (
        f"Mean width over {len(names)} protocols: {OURS} {own:.2f}, narrowest split-conformal variant at equal coverage ({best}) "
        f"{means[best]:.2f}, ratio {own / means[best]:.3f}."
    )


def _arguments() -> argparse.Namespace:
    parser = command(__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="processes, each of them fits with one thread")
    parser.add_argument("--seed", type=int, default=1, help="seed of the learners")
    parser.add_argument("--save", type=Path, help="write every answer to this Parquet file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
