"""Write the raw files of one tablet train, and the truth behind them in another folder."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipeline.simulators.tablet_train import exports
from pipeline.simulators.tablet_train.balance_breaks import plant_breaks
from pipeline.simulators.tablet_train.config import TabletTrainConfig
from pipeline.simulators.tablet_train.contributions import contributions
from pipeline.simulators.tablet_train.laboratory import reports
from pipeline.simulators.tablet_train.mass_balance import weighed
from pipeline.simulators.tablet_train.products import population
from pipeline.simulators.tablet_train.train import STEPS, Train, chain, final_quality, make
from pipeline.simulators.workbook import write_workbook


def build(config: TabletTrainConfig, raw: Path, truth: Path) -> None:
    """Write the exports of the train to the folder `raw`, and the truth to the folder `truth`.

    The truth consists of `products` (formula and hidden traits), `inputs_<step>` (all numbers that acted), `amounts_<step>` (true
    amounts), `transfers`, `quality` (without the error of tests), `noise_free` (also without variation from batch to batch),
    `contributions` (of each step to each quality attribute) and `balance_breaks`.
    """
    for folder in (raw, truth):
        folder.mkdir(parents=True, exist_ok=True)
    train = make(config)
    recorded = {step: weighed(config.seed, config.noise, step, train.amounts[step]) for step in STEPS}
    recorded, breaks = plant_breaks(config.seed, config.balance_breaks, recorded)
    _write(_raw_files(config, train, recorded), raw)
    for name, frame in _truth_files(config, train).items():
        frame.write_parquet(truth / f"{name}.parquet")
    breaks.write_parquet(truth / "balance_breaks.parquet")


def _raw_files(config: TabletTrainConfig, train: Train, recorded: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {
        **exports.batch_records(config.seed, config.noise, train, recorded),
        **exports.machine_lists(),
        **exports.lot_files(train.lots),
        **exports.genealogy_files(train.uses),
        **{f"laboratory_{step}.csv": frame for step, frame in reports(config, train).items()},
        "transfers.csv": exports.transfer_file(config.seed, config.noise, train.transfers),
    }


def _truth_files(config: TabletTrainConfig, train: Train) -> dict[str, pl.DataFrame]:
    return {
        "products": population(config),
        **{f"inputs_{step}": train.inputs[step] for step in STEPS},
        **{f"amounts_{step}": train.amounts[step] for step in STEPS},
        "transfers": pl.concat(frame.with_columns(step=pl.lit(step)) for step, frame in train.transfers.items()),
        "quality": final_quality(train, train.states),
        "noise_free": final_quality(train, chain(train, 0.0)),
        "contributions": contributions(train),
    }


def _write(tables: Mapping[str, pl.DataFrame], raw: Path) -> None:
    for name, frame in tables.items():
        if name.endswith(".xlsx"):
            write_workbook(frame, raw / name)
        else:
            frame.write_csv(raw / name, separator=";" if name.startswith("ulm_") else ",")


__all__ = ["build"]
