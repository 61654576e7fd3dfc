"""The tables of the benchmark of running batches."""

import numpy as np
import polars as pl
from report import Cell, Report, Table
from scipy.stats import beta

PLACES = {
    "known": "known scale",
    "new": "scale new to the product",
    "beyond": "beyond all scales",
}
BARS = {"known": "6.5, 5.5", "new": "8, 6", "beyond": "10, 8"}
WITHIN = {
    "temperature excursion": (2.0, "0.95, 0.98"),
    "sparger clogging": (12.0, "0.90, 0.98"),
    "contamination": (32.0, "0.90, 0.97"),
    "feed pump fault": (6.0, "0.95, 0.99"),
    "ph probe drift": (72.0, "0.80, 0.95"),
}
OTHERS = 24.0
"""Hours within which the further faults are looked for."""
EARLY = {"sparger clogging": 8.0, "temperature excursion": 2.0, "feed pump fault": 2.0, "vent filter foam-out": 2.0}
"""Hours before its onset at which a fault already shows: it begins smoothly, with twice its time constant before the middle."""
FEED = 72.0
"""Hour at which the pump starts. A pump fault before it shows nothing."""


def monitoring_report(table: pl.DataFrame) -> Report:
    """Return the tables. table: one row per judged batch and monitor."""
    ours = table.filter(pl.col("monitor") == "ours")
    tables = [
        Table("False alarms: normal batches with an alarm at any time, 5 % promised [%]", FALSE_HEAD, _false(ours), 1),
        Table(
            "Faults at known scales: share found, delays [h] and causes",
            FAULT_HEAD,
            _faults(ours.filter(pl.col("place") == "known")),
            note="The cause is asked 24 h after the alarm. A delay counts from when the fault can show: a pump fault from 72 h, "
            "when the pump starts.",
        ),
        Table(
            "The same at scales that are new to the product or beyond all scales",
            FAULT_HEAD,
            _faults(ours.filter(pl.col("place") != "known")),
        ),
        Table(
            "Causes over all faults: right first, right among two", ("place", "batches", "first", "among two"), _causes(ours)
        ),
    ]
    alone = table.filter((pl.col("monitor") == "samples alone") & (pl.col("place") == "known"))
    if not alone.is_empty():
        tables.append(
            Table("The daily samples alone, at known scales", FAULT_HEAD, [_fault(alone, "feed pump fault", 48.0)])
        )
    if table["monitor"].n_unique() > 2:
        tables.append(
            Table(
                "Open-source monitors at known scales: false alarms [%] and mean delay of all faults, undetected to the end [h]",
                ("monitor", "normal batches", "false alarms", "mean delay", "ours / this"),
                _peers(table),
                note="At 99 %: the nominal limits. At 5 %: the limit that a twentieth of these normal batches exceeds.",
            )
        )
    seeds = sorted(table["seed"].unique().to_list())
    return Report("monitoring", tables, seeds, {"judged batches": ours.height})


FALSE_HEAD = ("kind of question", "batches", "alarms", "90 % interval, upper end", "bar, goal")
FAULT_HEAD = (
    "fault",
    "batches",
    "within [h]",
    "found in time",
    "before the onset",
    "found at all",
    "median delay",
    "bar, goal",
    "right cause first",
    "among two",
)


def _false(ours: pl.DataFrame) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for place, label in PLACES.items():
        normal = ours.filter((pl.col("place") == place) & pl.col("cause").is_null())
        if normal.is_empty():
            continue
        alarms = int(normal["alarm"].is_not_nan().sum())
        upper = float(beta.ppf(0.95, alarms + 1, normal.height - alarms))
        rows.append([label, normal.height, 100 * alarms / normal.height, 100 * upper, BARS[place]])
    return rows


def _faults(judged: pl.DataFrame) -> list[list[Cell]]:
    return [row for row in (_fault(judged, cause) for cause in sorted(set(judged["cause"].drop_nulls()))) if row]


def _fault(judged: pl.DataFrame, cause: str, within: float | None = None) -> list[Cell]:
    hours, bar = WITHIN.get(cause, (OTHERS, ""))
    hours, bar = (hours, bar) if within is None else (within, "0.70, 0.95")
    own = judged.filter(pl.col("cause") == cause)
    onset = own["onset_hours"].to_numpy()
    onset = np.maximum(onset, FEED) if cause == "feed pump fault" else onset
    room = onset + hours <= own["end"].to_numpy() + (40 if cause == "contamination" else 0)
    own, onset = own.filter(pl.Series(room)), onset[room]
    if own.is_empty():
        return []
    delay = own["alarm"].to_numpy() - onset
    early = EARLY.get(cause, 0.0)
    found = delay >= -early
    named = own.filter(pl.Series(found & ~np.isnan(delay)))["named"].to_list() if "named" in own.columns else []
    return [
        cause,
        own.height,
        f"{hours:g}",
        float((found & (delay <= hours)).mean()),
        float((delay < -early).mean()),
        float((~np.isnan(delay)).mean()),
        float(np.median(delay[found])) if found.any() else None,
        bar,
        float(np.mean([bool(one) and one[0] == cause for one in named])) if named else None,
        float(np.mean([cause in one[:2] for one in named])) if named else None,
    ]


def _causes(ours: pl.DataFrame) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for places, label in ((("known",), "known scale"), (("new", "beyond"), "other scales")):
        own = ours.filter(pl.col("place").is_in(places) & pl.col("cause").is_not_null() & pl.col("alarm").is_not_nan())
        own = own.filter(pl.col("alarm") >= pl.col("onset_hours") - 9)
        if own.is_empty():
            continue
        pairs = list(zip(own["cause"], own["named"].to_list(), strict=True))
        first = float(np.mean([bool(named) and named[0] == cause for cause, named in pairs]))
        rows.append([label, own.height, first, float(np.mean([cause in named[:2] for cause, named in pairs]))])
    return rows


def _peers(table: pl.DataFrame) -> list[list[Cell]]:
    known = table.filter((pl.col("place") == "known") & (pl.col("monitor") != "samples alone"))
    seeds = known.filter(~pl.col("monitor").is_in(["ours"]))["seed"].unique()
    known = known.filter(pl.col("seed").is_in(seeds.implode()))
    rows: list[list[Cell]] = []
    delays = {str(name): _mean_delay(own) for (name,), own in known.group_by("monitor", maintain_order=True)}
    for (name,), own in known.group_by("monitor", maintain_order=True):
        normal = own.filter(pl.col("cause").is_null())
        alarms = 100 * float(normal["alarm"].is_not_nan().mean())  # type: ignore[arg-type]
        rows.append([str(name), normal.height, alarms, delays[str(name)], delays["ours"] / delays[str(name)]])
    return rows


def _mean_delay(own: pl.DataFrame) -> float:
    """Return the mean time from onset to alarm; an alarm before the fault shows is false, and the fault counts to the end."""
    faulty = own.filter(pl.col("cause").is_not_null() & (pl.col("onset_hours") < pl.col("end")))
    early = faulty["cause"].replace_strict(EARLY, default=0.0, return_dtype=pl.Float64)
    shown = faulty.with_columns(early.alias("early")).with_columns(
        pl.when(pl.col("alarm").is_nan() | (pl.col("alarm") < pl.col("onset_hours") - pl.col("early")))
        .then(pl.col("end"))
        .otherwise(pl.max_horizontal("alarm", "onset_hours"))
        .alias("seen")
    )
    return float((shown["seen"] - shown["onset_hours"]).mean())  # type: ignore[arg-type]
