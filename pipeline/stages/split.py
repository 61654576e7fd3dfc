"""Which batches learn and which are predicted, as a table that can be inspected."""

import json
from pathlib import Path

import polars as pl

from pipeline.domain.config_files import load
from pipeline.extrapolation.protocols import Split, fold_table
from pipeline.stages.run import run, write, write_text


def split(config: Path, features: Path, folds: Path, summary: Path) -> None:
    """Assign every batch under every protocol; a protocol that cannot be applied is named with the reason."""
    table, skipped = fold_table(pl.read_parquet(features), load(config, "split", Split))
    write(table, folds)
    counts = table.group_by("protocol", "fold", "role", maintain_order=True).len()
    numbers: dict[str, dict[str, dict[str, int]]] = {}
    for protocol, fold, role, count in counts.iter_rows():
        numbers.setdefault(protocol, {}).setdefault(f"fold {fold}", {})[role] = count
    write_text(json.dumps({"batches": numbers, "skipped": skipped}, indent=2) + "\n", summary)


if __name__ == "__main__":
    run(split)
