"""Batch records, equipment list and laboratory results as the sites export them, in their own languages and units."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.random_numbers import generator

LOQ = 40.0
"""Reporting limit of host cell protein [ng/mg]."""


@dataclass(frozen=True)
class RecordColumn:
    """A column of the batch record of a site: written value = quantity · factor + offset."""

    header: str
    name: str
    """Quantity in the rows of the plant."""
    factor: float = 1.0
    offset: float = 0.0
    digits: int = 2
    """Decimal places."""


BOSTON = (
    RecordColumn("Air flow [mL/min]", "gas_flow", 6e7, digits=2),
    RecordColumn("Agitation [rpm]", "agitation", 60, digits=1),
    RecordColumn("Head pressure [bar]", "head_pressure", 1e-5, digits=3),
    RecordColumn("Temperature [degC]", "temperature"),
    RecordColumn("Temperature after shift [degC]", "temperature_after_shift"),
    RecordColumn("Shift [day]", "shift_day", digits=1),
    RecordColumn("pH", "ph", digits=3),
    RecordColumn("DO [%]", "dissolved_oxygen", digits=1),
    RecordColumn("Inoculum [1e6/mL]", "inoculum_density", digits=3),
    RecordColumn("Feed [%]", "feed_share", 100, digits=2),
    RecordColumn("Duration [day]", "duration_days", digits=1),
)
VISP = (
    RecordColumn("Begasung m3/h", "gas_flow", 3600, digits=5),
    RecordColumn("Drehzahl 1/s", "agitation", 1, digits=4),
    RecordColumn("Kopfdruck mbar", "head_pressure", 1e-2, digits=1),
    RecordColumn("Temperatur °C", "temperature"),
    RecordColumn("Temperatur nach Absenkung °C", "temperature_after_shift"),
    RecordColumn("Absenkung Tag", "shift_day", digits=1),
    RecordColumn("pH", "ph", digits=3),
    RecordColumn("pO2 %", "dissolved_oxygen", digits=1),
    RecordColumn("Animpfdichte Mio/mL", "inoculum_density", digits=3),
    RecordColumn("Futter %", "feed_share", 100, digits=2),
    RecordColumn("Dauer Tage", "duration_days", digits=1),
)
CORK = (
    RecordColumn("Gas (L/min)", "gas_flow", 6e4, digits=3),
    RecordColumn("Speed (rpm)", "agitation", 60, digits=1),
    RecordColumn("Head pressure (psi)", "head_pressure", 1 / 6894.757, digits=3),
    RecordColumn("Temp (degF)", "temperature", 1.8, 32),
    RecordColumn("Temp after shift (degF)", "temperature_after_shift", 1.8, 32),
    RecordColumn("Shift (h)", "shift_day", 24, digits=1),
    RecordColumn("pH", "ph", digits=3),
    RecordColumn("DO (%)", "dissolved_oxygen", digits=1),
    RecordColumn("Seed (1e6/mL)", "inoculum_density", digits=3),
    RecordColumn("Feed (%)", "feed_share", 100, digits=2),
    RecordColumn("Run (h)", "duration_days", 24, digits=1),
)
TESTS = {
    "titre": ("Titre (Protein A)", "g/L", 3),
    "hmw": ("HMW (SEC)", "%", 2),
    "acidic_variants": ("Acidic variants (CEX)", "%", 1),
    "galactosylation": ("Galactosylation (HILIC)", "%", 1),
    "hcp": ("HCP (ELISA)", "ng/mg", 1),
    "viability": ("Viability at harvest", "%", 1),
}
"""Attribute → name of the test, unit, decimal places."""


def batch_records(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """File → batch records of a site, as text."""
    return {
        "boston_batches.csv": _record(
            rows, "Boston", ("Batch", "Molecule", "Start", "Vessel", "Volume [L]"), "%Y-%m-%d %H:%M", 1000.0, BOSTON
        ),
        "visp_chargen.csv": _record(
            rows, "Visp", ("Charge", "Produkt", "Beginn", "Kessel", "Volumen m3"), "%d.%m.%Y %H:%M", 1.0, VISP
        ).with_columns(pl.all().exclude("Charge", "Produkt", "Beginn", "Kessel").str.replace(".", ",", literal=True)),
        "cork_batches.xlsx": _record(
            rows, "Cork", ("Batch", "Product", "Started", "Bioreactor", "Volume (L)"), "%Y-%m-%d %H:%M", 1000.0, CORK
        ),
    }


def _record(
    rows: pl.DataFrame,
    site: str,
    heads: tuple[str, str, str, str, str],
    moment: str,
    litres: float,
    columns: tuple[RecordColumn, ...],
) -> pl.DataFrame:
    own = rows.filter(pl.col("site") == site)
    batch, product, start, vessel, volume = heads
    return own.select(
        pl.col("batch_id").alias(batch),
        pl.col("product").alias(product),
        pl.col("started_at").dt.strftime(moment).alias(start),
        pl.col("equipment").alias(vessel),
        (pl.col("working_volume") * litres).round(4).cast(pl.String).alias(volume),
        *((pl.col(c.name) * c.factor + c.offset).round(c.digits).cast(pl.String).alias(c.header) for c in columns),
    )


def equipment_record(vessels: pl.DataFrame) -> pl.DataFrame:
    """The list of vessels with their geometry in millimetres."""
    return vessels.select(
        pl.col("equipment").alias("Vessel"),
        pl.col("site").alias("Site"),
        (pl.col("tank_diameter") * 1000).round(1).cast(pl.String).alias("Tank diameter [mm]"),
        (pl.col("impeller_diameter") * 1000).round(1).cast(pl.String).alias("Impeller diameter [mm]"),
        pl.col("impellers").cast(pl.String).alias("Impellers"),
        pl.col("power_number").cast(pl.String).alias("Power number"),
        pl.col("sparger").alias("Sparger"),
    )


def lims(seed: int, rows: pl.DataFrame, quality: pl.DataFrame) -> pl.DataFrame:
    """Laboratory results as text, one per row.

    Results below the reporting limit are written as `<40`. A few results also have an earlier, wrong revision, and a few rows
    are exported twice.
    """
    joined = rows.select("batch_id", "started_at", "duration_days").join(
        quality, on="batch_id", how="left", maintain_order="left"
    )
    parts = [_test(joined, name, *TESTS[name]) for name in TESTS]
    table = pl.concat(parts).sort("batch", "test")
    rng = generator(seed, "revisions")
    revised = rng.uniform(size=table.height) < 0.01
    wrong = table.filter(pl.Series(revised) & ~pl.col("result").str.starts_with("<"))
    factor = pl.Series(np.round(rng.choice([0.1, 10.0, 1.31], wrong.height), 2))
    first = wrong.with_columns((pl.col("result").cast(pl.Float64) * factor).round(3).cast(pl.String).alias("result"))
    second = wrong.with_columns(pl.lit("2").alias("revision"))
    others = table.join(wrong, on=["batch", "test"], how="anti")
    stacked = pl.concat([others, first, second]).sort("batch", "test", "revision")
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)
    named = stacked.select(pl.concat_str(pl.lit("S-"), number).alias("sample"), pl.all())
    doubled = pl.Series(rng.uniform(size=named.height) < 0.005)
    return pl.concat([named, named.filter(doubled)])  # rows that are exported twice are appended


def _test(rows: pl.DataFrame, name: str, test: str, unit: str, digits: int) -> pl.DataFrame:
    text = pl.col(name).round(digits).cast(pl.String)
    shown = pl.when(pl.col(name) < LOQ).then(pl.lit(f"<{LOQ:g}")).otherwise(text) if name == "hcp" else text
    approved = pl.col("started_at") + pl.duration(hours=(pl.col("duration_days") * 24).round() + 120)
    return rows.select(
        pl.col("batch_id").alias("batch"),
        pl.lit(test).alias("test"),
        shown.alias("result"),
        pl.lit(unit).alias("unit"),
        pl.lit("1").alias("revision"),
        approved.dt.strftime("%Y-%m-%d").alias("approved"),
    )
