"""A plant with series on disk: raw files of three batches, one of them running, and a published run without models."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.features.table import build
from pipeline.history.tables import History
from pipeline.monitoring.judgement import Judgement, ProbableCause, ScorePoint, TagCourse, TagDeviation
from pipeline.publication.bundle import MANIFEST, manifest_of
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.example_watch import Ahead, Line
from tests.support.raw_files import history_of

EXPECTED, SD = 309.65, 0.1
"""Expected temperature and its standard deviation [K]."""
CONFIG: PlainData = {"decision": {}, "transfer": {}, "left_out": {}}


def definition() -> PlainData:
    number = {"role": "CPP", "horizon": "plan", "description": "x"}
    sample = {"role": "IPC", "horizon": "in_process", "description": "x"}
    return {
        "name": "vat",
        "title": "A vat",
        "batch": "batch",
        "product": "product",
        "started": "started",
        "scale": {"attribute": "volume"},
        "sources": {
            "batches": {"gives": "batches", "files": ["batches.csv"]},
            "historian": {
                "gives": "trajectories",
                "files": ["historian/*.csv"],
                "batch": "b",
                "time": "at",
                "time_format": "%Y-%m-%d %H:%M",
                "tag": "tag",
                "value": "v",
                "tags": {"TI": "temperature_series"},
            },
            "samples": {
                "gives": "trajectories",
                "files": ["samples.csv"],
                "batch": "b",
                "time": "at",
                "time_format": "%Y-%m-%d %H:%M",
            },
        },
        "attributes": {
            "batch": {**number, "role": "identifier", "kind": "text", "column": "batches.batch"},
            "product": {**number, "role": "context", "kind": "text", "column": "batches.product"},
            "started": {
                **number,
                "role": "identifier",
                "kind": "date",
                "column": {"source": "batches", "column": "started", "date": {"format": "%Y-%m-%d %H:%M"}},
            },
            "volume": {**number, "role": "scale", "unit": "L", "column": "batches.volume"},
            "temperature": {**number, "unit": "degC", "between": [0, 60], "column": "batches.temperature"},
            "yield": {**sample, "unit": "g/L", "column": "batches.yield"},
            "temperature_series": {**number, "horizon": "in_process", "unit": "degC", "between": [0, 60]},
            "cells": {**sample, "unit": "Mcell/mL", "column": "samples.cells", "result_lag": "4 h"},
            "titre": {
                **sample,
                "role": "CQA",
                "horizon": "release",
                "unit": "g/L",
                "specification": {"lower": 2.0},
                "column": "batches.titre",
            },
        },
    }


def process() -> Process:
    return process_of(definition())


def _series(batch: str, day: int, hours: int, warm_from: float | None) -> list[str]:
    warm = 999.0 if warm_from is None else warm_from
    return [
        f"{batch},TI,2024-03-{day + h // 24:02d} {h % 24:02d}:00,{37.5 if h >= warm else 36.5}" for h in range(hours + 1)
    ]


def raw_files(folder: Path) -> Path:
    """Write the raw files: B1 and B2 have ended, B2 was warm from hour 30 on; R1 runs since 20 hours."""
    (folder / "historian").mkdir(parents=True)
    lines = [
        "B1,mAb,10,36.5,2024-03-01 00:00,3.1,1.5",
        "B2,mAb,10,36.5,2024-03-05 00:00,1.2,1.1",
        "R1,mAb,100,36.5,2024-03-20 00:00,,",
    ]
    header = "batch,product,volume,temperature,started,titre,yield"
    (folder / "batches.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    for name, rows in {
        "b1": _series("B1", 1, 60, None),
        "b2": _series("B2", 5, 60, 30),
        "r1": _series("R1", 20, 20, None),
    }.items():
        (folder / "historian" / f"{name}.csv").write_text("\n".join(["b,tag,at,v", *rows]) + "\n", encoding="utf-8")
    days = [
        f"{batch},2024-03-{day + n:02d} 06:00,{5 + n}"
        for batch, day, count in (("B1", 1, 2), ("B2", 5, 2), ("R1", 20, 1))
        for n in range(count)
    ]
    (folder / "samples.csv").write_text("\n".join(["b,at,cells", *days]) + "\n", encoding="utf-8")
    return folder


def add_hours(folder: Path, first: int, last: int, value: float) -> None:
    """Write further records of the running batch."""
    path = folder / "historian" / "r1.csv"
    lines = [f"R1,TI,2024-03-{20 + h // 24:02d} {h % 24:02d}:00,{value}" for h in range(first, last + 1)]
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")


def watched_project(folder: Path, configured: PlainData | None = None) -> Places:
    """Write a project with raw files and a published run, whose history holds B1 and B2.

    configured: the process definition of the run, where it differs from the one that the history is read by.
    """
    places = Places.under(folder / "data")
    raw_files(places.raw / "vat")
    found = history_of(definition(), places.raw / "vat")
    past = pl.col("batch_id") != "R1"
    bundle = Places.under(places.runs / ".building")
    bundle.history.mkdir(parents=True)
    bundle.config.mkdir()
    tables = {name: table.filter(past) if "batch_id" in table.columns else table for name, table in found.tables().items()}
    for name, table in tables.items():
        table.write_parquet(bundle.history / f"{name}.parquet")
    log = {"batch_id": ["B2"], "cause": ["jacket_valve"], "began": [28.0]}
    pl.DataFrame(log).write_parquet(bundle.history / "deviations.parquet")
    history = History(**{name: tables[name] for name in ("batches", "results", "lots", "genealogy", "trajectories")})
    build(process(), history).write_parquet(bundle.features)
    found.ledger.with_columns(pl.lit("0").alias("sha256")).write_parquet(bundle.ledger)
    for key, value in {**CONFIG, "process": configured or definition()}.items():
        (bundle.config / f"{key}.yaml").write_text(yaml.safe_dump({key: value}, sort_keys=False), encoding="utf-8")
    built = places.runs / ".building"
    manifest = manifest_of(built, {})
    (built / MANIFEST).write_text(manifest.as_text(), encoding="utf-8")
    built.rename(places.runs / manifest.run)
    places.current_run.write_text(manifest.run + "\n", encoding="utf-8")
    return places


@dataclass
class ThermometerJudge:
    """Judges the temperature alone: the score is its distance from 36.5 °C in units of three standard deviations."""

    decision_points: tuple[float, ...] = (24.0, 48.0)
    unseen: bool = False
    trained_on: tuple[str, ...] = ("B1", "B2")
    level: float = 0.9
    asked: list[tuple[float, int, float]] = field(default_factory=list)
    """Hour of each look, number of records, and the largest time of a record [h]."""

    def judge(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement:
        last = float(records["time"].max() or 0.0) / 3600  # type: ignore[arg-type]
        self.asked.append((hours, records.height, last))
        seen = records.filter(pl.col("tag") == "temperature_series").sort("time")
        batch, kind = str(row["batch_id"][0]), "next_batch" if row["scale"][0] < 0.05 else "new_scale"
        if seen.is_empty():
            return Judgement(
                batch, hours, "not_judged", None, kind, kind, 0.05, 40, notes=("The temperature has no record.",)
            )
        away = ((seen["value"] - EXPECTED) / SD).to_list()
        times = (seen["time"] / 3600).to_list()
        scores = tuple(ScorePoint(t, abs(d) / 3, "fast") for t, d in zip(times, away, strict=True))
        since = next((one.hours for one in scores if one.score > 1), None)
        grid = np.arange(0.0, 61.0)
        middle = np.full(len(grid), EXPECTED)
        course = (TagCourse("temperature_series", grid, middle, middle - SD, middle + SD),)
        if since is None:
            return Judgement(
                batch, hours, "as_expected", None, kind, kind, 0.05, 40, scores, planned=course, expected=course
            )
        tag = TagDeviation("temperature_series", "fast", times[-1], float(seen["value"][-1]), EXPECTED, away[-1])
        causes = (ProbableCause("jacket_valve", 0.8), ProbableCause("unknown", 0.2))
        return Judgement(batch, hours, "deviating", since, kind, kind, 0.05, 40, scores, (tag,), causes, course, course)

    def judge_unseen(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement | None:
        return self.judge(row, records, hours) if self.unseen else None

    def outlook(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> list[Line]:
        cells = records.filter(pl.col("tag") == "cells").height
        point = next((one for one in reversed(self.decision_points) if one <= hours), None)
        plan = Ahead(2.5, 1.9, 3.5, 0.9)
        return [
            Line("titre", plan, plan if point is None else Ahead(2.5 + 0.1 * cells, 2.0, 3.3, 0.9 + 0.01 * cells), point)
        ]
