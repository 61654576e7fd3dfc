"""What features a process has, and when each is known."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import polars as pl

from pipeline.domain.attributes import HORIZONS, Attribute, Horizon
from pipeline.domain.batch_columns import trajectory_tags
from pipeline.domain.display import in_words
from pipeline.domain.process.parts import Operation
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit, unit
from pipeline.operations import bioreactor, coating, scale_features, tablet_press
from pipeline.operations.feature import Feature, TrajectoryFeature


def units_of(process: Process) -> dict[str, Unit]:
    """Feature → its display unit; words have none."""
    return {entry.feature: unit(entry.unit) for entry in catalogue(process) if entry.kind == "number"}


OFFERS: Mapping[str, tuple[tuple[Feature, ...], tuple[TrajectoryFeature, ...]]] = {
    "bioreactor": (bioreactor.FEATURES, bioreactor.TRAJECTORY_FEATURES),
    "tablet_press": (tablet_press.FEATURES, tablet_press.TRAJECTORY_FEATURES),
    "coating": (coating.FEATURES, ()),
}


KEYS = ("batch_id", "product", "lineage", "scale", "site", "equipment", "started_at")
"""Columns of the feature table that name the batch and are no features themselves."""


MEASURED = ("CPP", "CMA", "IPC", "context")


@dataclass(frozen=True)
class CatalogueEntry:
    """One feature of the table: what it is, from what, and when it is known."""

    feature: str
    unit: str
    horizon: Horizon
    kind: str
    """number or text"""
    role: str
    """Role of the attribute, or `similarity` for what an operation offers."""
    inputs: tuple[str, ...]
    """Attributes that it is made from."""
    description: str
    source: str
    """Where the formula comes from."""


def catalogue(process: Process) -> list[CatalogueEntry]:
    """List the features of a process."""
    return [*_attributes(process), *_scales(process), *_operations(process), *_series(process)]


def catalogue_table(process: Process) -> pl.DataFrame:
    """The catalogue as a table, for people and for the stages that read it."""
    rows = [asdict(entry) | {"inputs": list(entry.inputs)} for entry in catalogue(process)]
    return pl.DataFrame(rows, schema_overrides={"inputs": pl.List(pl.String)})


def usable(process: Process, target: str, horizon: Horizon) -> list[CatalogueEntry]:
    """Features that may help to predict a target: known at the horizon, and no other name of the target itself.

    A feature made from the target or from one of its look-alikes is as forbidden as they are.
    """
    forbidden = {target, *process.attributes[target].look_alikes}
    return [
        entry
        for entry in catalogue(process)
        if HORIZONS.index(entry.horizon) <= HORIZONS.index(horizon) and forbidden.isdisjoint(entry.inputs)
    ]


def offered(process: Process) -> Iterator[tuple[str, Operation, Feature]]:
    """Features of the process's operations whose inputs it has."""
    for name, operation in process.operations.items():
        for feature in OFFERS[operation.kind][0]:
            if set(feature.inputs) <= operation.inputs.keys():
                yield name, operation, feature


def offered_series(process: Process) -> Iterator[tuple[str, Operation, TrajectoryFeature]]:
    """Trajectory features whose tags and inputs the process has."""
    for name, operation in process.operations.items():
        for feature in OFFERS[operation.kind][1]:
            if {*feature.tags} - {"time"} <= operation.tags.keys() and set(feature.inputs) <= operation.inputs.keys():
                yield name, operation, feature


def _inputs(feature: Feature | TrajectoryFeature, operation: Operation) -> tuple[str, ...]:
    return tuple(operation.inputs[name] for name in feature.inputs)


def _tags(feature: TrajectoryFeature, operation: Operation) -> tuple[str, ...]:
    return tuple(operation.tags[tag] for tag in feature.tags if tag != "time")


def _attributes(process: Process) -> Iterator[CatalogueEntry]:
    only_over_time = trajectory_tags(process)
    for name, attribute in process.attributes.items():
        if attribute.role in MEASURED and name not in only_over_time and name != process.product:
            yield _entry(name, attribute)


def _entry(name: str, attribute: Attribute) -> CatalogueEntry:
    derived = tuple(attribute.derive.of) if attribute.derive else ()
    return CatalogueEntry(
        name,
        attribute.unit,
        attribute.horizon,
        attribute.kind,
        attribute.role,
        (name, *derived),
        attribute.description,
        "recorded" if not attribute.derive else "declared derivation",
    )


def _scales(process: Process) -> Iterator[CatalogueEntry]:
    name = process.scale.attribute
    for feature in scale_features.FEATURES:
        yield CatalogueEntry(
            feature.name, feature.unit, "plan", "number", "similarity", (name,), feature.description, feature.source
        )


def _operations(process: Process) -> Iterator[CatalogueEntry]:
    for name, operation, feature in offered(process):
        yield _quantity(process, name, feature, _inputs(feature, operation))


def _series(process: Process) -> Iterator[CatalogueEntry]:
    for name, operation, feature in offered_series(process):
        yield _quantity(process, name, feature, (*_tags(feature, operation), *_inputs(feature, operation)))


def _quantity(
    process: Process, operation: str, feature: Feature | TrajectoryFeature, inputs: tuple[str, ...]
) -> CatalogueEntry:
    """A quantity that an operation offers: known when the last of its inputs is."""
    horizon = max((process.attributes[name].horizon for name in inputs), key=HORIZONS.index)
    name = f"{operation}.{feature.name}"
    return CatalogueEntry(name, feature.unit, horizon, "number", "similarity", inputs, feature.description, feature.source)


def names_of(process: Process) -> dict[str, str]:
    """Return attribute or feature → its display name."""
    names = (*process.attributes, *(entry.feature for entry in catalogue(process)))
    return {name: in_words(name) for name in dict.fromkeys(names)}
