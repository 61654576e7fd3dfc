"""The verdict on each balance of a batch: it closes, gives too little or too much, is impossible, or cannot be judged."""

from typing import Literal

import numpy as np
import polars as pl
from scipy.special import ndtri

from pipeline.domain.arrays import IntArray
from pipeline.domain.tables import OTHER_DIMENSION, Balances
from pipeline.history.balances.amounts import CAME_OUT, RELATIVE_ERROR
from pipeline.history.balances.limits import Limits, limits
from pipeline.history.balances.transfers import OTHER

Kind = Literal["step", "handed over", "received"]
_ADDED = ("expected", "lower", "upper", "distance", "reach")


def verdicts(rows: pl.DataFrame, kind: Kind, rate: float) -> pl.DataFrame:
    """Add yield, closure, limits and verdict to rows with product, scale, taken, given, `CAME_OUT` and `RELATIVE_ERROR`.

    rate: the share of false alarms. A step without a scale has null in every row.
    """
    rows = rows if OTHER in rows.columns else rows.with_columns(pl.lit(False).alias(OTHER))
    ratio = pl.when(pl.col("taken") > 0)
    known = rows.with_columns(
        ratio.then(pl.col("given") / pl.col("taken")).alias("yield"),
        ratio.then(pl.col(CAME_OUT) / pl.col("taken")).alias("closure"),
    )
    usable = pl.all_horizontal(pl.col(CAME_OUT).is_not_null(), pl.col("taken") > 0, ~_negative()).fill_null(False)
    used, others = known.filter(usable), known.filter(~usable)
    found = _limits(used, rate)
    judged = used.hstack(pl.DataFrame({name: getattr(found, name) for name in _ADDED}, nan_to_null=True))
    return _with_verdict(pl.concat([judged, others], how="diagonal"), kind, rate, found.enough)


def _negative() -> pl.Expr:
    """Whether something negative came out."""
    return (pl.col("given") < 0) | (pl.col("lost").fill_null(0) < 0)


def _limits(used: pl.DataFrame, rate: float) -> Limits:
    """Limits of the rows, in their order."""
    scales = used["scale"].cast(pl.Float64)
    logarithms = None if scales.is_null().all() else scales.log10().fill_null(np.nan).to_numpy()
    return limits(used["closure"].to_numpy(), _products(used["product"].cast(pl.String)), logarithms, rate)


def _products(names: pl.Series) -> IntArray:
    """Number the products. A batch of unknown product is of the only product, or is like no other batch if there are several."""
    numbers = names.rank("dense").cast(pl.Int64)
    if names.drop_nulls().n_unique() <= 1:
        return numbers.fill_null(1).to_numpy()
    return numbers.fill_null(pl.int_range(names.len(), 2 * names.len(), eager=True)).to_numpy()


def _with_verdict(rows: pl.DataFrame, kind: Kind, rate: float, enough: bool) -> pl.DataFrame:
    """Add `possible`, `verdict` and `reason`.

    The record of a batch and the sum of its transfers are two records of one amount: neither limits the other, so nothing is
    impossible. Of what a batch gave, a part may stay. So `handed over` is judged against 1 alone.
    """
    explained = (pl.col(RELATIVE_ERROR) * float(ndtri(1 - rate / 2))).exp()
    limit = pl.lit(None, pl.Float64) if kind == "received" else pl.coalesce(explained, "reach")
    closure, has_limits = pl.col("closure"), pl.col("lower").is_not_null()
    beyond = pl.when(closure > pl.col("possible")).then(pl.lit("impossible"))
    if kind == "handed over":
        verdict = beyond.when(pl.col("possible").is_not_null()).then(pl.lit("closes"))
    else:
        verdict = (
            beyond.when(closure < pl.col("lower"))
            .then(pl.lit("too low"))
            .when(closure > pl.col("upper"))
            .then(pl.lit("too high"))
            .when(has_limits)
            .then(pl.lit("closes"))
        )
    rows = rows.with_columns(limit.alias("possible")).with_columns(verdict.otherwise(pl.lit("not judged")).alias("verdict"))
    reason = pl.when(pl.col("verdict") == "not judged").then(_reason(enough))
    return rows.with_columns(
        pl.lit(kind).cast(Balances.kind.dtype).alias("kind"),
        pl.col("verdict").cast(Balances.verdict.dtype),
        reason.cast(Balances.reason.dtype).alias("reason"),
    )


def _reason(enough: bool) -> pl.Expr:
    """Why a row without limits has none."""
    missing = pl.col("taken").is_null() | pl.col(CAME_OUT).is_null()
    return (
        pl.when(pl.col(OTHER))
        .then(pl.lit(OTHER_DIMENSION))
        .when(missing)
        .then(pl.lit("an amount is missing"))
        .when((pl.col("taken") <= 0) | _negative())
        .then(pl.lit("an amount is not above zero"))
        .otherwise(pl.lit("too few batches like it" if enough else "too few batches"))
    )
