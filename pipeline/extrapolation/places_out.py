"""Folds that hide a lineage at one of its places, while its batches elsewhere at the same scale are known."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from pipeline.extrapolation.hiding import NotApplicableError, roles

Place = Literal["site", "equipment"]
PLACE_IN_WORDS: Mapping[Place, str] = {"site": "site", "equipment": "device"}
"""Column of a place → what a place is called."""
_SHARED = "_shared"


def place_out(rows: pl.DataFrame, column: Place, folds: int) -> pl.DataFrame:
    """Return folds that test a lineage at one of its places: fold, batch_id, role.

    rows: batch_id, lineage, scale_level and the column. Tested are the batches at scales at which the lineage was also made
    at another place. Its other batches at the tested place have no role in the fold. All other batches are training batches.
    Raises NotApplicableError where no lineage was made at one scale at two places.
    """
    place = PLACE_IN_WORDS[column]
    if column not in rows.columns or rows[column].null_count() == rows.height:
        raise NotApplicableError(f"no batch states its {place}")
    shared = (pl.col(column).drop_nulls().n_unique().over("lineage", "scale_level") > 1) & pl.col(column).is_not_null()
    marked = rows.with_columns(shared.alias(_SHARED))
    places = marked.filter(_SHARED).select("lineage", column).unique().sort("lineage", column)
    if places.is_empty():
        raise NotApplicableError(f"no lineage (product, strength) was made at one scale {_at_two(column)}")
    numbered = places.with_columns((pl.int_range(pl.len()) % folds).alias("fold")).join(marked, on=["lineage", column])
    hidden = roles(rows, [(int(fold), own["batch_id"]) for (fold,), own in numbered.group_by("fold", maintain_order=True)])
    untested = numbered.filter(~pl.col(_SHARED)).select(pl.col("fold").cast(pl.Int32), "batch_id")
    return hidden.join(untested, on=["fold", "batch_id"], how="anti", maintain_order="left")


def _at_two(column: Place) -> str:
    return "at two sites" if column == "site" else "on two devices"
