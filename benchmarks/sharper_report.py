"""The tables of `sharper.py`: errors against the truth, intervals and times of two commits on the same hidden batches.

The error of one plant and question is the root mean square error against the noise-free truth, relative to that of the carry-over
on the same batches, averaged over the CQAs. The carry-over and the training mean are those of the older commit. The ratio of one
plant is the error after divided by the error before. Ratios are averaged over plants as logarithms. Their 90 % interval comes from
plants drawn with replacement.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from checkouts import git
from numpy.typing import NDArray
from plants import QUESTIONS
from report import Cell, Report, Table

from pipeline.domain.errors import ScalebridgeError
from pipeline.forecasting.intervals import covered

KEY = ("seed", "protocol", "fold", "cqa", "batch_id")
SAME = ("observed", "truth", "deviation")
"""Columns that must be the same in both: a batch has one result and one truth."""
TOLERANCE = 1e-9
LIMITS = {"others_were": (0.88, 0.75)}
OTHER_LIMITS = (0.97, 0.90)
"""Ratio that is wanted at least, and the goal, for each question."""
COVERAGE = ("86 to 95 %", "88 to 94 %")
WIDTH = 0.85
"""Goal for the ratio of the widths."""
DRAWS = 10_000
DECIDE = ("benchmarks", "conf", "pipeline")
"""Folders whose files decide a forecast or its error."""
FULL_HASH = 40
"""Digits of the hash of a commit."""
ERRORS = {"before": "predicted", "after": "predicted_after", "carry-over": "carry_over", "training mean": "training_mean"}
"""Name in the tables → column."""


def sharper_report(before: pl.DataFrame, after: pl.DataFrame) -> Report:
    """Return the tables of two sets of forecasts, with the columns of `sharper_forecasts.py`, seed, commit, frozen and truth.

    Raises ScalebridgeError if a set comes from several commits, or if the two sets differ in a result or in the truth.
    """
    codes = {when: _only(rows, "commit", when) for when, rows in (("before", before), ("after", after))}
    both = paired(before, after)
    errors = relative_errors(both)
    plants = errors.group_by("protocol", "seed", maintain_order=True).agg(pl.col(*ERRORS).mean()).with_columns(ratio())
    tables = [
        _errors(
            plants, f"{_seeds_from(after, codes['after'])} Before: commit {codes['before']}. After: commit {codes['after']}."
        ),
        _intervals(both),
        _plants(plants),
        _attributes(errors),
        _sameness(before, after, both),
        _times(both),
    ]
    fits = both.select(pl.struct("seed", "protocol", "fold", "cqa").n_unique()).item()
    seeds = both["seed"].unique(maintain_order=True).to_list()
    return Report("sharper", tables, seeds, {"forecasts of hidden results": both.height, "fits of each commit": fits})


def paired(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the hidden batches that both have forecast; columns of `after` have the suffix `_after`, except the key.

    Raises ScalebridgeError if a result or a truth differs, or if the seeds have another origin.
    """
    if (seeds := _only(before, "frozen", "before")) != (own := _only(after, "frozen", "after")):
        raise ScalebridgeError(
            f"The seeds of before follow from {seeds}, those of after from {own}; make both from one commit"
        )
    both = before.join(after, on=KEY, how="inner", suffix="_after", maintain_order="left")
    if both.is_empty():
        raise ScalebridgeError("The two folders have no plant in common; make both with the same `--frozen` or `--seeds`")
    for name in SAME:
        gap = (pl.col(name) - pl.col(f"{name}_after")).abs() > TOLERANCE * pl.col(name).abs()
        for row in both.filter(gap).head(1).iter_rows(named=True):
            raise ScalebridgeError(
                f"Plant {row['seed']}, batch {row['batch_id']}: {name} of {row['cqa']} is {row[name]} before and "
                f"{row[f'{name}_after']} after; both must read the same files"
            )
    return both


def relative_errors(both: pl.DataFrame) -> pl.DataFrame:
    """Return the error against the truth relative to the carry-over: protocol, seed, cqa, and a column for each of `ERRORS`."""
    squares = [((pl.col(column) - pl.col("truth")) ** 2).mean().sqrt().alias(name) for name, column in ERRORS.items()]
    found = both.group_by("protocol", "seed", "cqa", maintain_order=True).agg(squares)
    return found.with_columns(pl.col(*ERRORS) / pl.col("carry-over"))


def ratio() -> pl.Expr:
    """Return the error after divided by the error before."""
    return (pl.col("after") / pl.col("before")).alias("ratio")


def geometric_mean(values: Sequence[float] | pl.Series) -> float:
    """Return the geometric mean.

    >>> round(geometric_mean([0.5, 2.0, 8.0]), 12)
    2.0
    """
    return float(np.exp(np.log(np.asarray(values)).mean()))


def resampled(values: Sequence[float] | pl.Series) -> tuple[float, float]:
    """Return the ends of the 90 % bootstrap interval of the geometric mean (Efron, Tibshirani 1993, percentile method).

    >>> resampled([0.8, 0.8])
    (0.8, 0.8)
    """
    logs = np.log(np.asarray(values))
    draws: NDArray[np.float64] = logs[np.random.default_rng(1).integers(len(logs), size=(DRAWS, len(logs)))].mean(axis=1)
    low, high = np.exp(np.quantile(draws, (0.05, 0.95)))
    return round(float(low), 12), round(float(high), 12)


def _errors(plants: pl.DataFrame, note: str) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for question in QUESTIONS:
        own = plants.filter(pl.col("protocol") == question.name)
        wanted, goal = LIMITS.get(question.name, OTHER_LIMITS)
        found = geometric_mean(own["ratio"])
        low, high = resampled(own["ratio"])
        reached = "goal" if found <= goal else "bar" if found <= wanted else "no"
        means = [geometric_mean(own[name]) for name in ("before", "after", "training mean")]
        lines.append((question.title, own.height, *means, found, f"{low:.2f} to {high:.2f}", wanted, goal, reached))
    head = (
        "predicted batches",
        "plants",
        "before",
        "after",
        "training mean",
        "after / before",
        "90 % interval",
        "bar",
        "goal",
    )
    caption = "Error against the truth relative to the carry-over, mean of the CQAs: geometric mean of the plants"
    return Table(caption, (*head, "reached"), lines, note=note)


def _intervals(both: pl.DataFrame) -> Table:
    """Return coverage and width, each a mean over plants of the mean over hidden batches."""
    lines = []
    sides = [_interval(both, suffix) for suffix in ("", "_after")]
    for question in QUESTIONS:
        (cover, width, said), (cover_after, width_after, said_after) = (side[question.name] for side in sides)
        cells = (cover, cover_after, width, width_after, width_after / width, said, said_after)
        lines.append((question.title, *cells))
    head = [f"{what} {when}" for what in ("coverage", "width") for when in ("before", "after")]
    return Table(
        "90 % intervals of measured results: mean of the plants",
        ("predicted batches", *head, "width after / before", "answered before", "answered after"),
        lines,
        digits=3,
        note=f"Width in standard deviations of the CQA over all batches of the plant. Wanted coverage: {COVERAGE[0]}, goal "
        f"{COVERAGE[1]}. Wanted width: at most that of before; goal: ratio {WIDTH}.",
    )


def _interval(both: pl.DataFrame, suffix: str) -> dict[str, tuple[float, float, float]]:
    """Return question → coverage, width [standard deviations] and share answered."""
    low, high, said = f"lower_90{suffix}", f"upper_90{suffix}", pl.col(f"answered{suffix}")
    of_plants = both.group_by("protocol", "seed", maintain_order=True).agg(
        covered(low, high).filter(said).mean().alias("coverage"),
        ((pl.col(high) - pl.col(low)) / pl.col("deviation")).filter(said).mean().alias("width"),
        said.mean().alias("answered"),
    )
    found = of_plants.group_by("protocol", maintain_order=True).agg(pl.col("coverage", "width", "answered").mean())
    return {name: (coverage, width, answered) for name, coverage, width, answered in found.iter_rows()}


def _plants(plants: pl.DataFrame) -> Table:
    """Return the ratio of every plant."""
    found = {(protocol, seed): value for protocol, seed, value in plants.select("protocol", "seed", "ratio").iter_rows()}
    seeds = plants["seed"].unique(maintain_order=True)
    return Table(
        "The same ratio, after / before, of each plant",
        ("seed of the plant", *(question.short for question in QUESTIONS)),
        [(str(seed), *(found.get((question.name, seed)) for question in QUESTIONS)) for seed in seeds],
    )


def _attributes(errors: pl.DataFrame) -> Table:
    lines = []
    for cqa in errors["cqa"].unique(maintain_order=True):
        own = {name: part for (name,), part in errors.filter(pl.col("cqa") == cqa).group_by("protocol")}
        parts = [own[question.name] for question in QUESTIONS]
        cells = [(geometric_mean(part["before"]), geometric_mean(part["after"])) for part in parts]
        lines.append((cqa, *(f"{before:.2f} → {after:.2f}" for before, after in cells)))
    caption = "Error relative to the carry-over, before → after, of each CQA: geometric mean of the plants"
    return Table(caption, ("CQA", *(question.short for question in QUESTIONS)), lines)


def _sameness(before: pl.DataFrame, after: pl.DataFrame, both: pl.DataFrame) -> Table:
    """Return what was the same in both, so that a reader can see that the comparison is fair."""
    folds = both.unique(["seed", "protocol", "fold", "cqa"], maintain_order=True)
    other = folds.filter(pl.col("learned_from") != pl.col("learned_from_after")).height
    carried = both.filter((pl.col("carry_over") - pl.col("carry_over_after")).abs() > TOLERANCE * pl.col("carry_over").abs())
    lines = [
        ("hidden results that both have forecast, with the same result and truth", both.height),
        ("hidden results of before alone", before.height - both.height),
        ("hidden results of after alone", after.height - both.height),
        ("folds", folds.height),
        ("folds in which the two learned from another number of results", other),
        ("hidden results with another carry-over", carried.height),
    ]
    return Table("What the two commits were asked", ("", "number"), lines)


def _times(both: pl.DataFrame) -> Table:
    folds = both.unique(["seed", "protocol", "fold", "cqa"], maintain_order=True)
    seconds = [float(folds[f"seconds{suffix}"].mean()) for suffix in ("", "_after")]  # type: ignore[arg-type]
    lines = [(when, value, value / seconds[0]) for when, value in zip(("before", "after"), seconds, strict=True)]
    return Table("Processor time of one fit with its intervals", ("", "mean seconds", "ratio"), lines)


def _seeds_from(after: pl.DataFrame, code: str) -> str:
    """Say where the seeds come from, and whether what decides a forecast changed after they were fixed."""
    frozen = _only(after, "frozen", "after")
    if len(frozen) != FULL_HASH:
        return "The seeds were named: this is a trial."
    changed = git("diff", "--name-only", frozen, code.split()[0], "--", *DECIDE).splitlines()
    later = f"{len(changed)} files changed, the first is {changed[0]}" if changed else "nothing changed"
    return f"The seeds follow from commit {frozen}. Between it and the forecasts {later} under {', '.join(DECIDE)}."


def _only(rows: pl.DataFrame, column: str, when: str) -> str:
    found = rows[column].unique().sort().to_list()
    if len(found) != 1:
        raise ScalebridgeError(
            f"The forecasts of {when} come from {len(found)} commits ({', '.join(found)}); make them again"
        )
    return str(found[0])
