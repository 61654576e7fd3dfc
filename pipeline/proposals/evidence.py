"""Applicability domain: which variables leave what history has seen, and which batches are nearest."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.process import Process
from pipeline.features import catalogue
from pipeline.proposals.comparison import in_display_units

NEAREST = 5


@dataclass(frozen=True)
class Evidence:
    """What history says about the place of a proposal."""

    outside: pl.DataFrame
    """variable, unit, proposed, smallest, largest; in display units"""
    nearest: pl.DataFrame
    """batch_id, product, scale, distance"""
    distance: float
    """To the nearest batch, in units of how far 95 % of the batches are from their own nearest neighbour."""
    variables: int
    """Number of variables that could be compared."""

    @property
    def inside(self) -> bool:
        """No variable outside its range, and batches around as near as batches are to each other."""
        return self.outside.is_empty() and self.distance <= 1


def evidence(process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, features: list[str]) -> Evidence:
    """Compare a proposed row of features with all rows of history.

    Distance: root mean square over the variables known in both, each divided by its range from the 5th to the 95th
    percentile (as the leverage-free k-nearest-neighbour domain of Sahigara et al., 2013, Journal of Cheminformatics 5:27).
    """
    units = {entry.feature: entry.unit for entry in catalogue(process)}
    numeric = [f for f in features if rows.schema[f].is_numeric() and proposed[f][0] is not None and rows[f].count() > 0]
    table = _distances(proposed.select(numeric), rows.select(numeric))
    order = np.argsort(table, kind="stable")[:NEAREST]
    nearest = rows[order].select("batch_id", "product", "scale").with_columns(pl.Series("distance", table[order]))
    return Evidence(_outside(proposed, rows, numeric, units), nearest, float(table[order[0]]), len(numeric))


def _outside(proposed: pl.DataFrame, rows: pl.DataFrame, names: list[str], units: dict[str, str]) -> pl.DataFrame:
    numbers = ("proposed", "smallest", "largest")
    lines = [
        {
            "variable": name,
            "unit": units[name],
            "proposed": proposed[name][0],
            "smallest": rows[name].min(),
            "largest": rows[name].max(),
            "_unit": units[name],
        }
        for name in names
    ]
    schema = {"variable": pl.String, "unit": pl.String, **dict.fromkeys(numbers, pl.Float64), "_unit": pl.String}
    table = pl.DataFrame(lines, schema=schema)
    slack = 1e-9 * pl.max_horizontal(pl.col("smallest").abs(), pl.col("largest").abs())
    beyond = (pl.col("proposed") < pl.col("smallest") - slack) | (pl.col("proposed") > pl.col("largest") + slack)
    return in_display_units(table.filter(beyond), numbers)


def _distances(proposed: pl.DataFrame, rows: pl.DataFrame) -> np.ndarray:
    """Distance of the proposal to each row, divided by the 95th percentile of the rows' distance to their neighbour."""
    history = rows.to_numpy().astype(float)
    low, high = np.nanpercentile(history, [5, 95], axis=0)
    width = np.where(high > low, high - low, np.nan)
    useful = np.isfinite(width)
    scaled = history[:, useful] / width[useful]
    point = proposed.to_numpy().astype(float)[:, useful] / width[useful]
    usual = np.nanpercentile([_nearest_other(scaled, i) for i in _sample(len(scaled))], 95)
    return np.asarray(_rms(scaled - point) / (usual if usual > 0 else 1.0))


def _sample(count: int, most: int = 500) -> np.ndarray:
    """Evenly spaced rows, enough for a percentile."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _nearest_other(scaled: np.ndarray, i: int) -> float:
    distance = _rms(scaled - scaled[i])
    distance[i] = np.inf
    return float(distance.min())


def _rms(difference: np.ndarray) -> np.ndarray:
    """Root mean square over the variables known in both; infinite where none is."""
    known = np.isfinite(difference)
    squares = np.where(known, difference, 0.0) ** 2
    count = known.sum(axis=1)
    return np.asarray(np.where(count > 0, np.sqrt(squares.sum(axis=1) / np.maximum(count, 1)), np.inf))
