"""Roles of batches in folds: the hidden batches of a fold are tested, the others train."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import ScalebridgeError


class NotApplicableError(ScalebridgeError):
    """The reason why a protocol cannot be applied to these batches."""


def hold_out(rows: pl.DataFrame, tested: pl.DataFrame, group: str, folds: int) -> pl.DataFrame:
    """Return folds that test the batches of `tested`, whole groups together. All other rows of a fold are training rows."""
    fold_of = _balanced_folds(dict(tested.group_by(group).len().iter_rows()), folds)
    numbered = tested.select("batch_id", pl.col(group).replace_strict(fold_of, return_dtype=pl.Int32).alias("fold"))
    return roles(rows, [(int(fold), part["batch_id"]) for (fold,), part in numbered.group_by("fold", maintain_order=True)])


def _balanced_folds(sizes: Mapping[str, int], folds: int) -> dict[str, int]:
    """Return a fold for each group. The groups are assigned by size, the largest first, each to the smallest fold so far."""
    filled = [0] * min(folds, len(sizes))
    chosen = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold = filled.index(min(filled))
        chosen[group], filled[fold] = fold, filled[fold] + size
    return chosen


def roles(rows: pl.DataFrame, tests: list[tuple[int, pl.Series]]) -> pl.DataFrame:
    """Return all rows of each fold with their role: test for the batches given for the fold, train for all others."""
    tables = [
        rows.select(
            pl.lit(fold, dtype=pl.Int32).alias("fold"),
            "batch_id",
            pl.when(pl.col("batch_id").is_in(names.implode())).then(pl.lit("test")).otherwise(pl.lit("train")).alias("role"),
        )
        for fold, names in sorted(tests, key=lambda test: test[0])
    ]
    return pl.concat(tables)
