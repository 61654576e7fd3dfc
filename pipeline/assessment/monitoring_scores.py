"""How the monitor does on batches that it has not seen: false alarms, deviations found, delays and causes."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.extrapolation.kinds import KIND_COLUMN
from pipeline.monitoring.grid import hour_at
from pipeline.monitoring.limits import conformal_limit
from pipeline.monitoring.scores import scored_batches
from pipeline.monitoring.statistic import largest as largest_of
from pipeline.monitoring.training import Trained, causes_without

HIDDEN, LOGGED = "hidden", "logged"
SCHEMA = {
    "batch_id": pl.String,
    "role": pl.String,
    KIND_COLUMN: pl.String,
    "largest": pl.Float64,
    "alarm": pl.Boolean,
    "suspected": pl.Boolean,
    "cause": pl.String,
    "named": pl.String,
    "second": pl.String,
    "alarm_hours": pl.Float64,
    "began": pl.Float64,
    "delay": pl.Float64,
}
Metrics = dict[str, dict[str, dict[str, float]]]
"""Kind of question, or `logged` → what is counted → metric → number."""


def monitoring_table(
    trained: Trained, rows: pl.DataFrame, trajectories: pl.DataFrame, deviations: pl.DataFrame
) -> pl.DataFrame:
    """Return a row per hidden batch and kind of question, and per logged deviation, with the columns of `SCHEMA`.

    Each hidden batch is judged with the limit from the other hidden ones. Batches with a logged deviation take no part in any
    training or limit; the cause of each is named by the other ones.
    """
    parts = [pl.DataFrame(schema=SCHEMA), *_hidden(trained), _logged(trained, rows, trajectories, deviations)]
    return pl.concat(parts, how="diagonal").select(list(SCHEMA))


def _hidden(trained: Trained) -> Iterator[pl.DataFrame]:
    suspects = set(trained.monitor.suspected)
    for kind, found in trained.hidden.items():
        scored = trained.monitor.scorings[kind].scored(found.values)
        largest = largest_of(scored.score)
        apart = np.array([name in suspects for name in found.batches])
        rate = trained.monitor.config.promised_rate
        yield pl.DataFrame(
            {
                "batch_id": found.batches,
                "role": HIDDEN,
                KIND_COLUMN: kind,
                "largest": largest,
                "alarm": _alarms_without_itself(largest, apart, rate),
                "suspected": apart,
            },
            schema_overrides={"role": pl.String, KIND_COLUMN: pl.String},
        )


def _alarms_without_itself(largest: FloatArray, apart: BoolArray, rate: float) -> list[bool]:
    """Tell whether each batch exceeds the limit 1, or the one from the other batches alone if that is lower."""
    out = []
    for i, value in enumerate(largest):
        others = largest[~apart & (np.arange(len(largest)) != i)]
        out.append(bool(value > min(1.0, conformal_limit(others, rate)) if len(others) else value > 1))
    return out


def _logged(trained: Trained, rows: pl.DataFrame, trajectories: pl.DataFrame, deviations: pl.DataFrame) -> pl.DataFrame:
    own = rows.filter(pl.col("batch_id").is_in(list(trained.logged)))
    began = dict(deviations.unique("batch_id", keep="first").select("batch_id", "began").iter_rows())
    process, grid = trained.monitor.process, trained.monitor.forecasts.expected.grid
    lines = []
    for part, courses, scored in scored_batches(trained.monitor, own, trajectories) if not own.is_empty() else ():
        largest = largest_of(scored.score)
        for i, (name, kind, first) in enumerate(zip(part["batch_id"], part[KIND_COLUMN], scored.alarm, strict=True)):
            hours = hour_at(process, grid, courses.hours[i], int(first)) if first >= 0 else None
            named = _named(trained, str(name))
            start = began.get(name)
            lines.append(
                {
                    "batch_id": name,
                    "role": LOGGED,
                    KIND_COLUMN: kind,
                    "largest": float(largest[i]),
                    "alarm": bool(first >= 0),
                    "cause": trained.logged[name],
                    "named": named[0],
                    "second": named[1],
                    "alarm_hours": hours,
                    "began": start,
                    "delay": None if hours is None or start is None else hours - start,
                }
            )
    return pl.DataFrame(lines, schema_overrides=SCHEMA)


def _named(trained: Trained, batch: str) -> tuple[str | None, str | None]:
    """Return the most probable cause and the second one, by all other logged deviations; None without an alarm."""
    if batch not in trained.patterns:
        return None, None
    found = causes_without(trained, batch).probable(trained.patterns[batch][-1], 0.0)
    return found[0].cause, found[1].cause if len(found) > 1 else None


def monitoring_metrics(table: pl.DataFrame) -> Metrics:
    """Return the numbers of the table: false alarms per kind of question; found deviations, delays [h] and right causes."""
    hidden, logged = table.filter(pl.col("role") == HIDDEN), table.filter(pl.col("role") == LOGGED)
    found: Metrics = {}
    for (kind,), own in hidden.group_by(KIND_COLUMN, maintain_order=True):
        found[str(kind)] = {
            "normal": {
                "batches": float(own.height),
                "false_alarms": float(own["alarm"].mean()),  # type: ignore[arg-type]
                "suspected": float(own["suspected"].mean()),  # type: ignore[arg-type]
            }
        }
    if not logged.is_empty():
        causes = {str(cause): _of_cause(own) for (cause,), own in logged.group_by("cause", maintain_order=True)}
        found[LOGGED] = {"all": _of_cause(logged), **dict(sorted(causes.items()))}
    return found


def _of_cause(own: pl.DataFrame) -> dict[str, float]:
    alarmed = own.filter(pl.col("alarm"))
    numbers = {"batches": float(own.height), "found": float(own["alarm"].mean())}  # type: ignore[arg-type]
    if not alarmed.is_empty():
        right = alarmed.select(
            (pl.col("named") == pl.col("cause")).fill_null(False).mean().alias("first"),
            ((pl.col("named") == pl.col("cause")) | (pl.col("second") == pl.col("cause")))
            .fill_null(False)
            .mean()
            .alias("two"),
        ).row(0)
        numbers |= {"right_cause": float(right[0]), "right_cause_among_two": float(right[1])}
        if (delay := alarmed["delay"].median()) is not None:
            numbers["median_delay_hours"] = float(delay)  # type: ignore[arg-type]
    return numbers
