"""Results of the laboratories, step by step, with the errors of their assays."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train.train import Simulation, TrainRun
from pipeline.simulators.random_numbers import generator


@dataclass(frozen=True)
class Test:
    """A test of one step."""

    name: str
    """Name in the export."""
    quantity: str
    """State that it measures."""
    unit: str
    decimals: int
    error: float
    """Standard deviation: of the logarithm, or of the result if `absolute`."""
    absolute: bool = False
    limit: float | None = None
    """Reporting limit. A result below it is written as `<10`."""


TESTS: dict[str, tuple[Test, ...]] = {
    "culture": (
        Test("Titre (Protein A HPLC)", "titre", "g/L", 3, 0.02),
        Test("Viability at harvest", "viability", "%", 1, 0.8, absolute=True),
    ),
    "harvest": (Test("Turbidity of filtrate", "turbidity", "NTU", 2, 0.06),),
    "capture": (
        Test("HMW (SEC)", "hmw", "%", 2, 0.03),
        Test("HCP (ELISA)", "hcp", "ng/mg", 0, 0.10),
    ),
    "polishing": (Test("HMW (SEC)", "hmw", "%", 2, 0.03),),
    "filtration": (
        Test("HMW (SEC)", "hmw", "%", 2, 0.03),
        Test("HCP (ELISA)", "hcp", "ng/mg", 1, 0.10, limit=10.0),
        Test("Acidic variants (icIEF)", "acidic", "%", 1, 0.3, absolute=True),
        Test("Protein (A280)", "concentration", "g/L", 1, 0.012),
    ),
}
"""Step → its tests."""
LAG_DAYS = {"culture": 15, "harvest": 2, "capture": 4, "polishing": 4, "filtration": 16}
"""Days from the start of a step to the approval of its results."""
MISSING = 0.012
"""Share of the results that the laboratory never reported."""


def results(seed: int, factor: float, simulation: Simulation, run: TrainRun, step: str) -> pl.DataFrame:
    """Results of a step as text, one per row: Sample, Batch, Test, Result, Unit, Approved."""
    rows = simulation.rows[step]
    parts = [_results(seed, factor, rows, run, step, test) for test in TESTS[step]]
    table = pl.concat(parts).sort("Batch", "Test")
    there = generator(seed, f"reported {step}").uniform(size=table.height) >= MISSING
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    named = table.select(pl.format("{}-{}", pl.lit(step[0].upper()), number).alias("Sample"), pl.all())
    return named.filter(pl.Series(there))


def _results(seed: int, factor: float, rows: pl.DataFrame, run: TrainRun, step: str, test: Test) -> pl.DataFrame:
    true = run.steps[step].after[test.quantity]
    error = factor * test.error * generator(seed, f"assay {step} {test.quantity}").standard_normal(len(true))
    value = pl.Series("value", true + error if test.absolute else true * np.exp(error)).round(test.decimals)
    text = value.cast(pl.String) if test.decimals else value.cast(pl.Int64).cast(pl.String)
    shown = pl.select(pl.when(value < (test.limit or 0.0)).then(pl.lit(f"<{test.limit or 0:g}")).otherwise(text)).to_series()
    approved = (pl.col("started") + pl.duration(days=LAG_DAYS[step])).dt.strftime("%Y-%m-%d")
    return rows.select(
        pl.col("batch").alias("Batch"),
        pl.lit(test.name).alias("Test"),
        shown.alias("Result"),
        pl.lit(test.unit).alias("Unit"),
        approved.alias("Approved"),
    )
