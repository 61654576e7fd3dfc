"""The history of each attribute: results against batch size, and past scale-ups as they would have been predicted."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.result.overview import AttributeHistory, DrawnAgainst, Measured, PastScaleUp
from pipeline.answers.trained_run import TrainedRun
from pipeline.assessment.coverage_interval import coverage_interval
from pipeline.assessment.past_scale_ups import PREFIX, reenactments
from pipeline.domain.display import digits, noun, with_unit
from pipeline.domain.process.axis_words import Change, change_of, transfers_in_words
from pipeline.domain.process.process import Process
from pipeline.forecasting.model_choice import ANSWERING

DRAWN = 500
"""Largest number of results that are kept of each kind: more points cannot be told apart in a picture."""
NEWEST = 8
"""Largest number of past scale-ups that are listed: more cannot be read in one picture."""


def place_of(process: Process, change: Change = "scale", sizes: int = 2) -> DrawnAgainst:
    """Return what results are drawn against.

    change: what the transfer changes; sizes: number of batch sizes in history. A transfer to another site or device at the only
    size is drawn in the order of start, since all results have one size.
    """
    if not process.states_scale or (change in COLUMN and sizes == 1):
        return "order of start"
    return "number of devices" if process.scale.counts_devices else "batch size"


def histories(
    run: TrainedRun, product: str, names: Mapping[str, str], shown: str | None, change: Change = "scale"
) -> dict[str, AttributeHistory]:
    """Return the history of each quality attribute of the process that has a model, in display units.

    product: the proposed product. names: attribute → display name. shown: the attribute that is drawn. The others have no
    points: all points of a large history would fill the file. change: what the transfer changes. A result beyond a reporting
    limit is drawn at the limit.
    """
    measured, past = _measured(run), _past(run)
    found, place = {}, place_of(run.process, change, run.rows["scale_level"].n_unique())
    for name in run.process.targets:
        if name not in run.model.finals and name not in run.model.unanswered:
            continue
        own = measured.filter(pl.col("attribute") == name)
        ups = tuple(past.get(name, ()))
        unit = run.process.attributes[name].si.label
        found[name] = AttributeHistory(
            unit,
            _points(own.filter(pl.col("product") == product), run, name, place, DRAWN if name == shown else 0),
            _points(own.filter(pl.col("product") != product), run, name, place, DRAWN if name == shown else 0),
            ups,
            _sentence(
                ups, names.get(name, name), unit, states_scale=run.process.states_scale or run.process.axis is not None
            ),
        )
    return found


def _measured(run: TrainedRun) -> pl.DataFrame:
    """Return a row per result that may be shown: attribute, product, place, value (SI)."""
    batches = run.rows.select("batch_id", "product", "scale", "started_at").sort("started_at", "batch_id", nulls_last=True)
    numbered = batches.with_row_index("number", 1)
    return run.history.shown_results.join(numbered, on="batch_id", how="inner", maintain_order="right")


def _points(results: pl.DataFrame, run: TrainedRun, name: str, place: str, most: int) -> Measured:
    """Return at most `most` results in display units: of more, evenly spaced ones in order of start."""
    unit, count = run.process.attributes[name].si, results.height
    kept = results if count <= most else results[np.unique(np.linspace(0, count - 1, most).astype(int))]
    values = tuple(unit.from_si(value) for value in kept["value"])
    if place == "order of start":
        return Measured(tuple(map(float, kept["number"])), values, count)
    scale = run.process.attributes[run.process.scale.attribute].si
    return Measured(tuple(scale.from_si(value) for value in kept["scale"]), values, count)


def _past(run: TrainedRun) -> dict[str, list[PastScaleUp]]:
    """Return attribute → past scale-ups without any batch at the new scale, ordered by their first batch."""
    own = run.forecasts.filter(pl.col("protocol") == PREFIX).join(run.history.anonymous, on="batch_id", how="anti")
    if own.is_empty():
        return {}
    units = {name: run.process.attributes[name].si for name in run.model.finals}
    known = own.filter(pl.col("cqa").is_in(list(units)))
    order = (
        known.filter(pl.col("model") == ANSWERING)
        .join(run.rows.select("batch_id", "started_at"), on="batch_id", how="left")
        .group_by((pl.col("fold") + 1).alias("scale_up"))
        .agg(pl.col("started_at").min().alias("first"))
    )
    table = (
        reenactments(known, units).join(order, on="scale_up", how="left").sort("cqa", "first", "scale_up", nulls_last=True)
    )
    table = table.drop_nulls(["predicted", "observed"]).group_by("cqa", maintain_order=True).tail(NEWEST)
    scale = run.process.attributes[run.process.scale.attribute].si
    found: dict[str, list[PastScaleUp]] = {}
    for row in table.iter_rows(named=True):
        found.setdefault(row["cqa"], []).append(
            PastScaleUp(
                row["lineage"],
                scale.from_si(row["scale"]),
                row["predicted"],
                row["lower"],
                row["upper"],
                row["observed"],
                row["carry_over"],
                row["answered_by"],
                row["batches"],
                row["covered"],
                change_of(row.get("step"), row.get("place")),
                row.get("place"),
            )
        )
    return found


def _sentence(past: tuple[PastScaleUp, ...], name: str, unit: str, *, states_scale: bool) -> str:
    if not past:
        return ""
    what = transfers_in_words([one.change for one in past], len(past)) if states_scale else noun(len(past), "transfer")
    ups = f"the last {len(past)} {what}" if len(past) > 1 else f"the last {what}"
    inside, batches = sum(one.inside for one in past), sum(one.batches for one in past)
    text = f"Had you asked before {ups}, {inside} of {batches} results of {name} would have been inside the 90 % interval."
    text = f"{text} {_how_sure(past, what)}"
    if any(one.carry_over is None for one in past):
        return text
    model = sum(one.batches * abs(one.predicted - one.observed) for one in past) / batches
    carried = sum(one.batches * abs(one.carry_over - one.observed) for one in past if one.carry_over is not None) / batches
    return (
        f"{text} Mean error of the prediction {with_unit(digits(model, 2), unit)}, of the carry-over "
        f"{with_unit(digits(carried, 2), unit)}."
    )


def _how_sure(past: tuple[PastScaleUp, ...], what: str) -> str:
    """Say how well these past transfers show the share of results inside; what: their name."""
    limits = coverage_interval([one.inside for one in past], [one.batches for one in past])
    if limits is None:
        return f"One {what} does not show how often the interval holds."
    least, most = (f"{100 * limit:.0f}" for limit in limits)
    return (
        f"Results of one transfer are alike, so these {len(past)} {what} show only that the share is {least} to {most} % "
        "(95 % confidence)."
    )
