"""Read and assemble a small process from text files."""

from pathlib import Path

import polars as pl

from pipeline.domain.left_out import NONE, LeftOut
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.ingest import ingest
from tests.conftest import process_of
from tests.support.definitions import PlainData


def history_of(definition: PlainData, folder: Path, left_out: LeftOut = NONE) -> AssembledHistory:
    process = process_of(definition)
    typed = ingest(process, folder, folder / "snapshots")
    return assemble(
        process,
        {name: source.rows for name, source in typed.items()},
        pl.concat([source.quarantine for source in typed.values()]),
        pl.concat([source.ledger for source in typed.values()]),
        left_out,
    )


def batches_csv(folder: Path, *lines: str) -> None:
    (folder / "batches.csv").write_text("\n".join(["batch,product,volume,temperature,titre", *lines]) + "\n")
