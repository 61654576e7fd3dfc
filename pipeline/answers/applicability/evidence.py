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
from pipeline.domain.memo import Memo
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
    memo: Memo | None = None,
) -> Evidence:
    """Compare a proposed row of features with all rows of history.

    refused: variable → why the model does not answer. Distance: root mean square over the variables known in both, each divided
    by its range from the 5th to the 95th percentile (as the leverage-free k-nearest-neighbour domain of Sahigara et al., 2013,
    Journal of Cheminformatics 5:27). memo: keeps what depends on `rows` and `config` alone, for further rows.
    """
    memo = memo or Memo()
    seen = memo.of("recorded", lambda: frozenset(name for name in rows.columns if rows[name].count()))
    stated = proposed.row(0, named=True)
    known = [f for f in dict.fromkeys([*features, *refused]) if stated[f] is not None and f in seen]
    numeric = [f for f in known if rows.schema[f].is_numeric()]
    spaced = memo.of(("spaced", *numeric), lambda: _spaced(rows.select(numeric)))
    table = _distances(np.array([stated[name] for name in numeric], dtype=float), spaced, rows.height)
    order = [i for i in np.argsort(table, kind="stable")[: config.nearest] if np.isfinite(table[i])]
    nearest = rows[order].select("batch_id", "product", "scale").with_columns(pl.Series("distance", table[order]))
    units = memo.of("units", lambda: units_of(process) | {"scale": process.attributes[process.scale.attribute].si})
    rare = config.rare / max(len(known), 1)

    def along(name: str) -> VariableStatus:
        if name in numeric:
            values = memo.of(("values", name, rare), lambda: _values(rows[name], rare, config))
            return _number(name, units[name], float(stated[name]), values, refused.get(name), config)
        words = memo.of(("words", name), lambda: _words(rows[name]))
        return _word(name, _in_words(proposed[name]), words, refused.get(name))

    variables = tuple(map(along, known))
    return Evidence(variables, nearest, float(table[order[0]]) if order else float("nan"))


def _number(
    name: str, unit: Unit, value: float, seen: "_Values", refused: str | None, config: DomainConfig
) -> VariableStatus:
    why = refused or _of_number(value, seen, config)
    smallest, largest = unit.from_si(seen.smallest), unit.from_si(seen.largest)
    return VariableStatus(name, unit.label, _status(refused, why), why, unit.from_si(value), smallest, largest)


def _word(name: str, value: str, seen: frozenset[str] | None, refused: str | None) -> VariableStatus:
    why = refused or ("" if seen is None or value in seen else UNSEEN)
    return VariableStatus(name, "", _status(refused, why), why, value, None, None)


def _in_words(values: pl.Series) -> str:
    """Return the text of the first row; a spectrum in words."""
    return "its own spectrum" if values.dtype == pl.Array else str(values[0])


def _status(refused: str | None, why: str) -> Status:
    if refused:
        return "refused"
    return "edge" if why else "inside"


def _words(seen: pl.Series) -> frozenset[str] | None:
    """Return the texts of history; None for spectra, which are not compared as texts."""
    return None if seen.dtype == pl.Array else frozenset(seen.drop_nulls())


@dataclass(frozen=True)
class _Values:
    """The values of one variable in history."""

    smallest: float
    largest: float
    known: FloatArray
    """Sorted; on a logarithmic scale if the variable spans a decade."""
    logarithmic: bool
    usual: float | None
    """Largest usual distance to the n-th nearest batch; None where there is none."""


def _values(seen: pl.Series, rare: float, config: DomainConfig) -> _Values:
    """Return the values of a variable, and how far batches usually are from each other.

    Each batch of history is hidden in turn, and its distance to the n-th nearest batch along the variable is measured (n:
    `config.nearest`). Few batches are near the proposal if its own distance exceeds the 1 − `rare` quantile of these distances.
    `rare` is `config.rare` divided by the number of variables (Bonferroni), so that at most a share `config.rare` of the hidden
    batches exceeds it in any variable. A variable that spans a decade is compared on a logarithmic scale.
    """
    known = np.sort(seen.drop_nulls().to_numpy().astype(float))
    smallest, largest = float(known[0]), float(known[-1])
    logarithmic = smallest > 0 and largest >= 10 * smallest
    compared = np.log(known) if logarithmic else known
    usual = None
    if len(known) > config.nearest:
        around = radii(compared, config.nearest)
        if np.isfinite(around).all():  # else nearly all batches have the same value, so there is no usual distance
            usual = max(float(np.quantile(around, 1 - rare)), config.same * float(compared[-1] - compared[0]))
    return _Values(smallest, largest, compared, logarithmic, usual)


def _of_number(value: float, seen: _Values, config: DomainConfig) -> str:
    """Return why a number is not inside, or an empty text."""
    slack = 1e-9 * max(abs(seen.smallest), abs(seen.largest))
    if not seen.smallest - slack <= value <= seen.largest + slack:
        return OUTSIDE
    if seen.usual is None:
        return ""
    at = float(np.log(value)) if seen.logarithmic else value
    return THIN if np.sort(np.abs(seen.known - at))[config.nearest - 1] > seen.usual else ""


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


@dataclass(frozen=True)
class _Spaced:
    """The batches of history as points, each variable divided by its range."""

    points: FloatArray
    """(batches, useful variables)"""
    width: FloatArray
    """Range of each variable; NaN where it does not vary."""
    usual: float
    """95th percentile of the distances of batches to their nearest neighbour; 0 where there is none."""


def _spaced(rows: pl.DataFrame) -> _Spaced | None:
    """Return the rows as points; None without a variable."""
    if not rows.width:
        return None
    history = rows.to_numpy().astype(float)
    low, high = np.nanpercentile(history, [5, 95], axis=0)
    width = np.where(high > low, high - low, np.nan)
    useful = np.isfinite(width)
    scaled = history[:, useful] / width[useful]
    neighbours = [near for i in _sample(len(scaled)) if np.isfinite(near := _nearest_other(scaled, i))]
    return _Spaced(scaled, width, float(np.percentile(neighbours, 95)) if neighbours else 0.0)


def _distances(proposed: FloatArray, history: _Spaced | None, count: int) -> FloatArray:
    """Return the distance of the proposal to each row, divided by the usual distance of the rows to their neighbour.

    proposed: the values of the variables, (variables,). The distance is infinite where no variable that differs between rows is
    known in both.
    """
    if history is None:
        return np.full(count, np.inf)
    useful = np.isfinite(history.width)
    point = proposed[useful] / history.width[useful]
    return np.asarray(_rms(history.points - point) / (history.usual if history.usual > 0 else 1.0))


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
