"""Applicability domain: how well the batches of history cover a proposal, per variable, and which batches are nearest.

`inside`: among the batches of history. `edge`: outside their range but within the range that the model accepts, or between
batches of which few are near. `refused`: outside the range that the model accepts, or an unknown level of a group that it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.applicability.seen_values import SeenNumber, SeenValues
from pipeline.answers.limits import DomainConfig
from pipeline.answers.result.domain import Status, VariableStatus
from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.process.process import Process
from pipeline.domain.scale import same_scale
from pipeline.domain.units import Unit
from pipeline.features.catalogue import units_of
from pipeline.operations.scale_features import LOGARITHM, size_of

OUTSIDE, UNSEEN, THIN = "outside what history spans", "never seen in history", "between batches of which few are near"


@dataclass(frozen=True)
class Evidence:
    """How the batches of history cover a proposal."""

    variables: tuple[VariableStatus, ...]
    """All variables that are compared, in display units."""
    nearest: pl.DataFrame
    """batch_id, product, scale, distance; nearest first, and of those that are about as near first the batches of the own product
    and scale. No rows where no batch can be compared with the proposal."""
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
    process: Process, proposed: pl.DataFrame, seen: SeenValues, features: list[str], refused: Mapping[str, str]
) -> Evidence:
    """Compare a proposed row of features with all rows of history.

    refused: variable → why the model does not answer. The distance is that of `Neighbours`, over the numbers of the proposal.
    """
    given = proposed.row(0, named=True)
    known = [f for f in dict.fromkeys([*features, *refused]) if given[f] is not None and seen.has(f)]
    types = seen.rows.schema
    numeric = [f for f in known if types[f].is_numeric()]
    table = _distances(seen, given, numeric)
    order = [i for i in _nearest_first(process, seen, given, table)[: seen.config.nearest] if np.isfinite(table[i])]
    nearest = seen.rows[order].select("batch_id", "product", "scale").with_columns(pl.Series("distance", table[order]))
    units = units_of(process) | {"scale": process.attributes[process.scale.attribute].si}
    rare = seen.config.rare / max(len(known), 1)
    variables = tuple(
        _number(name, units, float(given[name]), seen.number(name), rare, refused.get(name), seen.config)
        if name in numeric
        else _word(name, _in_words(proposed[name]), seen.rows[name], refused.get(name))
        for name in known
    )
    return Evidence(variables, nearest, float(table.min()) if order else float("nan"))


def _distances(seen: SeenValues, given: Mapping[str, Any], numeric: list[str]) -> FloatArray:
    if not numeric:
        return np.full(seen.rows.height, np.inf)
    point = np.array([float(given[name]) for name in numeric])
    return seen.neighbours(tuple(numeric)).distances(point)


def _nearest_first(process: Process, seen: SeenValues, given: Mapping[str, Any], table: FloatArray) -> IntArray:
    """Return the batches in order of their distance.

    A batch of the own product comes before one that is nearer by less than `DomainConfig.alike`, and so does one at the own scale.
    """
    product, scale = seen.rows["product"].to_numpy(), seen.rows["scale"].to_numpy()
    own = np.asarray(product == given.get("product"), dtype=float)
    if given.get("scale") is not None:
        own = own + same_scale(scale, float(given["scale"]), process.scale.tolerance)  # type: ignore[call-overload]
    return np.argsort(table - seen.config.alike * own, kind="stable")


def _number(
    name: str,
    units: Mapping[str, Unit],
    value: float,
    seen: SeenNumber,
    rare: float,
    refused: str | None,
    config: DomainConfig,
) -> VariableStatus:
    why, unit = refused or _of_number(value, seen, rare, config), units[name]
    values = (value, seen.smallest, seen.largest)
    if name == LOGARITHM:  # a batch size means something to people, its logarithm does not
        unit, values = units["scale"], (size_of(value), size_of(seen.smallest), size_of(seen.largest))
    return VariableStatus(name, unit.label, _status(refused, why), why, *map(unit.from_si, values))


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


def _of_number(value: float, seen: SeenNumber, rare: float, config: DomainConfig) -> str:
    """Return why a number is not inside, or an empty text.

    Each batch of history is hidden in turn, and its distance to the n-th nearest batch along the variable is measured (n:
    `config.nearest`). Few batches are near the proposal if its own distance exceeds the 1 − `rare` quantile of these distances.
    `rare` is `config.rare` divided by the number of variables (Bonferroni), so that at most a share `config.rare` of the hidden
    batches exceeds it in any variable. A variable that spans a decade is compared on a logarithmic scale.
    """
    slack = 1e-9 * max(abs(seen.smallest), abs(seen.largest))
    if not seen.smallest - slack <= value <= seen.largest + slack:
        return OUTSIDE
    if not len(seen.around):
        return ""
    if not np.isfinite(seen.around[-1]):  # nearly all batches have the same value, so there is no usual distance
        return ""
    at = float(np.log(value)) if seen.decades else value
    usual = max(float(np.quantile(seen.around, 1 - rare)), config.same * float(seen.known[-1] - seen.known[0]))
    return THIN if np.sort(np.abs(seen.known - at))[config.nearest - 1] > usual else ""
