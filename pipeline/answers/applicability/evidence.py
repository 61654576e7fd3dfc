"""Applicability domain: how well the batches of history cover a proposal, per variable, and which batches are nearest.

`inside`: among the batches of history. `edge`: outside their range but within the range that the model accepts, or between
batches of which few are near. `refused`: outside the range that the model accepts, or an unknown level of a group that it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.limits import DomainConfig
from pipeline.answers.result.domain import Status, VariableStatus
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit
from pipeline.features.catalogue import units_of

OUTSIDE, UNSEEN, THIN = "outside what history spans", "never seen in history", "between batches of which few are near"


@dataclass(frozen=True)
class Evidence:
    """How the batches of history cover a proposal."""

    variables: tuple[VariableStatus, ...]
    """All variables that are compared, in display units."""
    nearest: pl.DataFrame
    """batch_id, product, scale, distance; nearest first. No rows where no batch can be compared with the proposal."""
    distance: float
    """Distance of the nearest batch, divided by the 95th percentile of the distances of batches to their nearest neighbour.
    NaN where no batch can be compared."""

    @property
    def status(self) -> Status:
        """Return the worst status of the variables; `edge` also if the distance of the nearest batch is above 1."""
        found = {one.status for one in self.variables}
        if "refused" in found:
            return "refused"
        return "edge" if "edge" in found or self.distance > 1 else "inside"


def evidence(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    features: list[str],
    refused: Mapping[str, str],
    config: DomainConfig,
) -> Evidence:
    """Compare a proposed row of features with all rows of history.

    refused: variable → why the model does not answer. Distance: root mean square over the variables known in both, each divided
    by its range from the 5th to the 95th percentile (as the leverage-free k-nearest-neighbour domain of Sahigara et al., 2013,
    Journal of Cheminformatics 5:27).
    """
    known = [f for f in dict.fromkeys([*features, *refused]) if proposed[f][0] is not None and rows[f].count() > 0]
    numeric = [f for f in known if rows.schema[f].is_numeric()]
    table = _distances(proposed.select(numeric), rows.select(numeric), rows.height)
    order = [i for i in np.argsort(table, kind="stable")[: config.nearest] if np.isfinite(table[i])]
    nearest = rows[order].select("batch_id", "product", "scale").with_columns(pl.Series("distance", table[order]))
    units = units_of(process) | {"scale": process.attributes[process.scale.attribute].si}
    rare = config.rare / max(len(known), 1)
    variables = tuple(
        _number(name, units[name], float(proposed[name][0]), rows[name], rare, refused.get(name), config)
        if name in numeric
        else _word(name, _in_words(proposed[name]), rows[name], refused.get(name))
        for name in known
    )
    return Evidence(variables, nearest, float(table[order[0]]) if order else float("nan"))


def _number(
    name: str, unit: Unit, value: float, seen: pl.Series, rare: float, refused: str | None, config: DomainConfig
) -> VariableStatus:
    why = refused or _of_number(value, seen, rare, config)
    smallest, largest = (unit.from_si(float(end)) for end in (seen.min(), seen.max()))  # type: ignore[arg-type]
    return VariableStatus(name, unit.label, _status(refused, why), why, unit.from_si(value), smallest, largest)


def _word(name: str, value: str, seen: pl.Series, refused: str | None) -> VariableStatus:
    why = refused or _of_word(value, seen)
    return VariableStatus(name, "", _status(refused, why), why, value, None, None)


def _in_words(values: pl.Series) -> str:
    """Return the text of the first row; a spectrum in words."""
    return "its own spectrum" if values.dtype == pl.Array else str(values[0])


def _status(refused: str | None, why: str) -> Status:
    if refused:
        return "refused"
    return "edge" if why else "inside"


def _of_word(value: str, seen: pl.Series) -> str:
    return "" if seen.dtype == pl.Array or value in seen else UNSEEN


def _of_number(value: float, seen: pl.Series, rare: float, config: DomainConfig) -> str:
    """Return why a number is not inside, or an empty text.

    Each batch of history is hidden in turn, and its distance to the n-th nearest batch along the variable is measured (n:
    `config.nearest`). Few batches are near the proposal if its own distance exceeds the 1 − `rare` quantile of these distances.
    `rare` is `config.rare` divided by the number of variables (Bonferroni), so that at most a share `config.rare` of the hidden
    batches exceeds it in any variable. A variable that spans a decade is compared on a logarithmic scale.
    """
    known = np.sort(seen.drop_nulls().to_numpy().astype(float))
    slack = 1e-9 * max(abs(known[0]), abs(known[-1]))
    if not known[0] - slack <= value <= known[-1] + slack:
        return OUTSIDE
    if len(known) <= config.nearest:
        return ""
    if known[0] > 0 and known[-1] >= 10 * known[0]:
        known, value = np.log(known), float(np.log(value))
    around = radii(known, config.nearest)
    if not np.isfinite(around).all():  # nearly all batches have the same value, so there is no usual distance
        return ""
    usual = max(float(np.quantile(around, 1 - rare)), config.same * float(known[-1] - known[0]))
    return THIN if np.sort(np.abs(known - value))[config.nearest - 1] > usual else ""


def radii(known: FloatArray, nearest: int) -> FloatArray:
    """Return for each distinct value the distance to the `nearest`-th batch with another value; known: one value per batch.

    Batches with the same value, such as those of one lot, are hidden together, since they count as one observation.

    >>> radii(np.array([0.0, 0.0, 1.0, 2.0, 4.0]), 2).tolist()
    [2.0, 1.0, 2.0, 3.0]
    """
    values = np.unique(known)
    away = np.abs(known[None, :] - values[_sample(len(values), 200), None])
    others = np.where(away > 0, away, np.inf)
    return np.asarray(np.partition(others, nearest - 1, axis=1)[:, nearest - 1])


def _distances(proposed: pl.DataFrame, rows: pl.DataFrame, count: int) -> FloatArray:
    """Return the distance of the proposal to each row, divided by the 95th percentile of the rows' distance to their neighbour.

    It is infinite where no variable that differs between rows is known in both.
    """
    if not rows.width:
        return np.full(count, np.inf)
    history = rows.to_numpy().astype(float)
    low, high = np.nanpercentile(history, [5, 95], axis=0)
    width = np.where(high > low, high - low, np.nan)
    useful = np.isfinite(width)
    scaled = history[:, useful] / width[useful]
    point = proposed.to_numpy().astype(float)[:, useful] / width[useful]
    neighbours = [near for i in _sample(len(scaled)) if np.isfinite(near := _nearest_other(scaled, i))]
    usual = float(np.percentile(neighbours, 95)) if neighbours else 0.0
    return np.asarray(_rms(scaled - point) / (usual if usual > 0 else 1.0))


def _sample(count: int, most: int = 500) -> np.ndarray:
    """Return the numbers of at most `most` evenly spaced rows, enough for a percentile."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _nearest_other(scaled: FloatArray, i: int) -> float:
    distance = _rms(scaled - scaled[i])
    distance[i] = np.inf
    return float(distance.min())


def _rms(difference: FloatArray) -> FloatArray:
    """Return the root mean square over the variables known in both; infinite if there is none."""
    known = np.isfinite(difference)
    squares = np.where(known, difference, 0.0) ** 2
    count = known.sum(axis=1)
    return np.asarray(np.where(count > 0, np.sqrt(squares.sum(axis=1) / np.maximum(count, 1)), np.inf))
