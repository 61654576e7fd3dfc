"""Running batches of virtual plants: false alarms, faults found, delays and causes, beside open-source monitors in the same run.

    python benchmarks/monitoring.py plant FOLDER --frozen COMMIT [--number 0] [--peers]
    python benchmarks/monitoring.py [--write] report FOLDER

COMMIT is the one in which all choices were made. The seeds of the plants are computed from its hash, so nobody could choose them.
`--seed 402` names a seed instead, for a trial. `plant` simulates one plant, trains on 400 of its batches and judges the others.

The monitor learns from batches below the largest scale. Every second product is unknown at its own largest scale below that. So
the judged batches are at a known scale, at a scale that is new to their product, or beyond all scales. A fifth of all batches has a
fault; the log holds four fifths of them. With `--peers` the open-source monitors judge the batches at known scales.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
from checkouts import full_hash
from monitoring_report import monitoring_report
from report import command, commit, publish

from pipeline.config import compose, validate
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.table import build as feature_table
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.ingest import ingest
from pipeline.history.tables import History
from pipeline.monitoring.causes import pattern_of
from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.monitor import Monitor
from pipeline.monitoring.scores import scored_batches
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.training import Trained, train_monitor
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import Cause, FurtherTag, PlantConfig

ROOT = Path(__file__).parents[1]
BATCHES, LEARNED, DEVIATIONS = 6000, 400, 0.2
NORMAL = 400
"""Normal batches at known scales that are judged per plant."""
AFTER = 24
"""Hours after the alarm at which the cause is asked."""
SAMPLES_ALONE = "samples alone"


def seed_of(frozen: str, number: int) -> int:
    """Return the seed of a plant: SHA-256 of the hash of a commit and the number of the plant, modulo a million."""
    return int(hashlib.sha256(f"{frozen}:watch:{number}".encode()).hexdigest(), 16) % 1_000_000


def plant(given: argparse.Namespace) -> None:
    """Judge the batches of one plant, and save a row per batch and monitor."""
    frozen = full_hash(given.frozen) if given.frozen else "no commit: a trial"
    seed = given.seed if given.seed is not None else seed_of(frozen, given.number)
    file = given.folder / f"{seed}{'-peers' if given.peers else ''}.parquet"
    given.folder.mkdir(parents=True, exist_ok=True)
    process = process_of_plant()
    raw, truth = given.folder / f"plant{seed}/raw", given.folder / f"plant{seed}/truth"
    if not (truth / "expected_quarantine.parquet").exists():
        config = PlantConfig(
            seed=seed,
            batches=given.batches,
            deviations=DEVIATIONS,
            causes=get_args(Cause),
            further_tags=get_args(FurtherTag),
            deviations_log=True,
        )
        build(config, raw, truth)
    history = history_of(process, raw)
    rows = rows_of(process, history)
    learned, judged = _parts(rows, pl.read_parquet(truth / "faults.parquet"), seed)
    began = time.process_time()
    trained = _trained(process, learned, history, seed)
    seconds = time.process_time() - began
    tables = [_judged(trained.monitor, judged, history.trajectories, "ours")]
    alone = history.trajectories.filter(pl.col("tag").is_in(trained.monitor.forecasts.expected.grid.samples))
    tables.append(_judged(_trained(process, learned, history, seed, alone).monitor, judged, alone, SAMPLES_ALONE))
    if given.peers:
        tables += _peers(trained.monitor, learned, judged, history)
    made = {
        "seed": seed,
        "commit": commit(),
        "frozen": frozen,
        "train_seconds": seconds,
        "suspected": len(trained.monitor.suspected),
    }
    pl.concat(tables, how="diagonal").with_columns(*(pl.lit(v).alias(k) for k, v in made.items())).write_parquet(file)
    print(f"plant {seed}: {judged.height} batches judged, training {seconds:.0f} s of processor time", flush=True)


def process_of_plant() -> Process:
    """Return the definition of the virtual plant."""
    return validate(compose(ROOT / "conf", ROOT / "params.yaml"), "params.yaml").process


def history_of(process: Process, raw: Path) -> AssembledHistory:
    """Return the canonical tables of the raw files of a plant."""
    typed = ingest(process, raw)
    parts = (pl.concat([getattr(one, name) for one in typed.values()]) for name in ("quarantine", "ledger"))
    return assemble(process, {name: one.rows for name, one in typed.items()}, *parts)


def rows_of(process: Process, found: AssembledHistory) -> pl.DataFrame:
    """Return the feature rows of a plant."""
    history = History(found.batches, found.results, found.lots, found.genealogy, found.trajectories)
    rows = feature_table(process, history)
    return rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))


def _parts(rows: pl.DataFrame, faults: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the batches that are learned from, and those that are judged with the fault of each and whether its scale is known."""
    largest = rows["scale_level"].max()
    below = rows.filter(pl.col("scale_level") < largest)
    own = below.group_by("product").agg(pl.col("scale_level").max().alias("own"), pl.len())
    products = sorted(own.filter(pl.col("own") > own["own"].min())["product"])[::2]
    marked = rows.join(own.select("product", "own"), on="product", how="left").with_columns(
        pl.when(pl.col("scale_level") == largest)
        .then(pl.lit("beyond"))
        .when(pl.col("product").is_in(products) & (pl.col("scale_level") == pl.col("own")))
        .then(pl.lit("new"))
        .otherwise(pl.lit("known"))
        .alias("place")
    )
    rng = np.random.default_rng(seed)
    pool = marked.filter(pl.col("place") == "known")
    chosen = np.sort(rng.choice(pool.height, LEARNED, replace=False))
    learned = pool[chosen].drop("own", "place")
    rest = marked.filter(~pl.col("batch_id").is_in(learned["batch_id"].implode())).join(faults, on="batch_id", how="left")
    normal = rest.filter((pl.col("place") == "known") & pl.col("cause").is_null())
    kept = normal[np.sort(rng.choice(normal.height, min(NORMAL, normal.height), replace=False))]
    return learned, pl.concat([rest.filter((pl.col("place") != "known") | pl.col("cause").is_not_null()), kept]).drop("own")


def _trained(
    process: Process, learned: pl.DataFrame, history: AssembledHistory, seed: int, records: pl.DataFrame | None = None
) -> Trained:
    names = learned["batch_id"].implode()
    logged = dict(history.deviations.filter(pl.col("batch_id").is_in(names)).select("batch_id", "cause").iter_rows())
    own = (history.trajectories if records is None else records).filter(pl.col("batch_id").is_in(names))
    return train_monitor(process, learned, own, logged, MonitoringConfig(log_holds=0.8), seed)


def _judged(monitor: Monitor, judged: pl.DataFrame, trajectories: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return a row per judged batch: alarm [h], end [h], causes in the order of their probability."""
    return pl.concat([pl.DataFrame(part) for part in _parts_judged(monitor, judged, trajectories, name)])


def _parts_judged(
    monitor: Monitor, judged: pl.DataFrame, trajectories: pl.DataFrame, name: str
) -> Iterator[dict[str, object]]:
    step = monitor.forecasts.expected.grid.step / 3600
    for part, courses, scored in scored_batches(monitor, judged, trajectories):
        first, last = scored.alarm, courses.last
        later = np.minimum(first + round(AFTER / step), last)
        named = [
            [one.cause for one in monitor.causes.probable(pattern_of(scored, i, int(a), int(b)), 0.0)] if a >= 0 else []
            for i, (a, b) in enumerate(zip(first, later, strict=True))
        ]
        yield {
            "monitor": name,
            **{column: part[column] for column in ("batch_id", "product", "place", "cause", "onset_hours")},
            "alarm": np.where(first < 0, np.nan, first * step),
            "end": last * step,
            "named": pl.Series(named, dtype=pl.List(pl.String)),
        }


def _peers(monitor: Monitor, learned: pl.DataFrame, judged: pl.DataFrame, history: AssembledHistory) -> list[pl.DataFrame]:
    """Let the open-source monitors judge the batches at known scales, by the sensors, with their alarms at equal false alarms."""
    from alarms import first_alarm, limit_at_false_alarms
    from monitoring_peers import MONITORS

    grid, names = monitor.forecasts.expected.grid, set(history.deviations["batch_id"])
    known = judged.filter(pl.col("place") == "known")
    normal = [name for name in learned["batch_id"] if name not in names]
    own, new = (
        courses_of(monitor.process, grid, ids, history.trajectories) for ids in (normal, known["batch_id"].to_list())
    )
    hours, every = np.arange(grid.points) * grid.step / 3600, 3
    tables = []
    for name, statistic in MONITORS.items():
        found = statistic(own.sensors[:, ::every], new.sensors[:, ::every])
        healthy = known["cause"].is_null().to_numpy()
        limit = limit_at_false_alarms(found[healthy], 0.05)
        for label, used in ((f"{name}, 99 %", 1.0), (f"{name}, 5 %", limit)):
            tables.append(
                known.select(
                    pl.lit(label).alias("monitor"), "batch_id", "product", "place", "cause", "onset_hours",
                    pl.Series("alarm", first_alarm(found, hours[::every], used)),
                    pl.Series("end", new.last * grid.step / 3600),
                )
            )  # fmt: skip
    return tables


def report(given: argparse.Namespace) -> None:
    """Print the tables of all plants in a folder."""
    files = sorted(given.folder.glob("*.parquet"))
    publish(monitoring_report(pl.concat([pl.read_parquet(file) for file in files], how="diagonal")), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parts = parser.add_subparsers(required=True)
    one = parts.add_parser("plant")
    one.add_argument("folder", type=Path)
    one.add_argument("--frozen")
    one.add_argument("--number", type=int, default=0)
    one.add_argument("--seed", type=int)
    one.add_argument("--batches", type=int, default=BATCHES)
    one.add_argument("--peers", action="store_true")
    one.set_defaults(do=plant)
    tell = parts.add_parser("report")
    tell.add_argument("folder", type=Path)
    tell.set_defaults(do=report)
    arguments = parser.parse_args()
    arguments.do(arguments)
