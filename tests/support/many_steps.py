"""A history of the train of three steps that is long enough to try steps on, and a forecaster of which the truth is known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.process.process import Process
from pipeline.features.table import build
from pipeline.history.assemble import AssembledHistory
from pipeline.history.tables import History
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files

BATCHES = 24


def long_history(folder: Path, definition: PlainData | None = None) -> AssembledHistory:
    """Write and read a history of 24 fills of products A and B, each of one capture and one culture."""
    rng = np.random.default_rng(3)
    number = range(BATCHES)
    cultures = [
        f"C{i},{'AB'[i % 2]},2024-01-{i + 1:02d},{(10, 100)[i // 12]},{36 + rng.random():.3f},{2 + rng.random():.2f},R{i // 12}"
        for i in number
    ]
    captures = [f"P{i},{(1, 10)[i // 12]},{100 + 40 * rng.random():.1f},90,5,K{1 + i // 12}" for i in number]
    fills = [f"F{i},{100 + 20 * rng.random():.1f},{1 + rng.random():.3f}" for i in number]
    moved = [f"C{i},P{i},1\nP{i},F{i},1" for i in number]
    uses = [f"P{i},resin,{'RA' if i % 3 else 'RB'},1" for i in number]
    steps_files(
        folder,
        cultures="\n".join(["Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor", *cultures]) + "\n",
        captures="\n".join(["Lot,Column L,Load g,Eluate g,Flow-through g,Column", *captures]) + "\n",
        fills="\n".join(["Batch,Speed rpm,HMW %", *fills]) + "\n",
        transfers="\n".join(["From,To,g", *moved]) + "\n",
        capture_lab="\n".join(["Lot,Test,Result", *(f"P{i},HMW pool,{1 + rng.random():.2f}" for i in number)]) + "\n",
        resin_uses="\n".join(["Lot,Material,Resin lot,Share", *uses]) + "\n",
    )
    return history_of(definition or planned_load(), folder)


def planned_load() -> PlainData:
    """The definition, with a load that is set before the batch."""
    given = steps_definition()
    given["attributes"]["load"]["horizon"] = "plan"
    given["attributes"]["load_per_resin"]["horizon"] = "plan"
    return given


def feature_rows(found: AssembledHistory, definition: PlainData | None = None) -> tuple[Process, pl.DataFrame]:
    process = process_of(definition or planned_load())
    tables = (found.batches, found.results, found.lots, found.genealogy, found.trajectories)
    rows = build(process, History(*tables))
    return process, rows.with_columns(pl.col("scale").alias("scale_level"))


@dataclass(frozen=True)
class LinearForecaster:
    """Predicts an attribute as a sum of slopes times columns, SI."""

    slopes: dict[str, dict[str, float]]

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.slopes)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(
            pl.sum_horizontal(slope * pl.col(name) for name, slope in own.items()).alias(target)
            for target, own in self.slopes.items()
        )

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        raise NotImplementedError
