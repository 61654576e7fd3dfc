"""Balances of the three simulated trains: which planted breaks are found, and how many sound batches are reported.

    python benchmarks/balances_of_trains.py [seed …] [--write]

Each train is simulated with its default size. Its raw files are read as `dvc repro` reads them, and the balances that its
definition declares are judged at 1 % of false alarms. Which balances are broken is known from the truth of the simulation:
breaks of 4.5 standard deviations of the step yield and more. The reference of the same run are limits at mean ± k · SD of the
batches of the product.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from report import Cell, Report, Table, command, publish
from scipy.special import ndtri
from tablets_rows import ROOT

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.left_out import NONE
from pipeline.domain.process.operation_kinds import context_of
from pipeline.domain.process.process import Process
from pipeline.history.balances.of_history import balances_of
from pipeline.history.balances.wording import BROKEN
from pipeline.history.quality.verdict import read_history_of
from pipeline.operations.registry import unit_operations
from pipeline.simulators.antibody_train.build import build as antibody_train
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.cell_therapy.build import build as cell_therapy
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.tablet_train.build import build as tablet_train
from pipeline.simulators.tablet_train.config import TabletTrainConfig

RATE = 0.01


@dataclass(frozen=True)
class Train:
    """A simulated train: what builds it with a seed, into a folder for the raw files and one for the truth."""

    title: str
    build: Callable[[int, Path, Path], None]


TRAINS: Mapping[str, Train] = {
    "antibody_train": Train(
        "antibodies", lambda seed, raw, truth: antibody_train(AntibodyTrainConfig(seed=seed), raw, truth)
    ),
    "tablet_train": Train("tablets", lambda seed, raw, truth: tablet_train(TabletTrainConfig(seed=seed), raw, truth)),
    "cell_therapy": Train("cell therapy", lambda seed, raw, truth: cell_therapy(CellTherapyConfig(seed=seed), raw, truth)),
}


def main(given: argparse.Namespace) -> None:
    """Judge all trains, and show the table."""
    tables = {name: pl.concat([_judged(name, seed) for seed in given.seeds]) for name in TRAINS}
    rows = [_row(TRAINS[name].title, table) for name, table in tables.items()]
    note = (
        "*Found*: planted breaks that are reported. *False*: percent of the other balances that are reported, with the standard "
        "error of a proportion."
    )
    head = ["train", "judged", "planted", "found", "false", "mean ± k · SD: found", "mean ± k · SD: false", "ratio of found"]
    table = Table("Balances of the simulated trains at 1 % of false alarms.", head, rows, note=note)
    judged = sum(table.height for table in tables.values())
    publish(Report("balances_of_trains", (table,), given.seeds, {"balances": judged}), given)


def _judged(name: str, seed: int) -> pl.DataFrame:
    """Return the judged balances of a train, with the columns `broken`, `reported` and `outside`."""
    process = parse(Process, read_yaml(ROOT / f"conf/process/{name}.yaml"), name, context=context_of(unit_operations()))
    with tempfile.TemporaryDirectory() as place:
        raw, truth = Path(place) / "raw", Path(place) / "truth"
        TRAINS[name].build(seed, raw, truth)
        table = balances_of(process, read_history_of(process, raw, NONE))
        breaks = pl.read_parquet(next(truth.glob("*breaks.parquet"))).select("step", batch_id="batch", broken=pl.lit(True))
    assert table is not None
    print(f"{name}, seed {seed}: done", flush=True)
    return with_outcome(table.filter(pl.col("verdict") != "not judged"), breaks)


def with_outcome(judged: pl.DataFrame, breaks: pl.DataFrame) -> pl.DataFrame:
    """Add whether each balance is broken, is reported, and lies outside mean ± k · SD of the closures of its product.

    judged: rows of the table of balances; breaks: step, batch_id, broken.
    """
    closure, product = pl.col("closure"), ("step", "balance", "product")
    far = (closure - closure.mean().over(product)).abs() > -float(ndtri(RATE / 2)) * closure.std().over(product)
    return judged.join(breaks, on=["step", "batch_id"], how="left", maintain_order="left").select(
        pl.col("broken").fill_null(False),
        pl.col("verdict").cast(pl.String).is_in(BROKEN).alias("reported"),
        far.alias("outside"),
    )


def _row(title: str, table: pl.DataFrame) -> list[Cell]:
    broken, sound = table.filter("broken"), table.filter(~pl.col("broken"))
    false = float(sound["reported"].cast(pl.Float64).mean())  # type: ignore[arg-type]
    error = (false * (1 - false) / sound.height) ** 0.5
    found, theirs = int(broken["reported"].sum()), int(broken["outside"].sum())
    others = 100 * float(sound["outside"].cast(pl.Float64).mean())  # type: ignore[arg-type]
    ratio = found / theirs if theirs else None
    return [title, table.height, broken.height, found, f"{100 * false:.2f} ± {100 * error:.2f}", theirs, others, ratio]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = command(__doc__ or "")
    parser.add_argument("seeds", nargs="*", type=int, default=[1, 2, 3, 4], help="seeds of the trains")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
