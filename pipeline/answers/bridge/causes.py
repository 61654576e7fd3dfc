"""What can make a proposed batch differ: what was set, which vessel it is, which materials go in.

A quantity such as kLa has many causes (agitation, gas flow, geometry), so the difference between lab and plant is explained by
causes, and every coalition of them is a batch that could be written down: its quantities are computed anew from its own
settings and its own vessel. A vessel alone is exchanged as an engineer would exchange it, at the power and gas per volume of
the batch that it is compared with; the share of `agitation` is then what the change of power per volume does.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.answers.scale_comparison.hold import hold, rebuilt
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.parts import lot_column
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import KEYS, CatalogueEntry, catalogue, offered
from pipeline.operations import scale_features

Masks = NDArray[np.bool_]
CARRIED: Mapping[str, Mapping[str, str]] = {
    "bioreactor": {"agitation": "power_per_volume", "gas_flow": "gas_flow_per_volume"}
}
"""Kind of operation → input → the quantity at which it is carried over to another vessel, where its plain value means nothing
there (Paul, Atiemo-Obeng, Kresta 2004, Handbook of Industrial Mixing, chapter 18: equal P/V and vvm are the usual start)."""
VESSEL, SIZE, PRODUCT, COURSE, UNSTATED = "vessel and batch size", "batch size", "product", "course of the run", "not stated"
KINDS = {"CPP": "setting", "IPC": "control", "context": "context"}


@dataclass(frozen=True)
class Cause:
    """Columns of the feature table that change together, for one reason."""

    name: str
    kind: str
    """equipment, setting, material, control, context, course or unstated"""
    columns: tuple[str, ...]


def causes_of(process: Process, columns: Collection[str]) -> list[Cause]:
    """Sort those columns of a feature table that are not computed from others into causes."""
    vessel = VESSEL if process.equipment else SIZE
    groups: dict[tuple[str, str], list[str]] = {
        (vessel, "equipment"): ["scale", "scale_level", "equipment", "site"],
        (PRODUCT, "context"): ["product", "lineage"],
    }
    for name, key in _given(process, vessel):
        groups.setdefault(key, []).append(name)
    for material in process.materials:  # which lot it was may matter beyond its properties
        groups.setdefault((material, "material"), []).append(lot_column(material))
    present = {key: tuple(n for n in dict.fromkeys(names) if n in columns) for key, names in groups.items()}
    return [Cause(name, kind, names) for (name, kind), names in present.items() if names]


def changed(causes: list[Cause], proposed: pl.DataFrame, background: pl.DataFrame) -> list[Cause]:
    """Keep the causes in which the proposed row differs from some row of the background."""

    def differs(name: str) -> bool:
        own = pl.lit(proposed[name][0], dtype=background.schema[name])
        return bool(background.select((pl.col(name).ne_missing(own)).any()).item())

    return [cause for cause in causes if any(differs(name) for name in cause.columns)]


def merged(causes: list[Cause], stated: Collection[str]) -> list[Cause]:
    """Put the settings, materials and controls that nobody stated into one cause: nobody decided about them.

    stated: names of attributes and materials. Equipment and product are always stated.
    """

    def kept(cause: Cause) -> bool:
        named = cause.name in stated or not set(stated).isdisjoint(cause.columns)
        return named or cause.kind == "equipment" or cause.name == PRODUCT

    rest = tuple(name for cause in causes if not kept(cause) for name in cause.columns)
    return [cause for cause in causes if kept(cause)] + ([Cause(UNSTATED, "unstated", rest)] if rest else [])


def carried_over(process: Process, causes: list[Cause]) -> dict[str, str]:
    """Settings that follow the vessel → the quantity that is kept; only those that are causes of their own."""
    own = {cause.columns[0] for cause in causes if cause.kind == "setting"}
    return {
        operation.inputs[given]: f"{name}.{quantity}"
        for name, operation in process.operations.items()
        for given, quantity in CARRIED.get(operation.kind, {}).items()
        if operation.inputs.get(given) in own and f"{name}.{quantity}" in computed(process)
    }


@dataclass(frozen=True)
class MixedBatches:
    """The batches that lie between reference and proposal: each cause taken from one or the other."""

    process: Process
    proposed: pl.DataFrame
    """1 feature row."""
    background: pl.DataFrame
    """n feature rows with the same columns."""
    causes: tuple[Cause, ...]
    carried: Mapping[str, tuple[FloatArray, FloatArray]]
    """Setting → its value for each background batch in the proposed vessel at the batch's own quantity, and for the proposal in
    the batch's vessel; NaN where none is known."""

    @classmethod
    def of(cls, process: Process, proposed: pl.DataFrame, background: pl.DataFrame, causes: list[Cause]) -> "MixedBatches":
        """Work out once how settings follow the vessel."""
        vessels = [cause for cause in causes if cause.kind == "equipment"]
        follow = carried_over(process, causes) if vessels else {}
        carried = {s: _exchanged(process, proposed, background, vessels[0], s, quantity) for s, quantity in follow.items()}
        return cls(process, proposed, background, tuple(causes), carried)

    def rows(self, masks: Masks, batches: NDArray[np.intp] | None = None) -> pl.DataFrame:
        """Make feature rows whose quantities are computed from their own settings and vessel.

        masks: (m, causes), true where the cause is as proposed. Without `batches` every mask meets every background batch,
        m·n rows, mask by mask; with it, (m,), each mask meets one.
        """
        n, m = self.background.height, len(masks)
        index = np.tile(np.arange(n), m) if batches is None else batches
        taken = np.repeat(masks, n, axis=0) if batches is None else masks
        rows = self.background[index]
        columns = [
            self._choice(rows, name, taken[:, i]).alias(name)
            for i, cause in enumerate(self.causes)
            for name in cause.columns
        ]
        rows = rows.with_columns(columns)
        return rebuilt(self.process, rows.with_columns(self._follow(setting, taken, index) for setting in self.carried))

    def _choice(self, rows: pl.DataFrame, name: str, taken: NDArray[np.bool_]) -> pl.Expr:
        own = pl.lit(self.proposed[name][0], dtype=rows.schema[name])
        return pl.when(pl.Series(taken)).then(own).otherwise(pl.col(name))

    def _follow(self, setting: str, taken: Masks, index: NDArray[np.intp]) -> pl.Expr:
        """Where vessel and setting come from two batches, the value that keeps the quantity which the setting had at home."""
        vessel = next(taken[:, i] for i, cause in enumerate(self.causes) if cause.kind == "equipment")
        own = next(taken[:, i] for i, cause in enumerate(self.causes) if setting in cause.columns)
        away, home = (value[index] for value in self.carried[setting])
        value = np.where(vessel & ~own, away, np.where(~vessel & own, home, np.nan))
        return pl.when(pl.Series(np.isfinite(value))).then(pl.Series(value)).otherwise(pl.col(setting)).alias(setting)


def _exchanged(
    process: Process, proposed: pl.DataFrame, background: pl.DataFrame, vessel: Cause, setting: str, quantity: str
) -> tuple[FloatArray, FloatArray]:
    other = [pl.lit(proposed[name][0], dtype=background.schema[name]).alias(name) for name in vessel.columns]
    repeated = proposed[np.zeros(background.height, dtype=int)]
    names = [quantity] * background.height
    away = hold(process, background.with_columns(other), setting, names, _numbers(background, quantity))
    there = repeated.with_columns(background.select(vessel.columns))
    return away, hold(process, there, setting, names, _numbers(repeated, quantity))


def _numbers(rows: pl.DataFrame, name: str) -> FloatArray:
    return np.asarray(rows[name].cast(pl.Float64).to_numpy(), dtype=np.float64)


def _given(process: Process, vessel: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Columns that are not computed, each with name and kind of its cause."""
    of_vessel, made = _of_vessel(process), computed(process)
    for entry in catalogue(process):
        if entry.feature not in made and entry.feature not in KEYS:
            yield entry.feature, _cause_of(process, entry, of_vessel, vessel)


def _cause_of(process: Process, entry: CatalogueEntry, of_vessel: set[str], vessel: str) -> tuple[str, str]:
    name = entry.feature
    if name in of_vessel:
        return vessel, "equipment"
    if name not in process.attributes:
        return COURSE, "course"
    if (material := process.attributes[name].material) is not None:
        return material, "material"
    if name == process.lineage or process.product in entry.inputs:
        return PRODUCT, "context"
    return name, KINDS.get(entry.role, "context")


def computed(process: Process) -> set[str]:
    """Features that are computed from a batch row: those of scale and operations, without what sensors record."""
    return {f"{name}.{feature.name}" for name, _, feature in offered(process)} | {
        feature.name for feature in scale_features.FEATURES
    }


def _of_vessel(process: Process) -> set[str]:
    """The scale, what it is derived from, and what the sheet of a vessel states."""
    names, todo = set(), [process.scale.attribute]
    while todo:
        name = todo.pop()
        names.add(name)
        derived = process.attributes[name].derive
        todo += [part for part in (derived.of if derived else ()) if part != process.product]
    sheets = [n for n, source in process.sources_that_give("details").items() if source.key == (process.equipment,)]
    return names | {name for sheet in sheets for name in process.written_in(sheet)} - {process.product}
