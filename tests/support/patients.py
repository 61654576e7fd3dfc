"""The pot as a process of patient lots: every batch has a lot of its own, whose copper decides the titre as far as is asked for."""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl

from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.table import build
from pipeline.forecasting.calibrated_model import CalibratedModel, fit_calibrated
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import trained_model
from pipeline.models.base import Task
from pipeline.models.ridge import Ridge
from tests.support.definitions import PlainData
from tests.support.pot import ERROR, definition, history
from tests.support.trained_pot import READS, trained_run

PATIENTS = 60
KNOWN_PLACE: PlainData = {
    "scale": "1 L",
    "equipment": "A",
    "site": "Here",
    "settings": {"agitation": "300 rpm", "temperature": 310 - 273.15},
    "lots": {},
}
"""Changes of the proposal: the next batch of product P where it always ran, for a patient who is not described."""


def patient_process() -> Process:
    """Return the pot, whose media is used once."""
    process = parse(Process, definition() | {"materials": {"media": {"used_once": True}}}, "pot")
    assert isinstance(process, Process)
    return process


def titres(copper: pl.Series, slope: float, rng: np.random.Generator) -> pl.Series:
    """Return the titre of patients with this copper, at 310 K: 1.2 + slope · (copper − 1.5), with the error of the pot."""
    return 1.2 + slope * (copper - 1.5) + pl.Series(rng.normal(0, ERROR, len(copper)))


@cache
def patient_run(slope: float, seed: int = 1, patients: int = PATIENTS) -> TrainedRun:
    """Return a run that was trained on patients. slope: effect of the copper [1]; seed: of the patients and the errors."""
    rng, process, made = np.random.default_rng(seed), patient_process(), history(patients, patients)
    copper = pl.Series("copper", rng.uniform(1, 2, patients))
    lots = pl.concat(
        [
            made.lots.filter(pl.col("attribute") == name).with_columns(value=factor * copper)
            for name, factor in (("copper", 1.0), ("zinc", 3.0))
        ]
    )
    results = made.results.with_columns(value=titres(copper, slope, rng) + 0.2 * (made.batches["temperature"] - 310.0))
    tables = replace(made, lots=lots, results=results)
    rows = build(process, tables)
    rows = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
    known = rows.join(results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    final: CalibratedModel = fit_calibrated(
        known, Task("titre", READS, ()), Ridge(), IntervalConfig(grouping="batch"), seed, ["next_batch"]
    )
    model = trained_model({"titre": final}, rows, IntervalConfig().levels, {"titre": ("ridge", "none")})
    base: TrainedRun = trained_run()
    forecasts = known.with_columns(
        pl.Series("predicted", final.predict(known)), shift=pl.lit("next_batch"), spread=pl.lit(1.0), cqa=pl.lit("titre"),
        model=pl.lit("ridge"), answered_by=pl.lit("ridge"), protocol=pl.lit("largest_scale_out"),
    )  # fmt: skip
    return replace(base, process=process, history=tables, rows=rows, model=model, forecasts=forecasts)
