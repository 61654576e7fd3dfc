"""The tables of `quality_ahead.py`: errors against the truth, coverage and width of forecasts of running batches.

The error is the root mean square error against the noise-free truth over the hidden batches without a fault that still ran at the
decision point. It is divided by the error of the plan forecast on the same batches. Ratios are geometric means over plants and
CQAs. Coverage counts measured results, with noise and faults.
"""

from typing import Any

import polars as pl
from plants import QUESTIONS
from report import Cell, Report, Table

from pipeline.forecasting.intervals import covered

LIMITS = {"others_were": "0.93, 0.85", "nobody_was": "0.90, 0.80"}
"""Ratio that is wanted at day 7 at least, and the goal."""
DAY = 7.0
KEY = ("protocol", "day", "seed", "cqa")


def quality_ahead_report(found: pl.DataFrame) -> Report:
    """Return the tables of forecasts with the columns that `quality_ahead.forecasts` gives, and truth, faulty and seed."""
    errors = relative_errors(found)
    model, seeds = ", ".join(found["model"].unique().sort()), found["seed"].unique().sort().to_list()
    tables = [_by_point(found, errors, f"Plan forecast: model `{model}`."), _by_attribute(errors), _times(found)]
    return Report("quality_ahead", tables, seeds, {"forecasts of hidden results": found.height})


def relative_errors(found: pl.DataFrame) -> pl.DataFrame:
    """Return the error of the outlook relative to that of the plan: protocol, day, seed, cqa, ratio."""
    squares = [((pl.col(name) - pl.col("truth")) ** 2).mean().sqrt().alias(name) for name in ("predicted", "now")]
    both = found.filter(~pl.col("faulty")).group_by(*KEY, maintain_order=True).agg(squares)
    return both.select(*KEY, (pl.col("now") / pl.col("predicted")).alias("ratio"))


def _mean() -> pl.Expr:
    """Return the geometric mean of the ratios."""
    return pl.col("ratio").log().mean().exp()


def _by_point(found: pl.DataFrame, errors: pl.DataFrame, note: str) -> Table:
    """Return a line for each question and decision point."""
    width = (pl.col("upper_now") - pl.col("lower_now")).sum() / (pl.col("upper_90") - pl.col("lower_90")).sum()
    lines: list[tuple[Cell, ...]] = []
    for question in QUESTIONS:
        own, ratios = (table.filter(pl.col("protocol") == question.name) for table in (found, errors))
        for (day,), part in own.group_by("day", maintain_order=True):
            at = ratios.filter(pl.col("day") == day)
            worst: Any = at.group_by("cqa").agg(_mean())["ratio"].max()
            plan, now = (part.select(covered(*ends).mean()).item() for ends in _ENDS)
            ratio = part.group_by("seed", "cqa").agg(width.alias("ratio")).select(_mean()).item()
            wanted = LIMITS.get(question.name, "") if day == DAY else ""
            lines.append(
                (
                    question.title,
                    day,
                    at["seed"].n_unique(),
                    at.select(_mean()).item(),
                    wanted,
                    worst,
                    plan,
                    now,
                    ratio,
                    part.select(pl.col("weight").mean()).item(),
                )
            )
    head = (
        *("predicted batches", "day", "plants", "error / plan", "bar, goal", "worst CQA"),
        *("coverage of plan", "coverage", "width / plan", "mean weight"),
    )
    return Table("Error of the forecast from the records so far, relative to the plan forecast", head, lines, note=note)


_ENDS = (("lower_90", "upper_90"), ("lower_now", "upper_now"))


def _by_attribute(errors: pl.DataFrame) -> Table:
    """Return a line for each question and decision point, and a column for each CQA."""
    names = errors["cqa"].unique(maintain_order=True).to_list()
    lines: list[tuple[Cell, ...]] = []
    for question in QUESTIONS:
        for (day,), part in errors.filter(pl.col("protocol") == question.name).group_by("day", maintain_order=True):
            each = dict(part.group_by("cqa").agg(_mean()).iter_rows())
            lines.append((question.title, day, *(each.get(name) for name in names)))
    return Table("The same by CQA", ("predicted batches", "day", *names), lines)


def _times(found: pl.DataFrame) -> Table:
    """Return the processor time of the fits."""
    fits = found.group_by("protocol", "seed", "fold", "cqa", "day").agg(pl.col("plan_seconds", "records_seconds").first())
    plan: float = fits.select(pl.col("plan_seconds").sum() / pl.col("day").n_unique()).item()
    records: float = fits.select(pl.col("records_seconds").sum()).item()
    head = ("fits of", "processor seconds", "ratio")
    note = "The records of all decision points together. Times of a shared machine; compare the ratio."
    return Table("Time to train", head, [("the plan", plan, 1.0), ("the records", records, records / plan)], note=note)
