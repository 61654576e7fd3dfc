"""Causes of a difference between a proposed batch and its reference: settings, vessel, materials.

A quantity such as kLa has many causes (agitation, gas flow, geometry), so the difference between lab and plant is explained by
causes. Every coalition of causes is a batch that could be run: its quantities are computed from its own settings and vessel.
If only the vessel is exchanged, power and gas flow per volume stay as they were in the batch. So the share of `agitation` is the
effect of the change of power per volume.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.answers.bridge.step_of_columns import equipment_of_steps, step_of_columns
from pipeline.answers.data_sheets import data_sheet
from pipeline.answers.scale_comparison.hold import following, hold, rebuilt
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import in_words
from pipeline.domain.process.parts import lot_column
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales
from pipeline.domain.scale import same_scale
from pipeline.features.catalogue import KEYS, CatalogueEntry, catalogue, offered
from pipeline.features.scales import scale_quantities
from pipeline.operations.registry import unit_operation

Masks = NDArray[np.bool_]
VESSEL, SIZE, PRODUCT, COURSE, UNSTATED = "vessel and batch size", "batch size", "product", "course of the run", "not stated"
KINDS = {"CPP": "setting", "IPC": "control", "context": "context"}


@dataclass(frozen=True)
class Cause:
    """Columns of the feature table that change together, for one reason."""

    name: str
    kind: str
    """equipment, setting, material, control, context, course or unstated"""
    columns: tuple[str, ...]
    step: str | None = None
    """Step of the process; None for the product, and where the process declares no steps."""


def causes_of(process: Process, columns: Collection[str]) -> list[Cause]:
    """Return the causes: groups of those columns of a feature table that are not computed from others."""
    vessel = VESSEL if process.equipment else SIZE
    groups: dict[tuple[str, str], list[str]] = {
        (vessel, "equipment"): ["scale", "scale_level", "equipment", "site"],
        (PRODUCT, "context"): ["product", "lineage"],
    }
    for name, key in _columns_with_cause(process, vessel):
        groups.setdefault(key, []).append(name)
    for material in process.materials:  # the lot itself may have an effect beyond its known properties
        groups.setdefault((material, "material"), []).append(lot_column(material))
    present = {key: tuple(n for n in dict.fromkeys(names) if n in columns) for key, names in groups.items()}
    return [Cause(name, kind, names, step_of_columns(process, names)) for (name, kind), names in present.items() if names]


def not_following(process: Process, causes: list[Cause], proposed: pl.DataFrame) -> list[Cause]:
    """Return causes without the derived attributes that follow their parts: the parts are causes themselves."""
    follow = set(following(process, proposed))
    kept = [replace(cause, columns=tuple(name for name in cause.columns if name not in follow)) for cause in causes]
    return [cause for cause in kept if cause.columns]


def changed(causes: list[Cause], proposed: pl.DataFrame, background: pl.DataFrame) -> list[Cause]:
    """Return the causes in which the proposed row differs from at least one row of the background."""

    def differs(name: str) -> bool:
        proposed_value = _constant(proposed, name, background.schema[name])
        return bool(background.select((pl.col(name).ne_missing(proposed_value)).any()).item())

    return [cause for cause in causes if any(differs(name) for name in cause.columns)]


def place_named(process: Process, causes: list[Cause], proposed: pl.DataFrame, background: pl.DataFrame) -> list[Cause]:
    """Return causes with the one of the place named after what differs, where the process declares axes of a transfer."""
    if process.axis is None:
        return causes
    name = " and ".join(place_changes(process, proposed, background)) or SIZE
    return [replace(cause, name=name) if cause.kind == "equipment" else cause for cause in causes]


def place_changes(process: Process, proposed: pl.DataFrame, background: pl.DataFrame) -> list[str]:
    """Return what of the place differs between a proposed row and some row of the background: site, device and batch size."""
    scale = float(proposed["scale"][0])
    resized = background.filter(~same_scale(pl.col("scale"), scale, process.scale.tolerance)).height > 0
    size = "number of devices" if process.scale.counts_devices else SIZE
    return [
        *(["site"] if _differs(proposed, background, "site") else []),
        *(["device"] if _differs(proposed, background, "equipment") else []),
        *([size] if resized else []),
    ]


def _differs(proposed: pl.DataFrame, background: pl.DataFrame, name: str) -> bool:
    return name in background.columns and bool((background[name].ne_missing(proposed[name].first())).any())


def merged(causes: list[Cause], stated: Collection[str]) -> list[Cause]:
    """Return causes with all settings, materials and controls that are not stated merged into one cause.

    stated: names of attributes and materials. Equipment and product are always stated.
    """

    def kept(cause: Cause) -> bool:
        named = cause.name in stated or not set(stated).isdisjoint(cause.columns)
        return named or cause.kind == "equipment" or cause.name == PRODUCT

    rest = [cause for cause in causes if not kept(cause)]
    return [*(cause for cause in causes if kept(cause)), *_unstated(rest)]


def _unstated(causes: list[Cause]) -> list[Cause]:
    """Merge causes that are not stated: into one, or into one per step where causes belong to steps."""
    merged: dict[str | None, list[str]] = {}
    for cause in causes:
        merged.setdefault(cause.step, []).extend(cause.columns)
    return [
        Cause(UNSTATED if step is None else f"{UNSTATED}, {in_words(step)}", "unstated", tuple(names), step)
        for step, names in merged.items()
    ]


def carried_over(process: Process, causes: list[Cause]) -> dict[str, str]:
    """Return setting that is adapted to the vessel → quantity that is kept. Only settings that are separate causes are included."""
    own = {cause.columns[0] for cause in causes if cause.kind == "setting"}
    return {
        operation.inputs[name_of_input]: f"{name}.{quantity}"
        for name, operation in process.operations.items()
        for name_of_input, quantity in unit_operation(operation.kind).carried.items()
        if operation.inputs.get(name_of_input) in own and f"{name}.{quantity}" in computed(process)
    }


@dataclass(frozen=True)
class MixedBatches:
    """Batches between reference and proposal: each cause is taken from one or the other."""

    process: Process
    proposed: pl.DataFrame
    """1 feature row."""
    background: pl.DataFrame
    """n feature rows with the same columns."""
    causes: tuple[Cause, ...]
    carried: Mapping[str, tuple[FloatArray, FloatArray]]
    """Setting → two values per background batch, NaN if not known. First: value in the proposed vessel that keeps the quantity of
    the background batch. Second: value in the vessel of the background batch that keeps the quantity of the proposal."""
    derived: tuple[str, ...] = ()
    """Derived attributes that are computed from the settings of each row."""

    @classmethod
    def of(cls, process: Process, proposed: pl.DataFrame, background: pl.DataFrame, causes: list[Cause]) -> "MixedBatches":
        """Return the mixed batches. The settings that are adapted to the vessel are computed once, here."""
        vessels = [cause for cause in causes if cause.kind == "equipment"]
        follow = carried_over(process, causes) if vessels else {}
        carried = {s: _exchanged(process, proposed, background, vessels[0], s, quantity) for s, quantity in follow.items()}
        return cls(process, proposed, background, tuple(causes), carried, following(process, proposed))

    def rows(self, masks: Masks, batches: NDArray[np.intp] | None = None) -> pl.DataFrame:
        """Return feature rows whose quantities are computed from their own settings and vessel.

        masks: (m, causes), true if the cause is as proposed. batches: (m,), the background batch of each mask. Without `batches`,
        every mask is combined with all n background batches; the m·n rows are ordered by mask.
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
        moved = rows.with_columns(self._follow(setting, taken, index) for setting in self.carried)
        return rebuilt(self.process, moved, derived=self.derived)

    def _choice(self, rows: pl.DataFrame, name: str, taken: NDArray[np.bool_]) -> pl.Expr:
        proposed_value = _constant(self.proposed, name, rows.schema[name])
        return pl.when(pl.Series(taken)).then(proposed_value).otherwise(pl.col(name))

    def _follow(self, setting: str, taken: Masks, index: NDArray[np.intp]) -> pl.Expr:
        """Return the setting, adapted in rows whose vessel and setting come from different batches.

        The adapted value keeps the quantity (such as power per volume) of the batch from which the setting comes.
        """
        vessel_as_proposed = next(taken[:, i] for i, cause in enumerate(self.causes) if cause.kind == "equipment")
        set_as_proposed = next(taken[:, i] for i, cause in enumerate(self.causes) if setting in cause.columns)
        in_proposed_vessel, in_background_vessel = (value[index] for value in self.carried[setting])
        value = np.where(
            vessel_as_proposed & ~set_as_proposed,
            in_proposed_vessel,
            np.where(~vessel_as_proposed & set_as_proposed, in_background_vessel, np.nan),
        )
        return pl.when(pl.Series(np.isfinite(value))).then(pl.Series(value)).otherwise(pl.col(setting)).alias(setting)


def _constant(proposed: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    """Return the value of the first row as an expression; it may be a spectrum."""
    return pl.lit(proposed[name].head(1).cast(dtype)).first()


def _exchanged(
    process: Process, proposed: pl.DataFrame, background: pl.DataFrame, vessel: Cause, setting: str, quantity: str
) -> tuple[FloatArray, FloatArray]:
    proposed_vessel = [pl.lit(proposed[name][0], dtype=background.schema[name]).alias(name) for name in vessel.columns]
    repeated = proposed[np.zeros(background.height, dtype=int)]
    names = [quantity] * background.height
    in_proposed_vessel = hold(
        process, background.with_columns(proposed_vessel), setting, names, _numbers(background, quantity)
    )
    in_background_vessels = repeated.with_columns(background.select(vessel.columns))
    return in_proposed_vessel, hold(process, in_background_vessels, setting, names, _numbers(repeated, quantity))


def _numbers(rows: pl.DataFrame, name: str) -> FloatArray:
    return np.asarray(rows[name].cast(pl.Float64).to_numpy(), dtype=np.float64)


def _columns_with_cause(process: Process, vessel: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the columns that are not computed, each with name and kind of its cause."""
    of_vessel, made, of_steps = _of_vessel(process), computed(process), equipment_of_steps(process)
    for entry in catalogue(process):
        if entry.feature in KEYS:  # such as the site, which a data sheet may give
            continue
        if entry.feature in of_steps:
            yield entry.feature, (_of_step(process, of_steps[entry.feature]), "context")
        elif entry.feature not in made:
            yield entry.feature, _cause_of(process, entry, of_vessel, vessel)


def _of_step(process: Process, step: str) -> str:
    """Name of the cause that holds the equipment and the batch size of a step."""
    parts = (["equipment"] if process.steps[step].equipment else []) + (
        ["batch size"] if step in further_scales(process) else []
    )
    return f"{in_words(step)} {' and '.join(parts)}"


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
    """Return the features that are computed from a batch row: those of scale and operations, without sensor features."""
    return {f"{name}.{feature.name}" for name, _, feature in offered(process)} | set(scale_quantities(process))


def _of_vessel(process: Process) -> set[str]:
    """Return the scale, the attributes it is derived from, and the attributes in the data sheet of a vessel."""
    names, todo = set(), [process.scale.attribute]
    while todo:
        name = todo.pop()
        names.add(name)
        derived = process.attributes[name].derive
        todo += [part for part in (derived.of if derived else ()) if part != process.product]
    return names | set(data_sheet(process, process.equipment)) - {process.product}
