"""The check of balances finds the planted breaks of the default train, with about the share of false alarms that was declared."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.history.assemble import assemble
from pipeline.history.balances.of_history import balances_of
from pipeline.history.ingest import ingest
from pipeline.simulators.tablet_train.balance_breaks import SIZES
from pipeline.simulators.tablet_train.build import build
from pipeline.simulators.tablet_train.config import TabletTrainConfig


@pytest.mark.long
def test_breaks__of_the_default_train_are_found(root: Path, tmp_path: Path) -> None:
    build(TabletTrainConfig(), tmp_path / "raw", tmp_path / "truth")
    process = parse(Process, read_yaml(root / "conf/process/tablet_train.yaml"), "tablet_train")
    typed = ingest(process, tmp_path / "raw")
    rows = {name: source.rows for name, source in typed.items()}
    aside = pl.concat([source.quarantine for source in typed.values()])
    judged = balances_of(process, assemble(process, rows, aside, pl.concat([source.ledger for source in typed.values()])))
    assert judged is not None
    alarms = judged.filter(pl.col("kind") == "step", pl.col("verdict") != "closes").select(
        "step", pl.col("batch_id").alias("batch")
    )
    breaks = pl.read_parquet(tmp_path / "truth/balance_breaks.parquet")
    assert breaks.height == len(SIZES)
    assert breaks.join(alarms, on=["step", "batch"], how="anti").is_empty()
    false = alarms.join(breaks, on=["step", "batch"], how="anti").height
    right = judged.filter(pl.col("kind") == "step").height - breaks.height
    assert 0.002 * right < false < 0.02 * right
