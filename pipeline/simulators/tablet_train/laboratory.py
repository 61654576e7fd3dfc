"""Results of the laboratory: in-process controls of five steps and the release tests, with the error of each test."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train.config import TabletTrainConfig
from pipeline.simulators.tablet_train.train import Train, final_quality

LOQ = 0.05
"""Reporting limit of the degradant [%]."""


@dataclass(frozen=True)
class Test:
    """A test of the laboratory."""

    attribute: str
    name: str
    """How the laboratory calls it."""
    unit: str
    error: float
    """Standard deviation of the test: a share of the value if `relative`, else in the unit."""
    digits: int
    relative: bool = True
    elsewhere: tuple[str, float, int] | None = None
    """Unit in which Ulm reports, factor, decimal places."""


TESTS: Mapping[str, tuple[Test, ...]] = {
    "drying": (Test("loss_on_drying", "LOD", "%", 0.05, 2, relative=False),),
    "milling": (
        Test("granule_d50", "Particle size d50 (laser)", "um", 0.03, 0, elsewhere=("mm", 1e-3, 3)),
        Test("granule_density", "Bulk density", "g/mL", 0.012, 3, elsewhere=("g/L", 1000.0, 0)),
    ),
    "blending": (Test("blend_uniformity", "Blend uniformity RSD", "%", 0.15, 2),),
    "compression": (
        Test("core_strength", "Core tensile strength", "MPa", 0.025, 2),
        Test("core_weight_rsd", "Core mass RSD", "%", 0.10, 2),
    ),
    "coating": (
        Test("dissolution", "Dissolution 30 min", "%", 0.9, 1, relative=False),
        Test("acceptance_value", "Content uniformity AV", "", 0.12, 1),
        Test("tensile_strength", "Tensile strength", "MPa", 0.03, 2),
        Test("water_content", "Water (KF)", "%", 0.06, 2, relative=False),
        Test("degradant", "Degradant A", "%", 0.06, 3),
    ),
}
"""Step → its tests. Errors have the order of the repeatability of the methods; the acceptance value and the standard deviations
vary as those of 10 to 30 units do."""


def true_results(train: Train) -> dict[str, pl.DataFrame]:
    """Step → batch, then one column per test with its value before the error of the test, in the unit of the test."""
    states = train.states
    milled, blend, core = states["milling"], states["blending"], states["compression"]
    values: dict[str, dict[str, FloatArray]] = {
        "drying": {"loss_on_drying": 100 * states["drying"]["moisture"] / (1 + states["drying"]["moisture"])},
        "milling": {"granule_d50": milled["size"] * 1e6, "granule_density": milled["bulk_density"] / 1000},
        "blending": {"blend_uniformity": blend["blend_rsd"]},
        "compression": {"core_strength": core["tensile_strength"] / 1e6, "core_weight_rsd": core["weight_rsd"]},
    }
    tables = {step: pl.DataFrame({"batch": train.inputs[step]["batch"], **own}) for step, own in values.items()}
    return tables | {"coating": final_quality(train, states)}


def reports(config: TabletTrainConfig, train: Train) -> dict[str, pl.DataFrame]:
    """Step → results as text, one per row: Batch, Test, Result, Unit, Approved. Some are missing; a low degradant is `<0.05`."""
    true = true_results(train)
    return {step: _report(config, step, train.inputs[step], true[step]) for step in TESTS}


def _report(config: TabletTrainConfig, step: str, rows: pl.DataFrame, true: pl.DataFrame) -> pl.DataFrame:
    days = 14 if step == "coating" else 2
    approved = (pl.col("started_at") + pl.duration(days=days)).dt.strftime("%Y-%m-%d")
    frame = rows.select(pl.col("batch").alias("Batch"), ulm=pl.col("site") == "Ulm", Approved=approved)
    tests = [_test(config, test, frame, true[test.attribute].to_numpy()) for test in TESTS[step]]
    table = pl.concat(tests)
    kept = generator(config.seed, f"missing {step}").uniform(size=table.height) >= config.missing
    return table.filter(pl.Series(kept)).sort("Batch", "Test")


def _test(config: TabletTrainConfig, test: Test, frame: pl.DataFrame, true: FloatArray) -> pl.DataFrame:
    error = config.noise * test.error * generator(config.seed, f"test {test.attribute}").standard_normal(len(true))
    values = np.maximum(true * (1 + error) if test.relative else true + error, 0.0)
    unit, factor, digits = test.elsewhere or (test.unit, 1.0, test.digits)
    number = pl.Series(values)
    here = number.round(test.digits).cast(pl.String)
    there = (number * factor).round(digits).cast(pl.String)
    shown = pl.when(pl.col("ulm")).then(there).otherwise(here)
    if test.attribute == "degradant":
        shown = pl.when(number < LOQ).then(pl.lit(f"<{LOQ:g}")).otherwise(shown)
    units = pl.when(pl.col("ulm")).then(pl.lit(unit)).otherwise(pl.lit(test.unit))
    return frame.select("Batch", Test=pl.lit(test.name), Result=shown, Unit=units, Approved="Approved")
