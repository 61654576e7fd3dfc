"""Applicability domain: how well history knows the place of a proposal, variable by variable, and which batches are nearest.

`inside`: among the batches of history. `edge`: outside what they span but within the reach that the model allows, or between them
where few are near. `refused`: beyond that reach, or a level never seen of a group that matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scale_comparison.quantities import in_display_units
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import catalogue

NEAREST = 5
"""Batches that count as being near, and that the answer shows."""
RARE = 0.05
"""Share of hidden batches of history that may be called thinly surrounded."""
SAME = 0.01
"""Share of a variable's range within which values are the same: a vessel that is hardly different is no gap."""
STATUSES = ("inside", "edge", "refused")
OUTSIDE, UNSEEN, THIN = "outside what history spans", "never seen in history", "between batches of which few are near"


@dataclass(frozen=True)
class Evidence:
    """What history says about the place of a proposal."""

    variables: pl.DataFrame
    """variable, unit, status, why, level (of words), proposed, smallest, largest (of numbers, in display units); all compared."""
    nearest: pl.DataFrame
    """batch_id, product, scale, distance"""
    distance: float
    """To the nearest batch, in units of how far 95 % of the batches are from their own nearest neighbour."""

    @property
    def status(self) -> str:
        """The worst of the variables; `edge` also where no batch is as near as batches are to each other."""
        worst = max((STATUSES.index(s) for s in self.variables["status"]), default=0)
        return STATUSES[max(worst, int(self.distance > 1))]


def evidence(
    process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, features: list[str], refused: Mapping[str, str]
) -> Evidence:
    """Compare a proposed row of features with all rows of history.

    refused: variable → why the model does not answer. Distance: root mean square over the variables known in both, each divided
    by its range from the 5th to the 95th percentile (as the leverage-free k-nearest-neighbour domain of Sahigara et al., 2013,
    Journal of Cheminformatics 5:27).
    """
    known = [f for f in dict.fromkeys([*features, *refused]) if proposed[f][0] is not None and rows[f].count() > 0]
    numeric = [f for f in known if rows.schema[f].is_numeric()]
    table = _distances(proposed.select(numeric), rows.select(numeric))
    order = np.argsort(table, kind="stable")[:NEAREST]
    nearest = rows[order].select("batch_id", "product", "scale").with_columns(pl.Series("distance", table[order]))
    return Evidence(_variables(process, proposed, rows, known, refused), nearest, float(table[order[0]]))


def _variables(
    process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, names: list[str], refused: Mapping[str, str]
) -> pl.DataFrame:
    units = {entry.feature: entry.unit for entry in catalogue(process)}
    units["scale"] = process.attributes[process.scale.attribute].unit
    numbers = ("proposed", "smallest", "largest")
    rare = RARE / max(len(names), 1)
    lines = []
    for name in names:
        value, is_number = proposed[name][0], rows.schema[name].is_numeric()
        why = _of_number(float(value), rows[name], rare) if is_number else _of_word(value, rows[name])
        lines.append(
            {
                "variable": name,
                "unit": units.get(name, ""),
                "status": "refused" if name in refused else "edge" if why else "inside",
                "why": refused.get(name, why),
                "level": None if is_number else value,
                "proposed": float(value) if is_number else None,
                "smallest": rows[name].min() if is_number else None,
                "largest": rows[name].max() if is_number else None,
                "_unit": units.get(name, "dimensionless") if is_number else "dimensionless",
            }
        )
    words = ("variable", "unit", "status", "why", "level", "_unit")
    table = pl.DataFrame(lines, schema=dict.fromkeys(words, pl.String) | dict.fromkeys(numbers, pl.Float64))
    return in_display_units(table, numbers)


def _of_word(value: str, seen: pl.Series) -> str:
    return "" if value in seen else UNSEEN


def _of_number(value: float, seen: pl.Series, rare: float) -> str:
    """Why a number is not inside, or nothing.

    Few are near: the NEAREST-th batch along the variable lies farther than it does for all but a share `rare` of the batches of
    history when each is hidden; with that share divided by the number of variables (Bonferroni), all of them together call no
    more than RARE of the hidden batches thinly surrounded. A quantity that spans a decade is measured in decades.
    """
    known = np.sort(seen.drop_nulls().to_numpy().astype(float))
    slack = 1e-9 * max(abs(known[0]), abs(known[-1]))
    if not known[0] - slack <= value <= known[-1] + slack:
        return OUTSIDE
    if len(known) <= NEAREST:
        return ""
    if known[0] > 0 and known[-1] >= 10 * known[0]:
        known, value = np.log(known), float(np.log(value))
    around = radii(known, NEAREST)
    if not np.isfinite(around).all():  # nearly all batches have one value: nothing says how far others usually are
        return ""
    usual = max(float(np.quantile(around, 1 - rare)), SAME * float(known[-1] - known[0]))
    return THIN if np.sort(np.abs(known - value))[NEAREST - 1] > usual else ""


def radii(known: FloatArray, nearest: int) -> FloatArray:
    """Distance of values that occur to the `nearest`-th batch with another value; known: one value per batch.

    Batches with the same value, as those of one lot have, are hidden together: they are one piece of evidence.

    >>> radii(np.array([0.0, 0.0, 1.0, 2.0, 4.0]), 2).tolist()
    [2.0, 1.0, 2.0, 3.0]
    """
    values = np.unique(known)
    away = np.abs(known[None, :] - values[_sample(len(values), 200), None])
    others = np.where(away > 0, away, np.inf)
    return np.asarray(np.partition(others, nearest - 1, axis=1)[:, nearest - 1])


def _distances(proposed: pl.DataFrame, rows: pl.DataFrame) -> FloatArray:
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


def _nearest_other(scaled: FloatArray, i: int) -> float:
    distance = _rms(scaled - scaled[i])
    distance[i] = np.inf
    return float(distance.min())


def _rms(difference: FloatArray) -> FloatArray:
    """Root mean square over the variables known in both; infinite where none is."""
    known = np.isfinite(difference)
    squares = np.where(known, difference, 0.0) ** 2
    count = known.sum(axis=1)
    return np.asarray(np.where(count > 0, np.sqrt(squares.sum(axis=1) / np.maximum(count, 1)), np.inf))
