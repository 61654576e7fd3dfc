"""Write the raw files of one virtual plant, and the truth behind them in another folder.

Batches are simulated and written in blocks, in order of time, so that memory does not grow with the number of sensor records.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.blocks import SimulatedBlock, block_size, simulated, site_records
from pipeline.simulators.virtual_plant.campaigns import campaigns
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.deviations_log import deviations_log
from pipeline.simulators.virtual_plant.equipment import table
from pipeline.simulators.virtual_plant.exports import batch_records, equipment_record, lims
from pipeline.simulators.virtual_plant.faults import faults
from pipeline.simulators.virtual_plant.historian import HISTORIANS, ambiguous_times, as_exported, started_utc
from pipeline.simulators.virtual_plant.lots import PROPERTIES, genealogy, lot_table, mixed
from pipeline.simulators.virtual_plant.planted_errors import (
    PlantedError,
    Tables,
    batches_with_errors,
    plant_errors,
    plant_in_historian,
    planted_rows,
    replaced_results,
    set_aside,
    unclear_times,
)
from pipeline.simulators.virtual_plant.population import population
from pipeline.simulators.virtual_plant.quality import observed
from pipeline.simulators.virtual_plant.samples import samples
from pipeline.simulators.virtual_plant.set_points import settings
from pipeline.simulators.virtual_plant.truth import noise_free
from pipeline.simulators.workbook import write_workbook


@dataclass
class Collected:
    """Results of the blocks that were written so far."""

    quality: list[pl.DataFrame] = field(default_factory=list)
    samples: list[pl.DataFrame] = field(default_factory=list)
    errors: list[PlantedError] = field(default_factory=list)
    expected: list[pl.DataFrame] = field(default_factory=list)


def build(config: PlantConfig, raw: Path, truth: Path) -> None:
    """Write the exports of the plant to the folder `raw`, and the truth to the folder `truth`.

    The truth consists of `rows` (traits, vessel, settings and materials of each batch), `noise_free` (quality without noise
    and without faults), `quality` (without noise, with the fault of the batch), `faults` (cause and onset), `errors` (planted
    errors) and `expected_quarantine` (file and row of all rows that validation must set aside).
    """
    for folder in (raw, truth):
        folder.mkdir(parents=True, exist_ok=True)
    rows, lots, use = plan(config)
    faulty = faults(config, rows)
    tables = {**batch_records(rows), **_materials(lots, use)}
    collected = Collected()
    size = block_size(config)
    for number, begin in enumerate(range(0, rows.height, size)):
        _write_block(config, simulated(config, rows[begin : begin + size], faulty), number, raw, collected)
    quality = pl.concat(collected.quality)
    measured = rows.join(faulty.filter(pl.col("cause") == "contamination"), on="batch_id", how="anti")
    tables["lims_results.csv"] = lims(config.seed, measured, observed(config.seed, config.noise, quality))
    tables["samples.csv"] = pl.concat(collected.samples)
    if config.deviations_log:
        tables["deviations.csv"] = deviations_log(config, rows, faulty)
    changed, errors = plant_errors(tables)
    names = batches_with_errors(tables, errors)
    _write(changed | {"equipment.csv": equipment_record(table())}, raw)
    quality.write_parquet(truth / "quality.parquet")
    _without_fault(rows, quality, faulty).write_parquet(truth / "noise_free.parquet")
    rows.write_parquet(truth / "rows.parquet")
    faulty.write_parquet(truth / "faults.parquet")
    pl.DataFrame([asdict(error) for error in [*errors, *collected.errors]]).write_parquet(truth / "errors.parquet")
    dependent = _rows_of_batches(changed, names) + [_in_file(raw, file, names) for file in _historian_files(raw)]
    parts = [
        planted_rows([*errors, *collected.errors]),
        *collected.expected,
        replaced_results(changed["lims_results.csv"]),
        *dependent,
    ]
    pl.concat(parts).unique(["file", "row"], keep="first").sort("file", "row").write_parquet(
        truth / "expected_quarantine.parquet"
    )


def plan(config: PlantConfig) -> tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]:
    """Plan all batches: their rows with product traits, vessel, settings and materials; the lots; the uses of lots."""
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


def _without_fault(rows: pl.DataFrame, quality: pl.DataFrame, faulty: pl.DataFrame) -> pl.DataFrame:
    """Quality without faults. Only batches with a fault are simulated again."""
    again = rows.join(faulty, on="batch_id", how="semi")
    better = pl.DataFrame({"batch_id": again["batch_id"], **noise_free(again).to_dict()})
    return quality.update(better, on="batch_id", how="left")


def _write_block(config: PlantConfig, block: SimulatedBlock, number: int, raw: Path, collected: Collected) -> None:
    """Write the sensor records of a block, one file per site, and collect the other results."""
    collected.quality.append(block.quality)
    sites = block.rows["site"].to_numpy()
    parts = []
    for site in HISTORIANS:
        place = np.flatnonzero(sites == site)
        if not len(place):
            continue
        own = block.at(place)
        _write_records(site, number, site_records(config, site, number, own), raw, collected)
        rng = generator(config.seed, f"samples {site} {number}")
        begun = started_utc(own.rows, HISTORIANS[site].zone)
        parts.append(samples(rng, own.rows, begun, own.end, own.sample_hours, own.analyses))
    collected.samples.append(pl.concat(parts))


def _write_records(site: str, number: int, records: pl.DataFrame, raw: Path, collected: Collected) -> None:
    """Write one file of a historian. The first file of each site has planted errors."""
    file = f"historian/{site.lower()}/part-{number:05d}.parquet"
    exported, unclear = as_exported(site, records), ambiguous_times(site, records)
    if number == 0:
        exported, errors = plant_in_historian(file, exported, HISTORIANS[site].tags[1])
        unclear = _with_inserted_row(unclear, errors)
        collected.errors.extend(errors)
    collected.expected.append(unclear_times(file, unclear))
    (raw / file).parent.mkdir(parents=True, exist_ok=True)
    exported.write_parquet(raw / file)


def _with_inserted_row(marks: pl.Series, errors: list[PlantedError]) -> pl.Series:
    """Marks of the rows of a file after a second value was inserted behind one of them."""
    twin = max(error.row for error in errors if error.kind == "two values at one time") - 2
    return pl.concat([marks[:twin], pl.Series([False]), marks[twin:]])


def _historian_files(raw: Path) -> list[str]:
    return [path.relative_to(raw).as_posix() for path in sorted((raw / "historian").rglob("*.parquet"))]


def _in_file(raw: Path, file: str, names: list[str]) -> pl.DataFrame:
    column = next(site.columns[0] for name, site in HISTORIANS.items() if name.lower() == Path(file).parent.name)
    return set_aside(file, pl.read_parquet(raw / file, columns=[column])[column], names)


def _rows_of_batches(tables: Tables, names: list[str]) -> list[pl.DataFrame]:
    columns = {"lims_results.csv": "batch", "samples.csv": "Batch", "genealogy.csv": "Batch", "deviations.csv": "Batch"}
    return [set_aside(file, tables[file][column], names) for file, column in columns.items() if file in tables]


def _materials(lots: dict[str, pl.DataFrame], use: pl.DataFrame) -> Tables:
    """Tables of lots and genealogy as text."""
    named = use.select(
        pl.col("batch_id").alias("Batch"),
        pl.col("material").alias("Material"),
        pl.col("lot_id").alias("Lot"),
        pl.col("kilograms").cast(pl.String).alias("kg"),
    )
    tables = {f"{m}_lots.csv": frame.drop("in_use_from").rename({"lot_id": "Lot #"}) for m, frame in lots.items()}
    return {name: frame.with_columns(pl.all().cast(pl.String)) for name, frame in tables.items()} | {"genealogy.csv": named}


def _write(tables: Tables, raw: Path) -> None:
    for name, frame in tables.items():
        if name.endswith(".xlsx"):
            write_workbook(frame, raw / name)
        else:
            frame.write_csv(raw / name, separator=";" if name == "visp_chargen.csv" else ",")


__all__ = ["build", "plan"]
