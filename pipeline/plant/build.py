"""Make one virtual plant: its raw files, and the truth behind them, kept apart."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.plant.campaigns import campaigns
from pipeline.plant.config import PlantConfig
from pipeline.plant.dynamics import Culture, gases, simulate, temperature
from pipeline.plant.equipment import table
from pipeline.plant.exports import batch_records, equipment_record, historian, lims, write_workbook
from pipeline.plant.faults import faults, onsets
from pipeline.plant.lots import PROPERTIES, genealogy, lot_table, mixed
from pipeline.plant.operators import settings
from pipeline.plant.planted import plant_errors, struck_batches
from pipeline.plant.population import population
from pipeline.plant.quality import harvest_quality, observed
from pipeline.plant.truth import culture_of
from pipeline.plant.values import Array


def build(config: PlantConfig, raw: Path, truth: Path) -> None:
    """Write the plant's exports to `raw` and what nobody in a plant knows to `truth`."""
    raw.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    rows, lots, use = plan(config)
    struck = faults(config, rows)
    culture = culture_of(rows, onsets(struck, rows))
    hours, records, state = _run(config, culture)
    exact = pl.DataFrame({"batch_id": rows["batch_id"], **harvest_quality(culture.trait, state)})
    quality = observed(config.seed, config.noise, exact)
    tables = {**batch_records(rows), "lims_results.csv": lims(config.seed, rows, quality)}
    changed, errors = plant_errors(tables)
    _write_records(changed, raw)
    _write_others(rows, lots, use, raw)
    for site, part in rows.group_by("site", maintain_order=True):
        place = np.flatnonzero((rows["site"] == site[0]).to_numpy())
        series = historian(config.seed, part, hours, {tag: values[:, place] for tag, values in records.items()})
        (raw / "historian").mkdir(exist_ok=True)
        series.write_parquet(raw / "historian" / f"{str(site[0]).lower()}.parquet")
    rows.write_parquet(truth / "rows.parquet")
    exact.write_parquet(truth / "quality.parquet")
    struck.write_parquet(truth / "faults.parquet")
    pl.DataFrame([asdict(error) for error in errors]).write_parquet(truth / "errors.parquet")
    pl.DataFrame({"batch_id": struck_batches(tables, errors)}).write_parquet(truth / "struck_batches.parquet")


def plan(config: PlantConfig) -> tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]:
    """Every batch with product traits, vessel, settings and materials; the lots; and who consumed what."""
    vessels = table()
    batches = campaigns(config, vessels)
    geometry = vessels.drop("site", "head_pressure")
    rows = batches.join(geometry, on="equipment", how="left", maintain_order="left")
    rows = rows.join(settings(config, batches, vessels), on="batch_id", how="left", maintain_order="left")
    rows = rows.join(population(config), on="product", how="left", maintain_order="left")
    lots = {material: lot_table(config, material, rows) for material in PROPERTIES}
    use = {material: genealogy(config, material, rows, lots[material]) for material in PROPERTIES}
    for material in PROPERTIES:
        rows = rows.join(mixed(use[material], lots[material]), on="batch_id", how="left", maintain_order="left")
    return rows, lots, pl.concat(use.values()).sort("batch_id", "material", "lot_id")


def _run(config: PlantConfig, culture: Culture) -> tuple[Array, dict[str, Array], Array]:
    """Simulate, and keep what sensors see: hours, tag → (times, batches), states at harvest."""
    hours: list[float] = []
    seen: dict[str, list[Array]] = {}

    def record(hour: float, state: Array) -> None:
        hours.append(hour)
        for tag, values in _sensors(culture, state, hour).items():
            seen.setdefault(tag, []).append(values)

    state = simulate(culture, config.historian_hours, record)
    return np.array(hours), {tag: np.stack(values) for tag, values in seen.items()}, state


def _sensors(culture: Culture, state: Array, hour: float) -> dict[str, Array]:
    """True values as the historian's tags show them: °C, pH, % of air saturation, 1/min, L/min, 1e6/mL, mmHg."""
    s, gas = culture.setting, gases(culture, state, hour)
    return {
        "temperature": temperature(culture, hour),
        "ph": s["ph"],  # a drifting probe shows its set-point while the broth leaves it
        "dissolved_oxygen": s["dissolved_oxygen"] * np.where(gas.oxygen_supply < 1, 0.3, 1.0),
        "agitation": 60 * s["agitation"],
        "gas_flow": 6e4 * s["gas_flow"],
        "vcd": state[1],
        "co2": gas.co2,
    }


def _write_records(tables: dict[str, pl.DataFrame], raw: Path) -> None:
    for name, frame in tables.items():
        if name.endswith(".xlsx"):
            write_workbook(frame, raw / name)
        else:
            frame.write_csv(raw / name, separator=";" if name == "visp_chargen.csv" else ",")


def _write_others(rows: pl.DataFrame, lots: dict[str, pl.DataFrame], use: pl.DataFrame, raw: Path) -> None:
    equipment_record(table()).write_csv(raw / "equipment.csv")
    for material, frame in lots.items():
        frame.drop("in_use_from").rename({"lot_id": "Lot #"}).write_csv(raw / f"{material}_lots.csv")
    use.rename({"batch_id": "Batch", "material": "Material", "lot_id": "Lot", "kilograms": "kg"}).write_csv(
        raw / "genealogy.csv"
    )


__all__ = ["build", "plan"]
