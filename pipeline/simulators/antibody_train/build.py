"""Write the raw files of one antibody train, and the truth behind them in another folder."""

from itertools import pairwise
from pathlib import Path

import polars as pl

from pipeline.simulators.antibody_train import lots
from pipeline.simulators.antibody_train.amounts import measured
from pipeline.simulators.antibody_train.breaks import Break, booked, planted, really_lost
from pipeline.simulators.antibody_train.campaigns import STEPS, campaigns
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.exports import Tables, exports, lot_files
from pipeline.simulators.antibody_train.laboratory import results
from pipeline.simulators.antibody_train.products import products
from pipeline.simulators.antibody_train.records import records
from pipeline.simulators.antibody_train.settings import settings
from pipeline.simulators.antibody_train.train import Simulation, TrainRun, simulate
from pipeline.simulators.antibody_train.truth import contributions, noise_free
from pipeline.simulators.workbook import write_workbook


def build(config: AntibodyTrainConfig, raw: Path, truth: Path) -> None:
    """Write the exports of the train to the folder `raw`, and the truth to the folder `truth`.

    The truth consists of `products` (hidden traits), one table per step (equipment, settings, drivers, and true states and
    amounts of its batches), `transfers` (true amounts in g), `noise_free` (quality of the drug substance without noise),
    `contributions` (of each step to it) and `breaks` (planted breaks of the balance).
    """
    for folder in (raw, truth):
        folder.mkdir(parents=True, exist_ok=True)
    simulation, lot_tables, uses = plan(config)
    counts = {step: rows.height for step, rows in simulation.rows.items()}
    sound = simulate(simulation, config.noise)
    breaks = planted(config, simulation, measured(config.seed, config.noise, sound))
    run = simulate(simulation, config.noise, really_lost(breaks, counts), sound.decisions)
    amounts = booked(breaks, measured(config.seed, config.noise, run))
    reported = {f"{step}_results.csv": results(config.seed, config.noise, simulation, run, step) for step in STEPS}
    written = records(simulation, run, amounts, config.noise)
    _write(exports(config.seed, written, simulation.campaigns, amounts, reported) | lot_files(lot_tables, uses), raw)
    _write_truth(simulation, run, truth)
    _named(breaks, simulation).write_parquet(truth / "breaks.parquet")


def _named(breaks: list[Break], simulation: Simulation) -> pl.DataFrame:
    """Table of the breaks: batch, step, kind, size and factor."""
    names = [simulation.rows[one.step]["batch"][one.index] for one in breaks]
    columns = {name: [getattr(one, name) for one in breaks] for name in ("step", "kind", "size", "factor")}
    schema = {"batch": pl.String, "step": pl.String, "kind": pl.String, "size": pl.Float64, "factor": pl.Float64}
    return pl.DataFrame({"batch": names, **columns}, schema=schema)


def plan(config: AntibodyTrainConfig) -> tuple[Simulation, Tables, Tables]:
    """Plan all batches: campaigns, equipment, settings and materials; then the lots and their uses, by material."""
    made = campaigns(config)
    rows = settings(config, made)
    lot_tables: Tables = {}
    uses: Tables = {}
    for material, (step, _, _) in lots.MATERIALS.items():
        lot_tables[material] = lots.lots(config, material, rows[step])
        uses[material] = lots.genealogy(config, material, rows[step], lot_tables[material])
        rows[step] = lots.of_batches(material, rows[step], uses[material], lot_tables[material])
    return Simulation(config.seed, made, rows, products(config)), lot_tables, uses


def _write_truth(simulation: Simulation, run: TrainRun, truth: Path) -> None:
    simulation.products.write_parquet(truth / "products.parquet")
    for step in STEPS:
        one = run.steps[step]
        amounts = {"taken": one.taken, "given": one.given, "lost": one.lost}
        columns = [
            *(pl.Series(f"driver_{name}", values) for name, values in one.drivers.items()),
            *(pl.Series(f"true_{name}", values) for name, values in one.after.items()),
            *(pl.Series(f"{name}_g", values) for name, values in amounts.items()),
        ]
        simulation.rows[step].with_columns(columns).write_parquet(truth / f"{step}.parquet")
    _transfers(simulation, run).write_parquet(truth / "transfers.parquet")
    quality = noise_free(simulation, run.decisions)
    pl.DataFrame({"batch": simulation.rows[STEPS[-1]]["batch"], **quality}).write_parquet(truth / "noise_free.parquet")
    contributions(simulation, run.decisions).write_parquet(truth / "contributions.parquet")


def _transfers(simulation: Simulation, run: TrainRun) -> pl.DataFrame:
    """True transfers: step, from_batch, to_batch, grams."""
    parts = []
    for before, after in pairwise(STEPS):
        links = simulation.campaigns.links[after]
        columns = {
            "from_batch": simulation.rows[before]["batch"].gather(links.sources),
            "to_batch": simulation.rows[after]["batch"].gather(links.targets),
            "grams": links.amounts(run.steps[before].given),
        }
        parts.append(pl.DataFrame(columns).select(pl.lit(after).alias("step"), pl.all()))
    return pl.concat(parts)


def _write(tables: Tables, raw: Path) -> None:
    for name, frame in tables.items():
        if name.endswith(".xlsx"):
            write_workbook(frame, raw / name)
        else:
            frame.write_csv(raw / name, separator=";" if name.startswith("kiel_") else ",")


__all__ = ["build", "plan"]
