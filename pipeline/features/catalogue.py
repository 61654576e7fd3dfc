"""The features of a process, and when each is known."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

import polars as pl

from pipeline.domain.attributes import HORIZONS, Attribute, Horizon, KnownAt, step_of_horizon
from pipeline.domain.batch_columns import trajectory_tags
from pipeline.domain.display import in_words
from pipeline.domain.process.axis_words import WORDS
from pipeline.domain.process.parts import Operation
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales, later, not_after, step_of
from pipeline.domain.units import Unit, unit
from pipeline.features.scales import scale_quantities
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.registry import unit_operation
from pipeline.operations.scale_features import LOGARITHM


def units_of(process: Process) -> dict[str, Unit]:
    """Feature → its display unit, for the features that are numbers."""
    return {entry.feature: unit(entry.unit) for entry in catalogue(process) if entry.kind == "number"}


def labels_of(process: Process) -> dict[str, str]:
    """Feature → its name with its display unit, as in figures. Texts and numbers without a unit have the name alone."""
    return {entry.feature: _label(entry) for entry in catalogue(process)}


def _label(entry: "CatalogueEntry") -> str:
    plain = unit(entry.unit).dimension == "dimensionless" and entry.unit != "%"
    return entry.feature if plain else f"{entry.feature} [{entry.unit}]"


def names_of(process: Process) -> dict[str, str]:
    """Attribute or feature → its display name: attributes as people write them, features of operations in words.

    A quantity that several operations have, such as a residence time, has the name of its operation before it.
    """
    features = {entry.feature: in_words(entry.feature) for entry in catalogue(process)}
    features |= {name: in_words(LOGARITHM) for name in scale_quantities(process)}
    if process.scale.counts_devices:
        features[LOGARITHM] = WORDS["devices"].noun.removeprefix("the ")
    shared = {words for words, count in Counter(features.values()).items() if count > 1}
    named = {name: _of_operation(name, words) if words in shared else words for name, words in features.items()}
    named |= {
        column: process.display_name(name) for name, column in _columns_of_places(process).items() if column in features
    }
    return named | {name: process.display_name(name) for name in process.attributes}


def _of_operation(feature: str, words: str) -> str:
    operation = feature.rpartition(".")[0]
    return f"{in_words(operation)} {words}" if operation else words


KEYS = ("batch_id", "product", "lineage", "scale", "site", "equipment", "started_at")
"""Columns of the feature table that describe the batch and are not features."""


MEASURED = ("CPP", "CMA", "IPC", "context")
"""Roles of attributes that are features. The batch size of a step that is not the scale of the process is a feature as well."""


@dataclass(frozen=True)
class CatalogueEntry:
    """One feature of the feature table: what it is, what it is computed from, and when it is known."""

    feature: str
    unit: str
    horizon: Horizon
    kind: str
    """number, text or spectrum"""
    role: str
    """Role of the attribute, or `similarity` for a quantity of an operation."""
    inputs: tuple[str, ...]
    """Attributes that it is computed from."""
    description: str
    source: str
    """Source of the formula."""


def catalogue(process: Process) -> list[CatalogueEntry]:
    """List the features of a process."""
    return [*_attributes(process), *_scales(process), *_operations(process), *_series(process)]


def catalogue_table(process: Process) -> pl.DataFrame:
    """The catalogue as a table, one row per feature."""
    rows = [asdict(entry) | {"inputs": list(entry.inputs)} for entry in catalogue(process)]
    texts = dict.fromkeys((field.name for field in fields(CatalogueEntry)), pl.String())
    return pl.DataFrame(rows, schema={**texts, "inputs": pl.List(pl.String)})


def is_measured(process: Process, attribute: str) -> bool:
    """Tell whether an attribute is set or measured, so that it is a feature."""
    return process.attributes[attribute].role in MEASURED or attribute in further_scales(process).values()


def usable(process: Process, target: str, horizon: KnownAt) -> list[CatalogueEntry]:
    """Features that may be used to predict a target at a horizon.

    They must be known at the horizon, and belong to the step of the target or to an earlier one: what happens later has no
    influence. A feature that is computed from the target or from one of its look-alikes is excluded.
    """
    forbidden, own = {target, *process.attributes[target].look_alikes}, step_of(process, target)
    return [
        entry
        for entry in catalogue(process)
        if is_known(process, entry, horizon)
        and forbidden.isdisjoint(entry.inputs)
        and not_after(process, step_of_entry(process, entry), own)
    ]


def is_known(process: Process, entry: CatalogueEntry, horizon: KnownAt) -> bool:
    """Tell whether a feature is known at a horizon. After a step, the plan and what this and earlier steps measured is known."""
    if (step := step_of_horizon(horizon)) is None:
        return HORIZONS.index(entry.horizon) <= HORIZONS.index(horizon)
    if entry.horizon == "in_process":
        return not_after(process, step_of_entry(process, entry), step)
    return entry.horizon == "plan"


def step_of_entry(process: Process, entry: CatalogueEntry) -> str | None:
    """Return the step of a feature: the latest step of the attributes that it is computed from. None without steps."""
    if not process.steps:
        return None
    return later(process, [step for name in entry.inputs if (step := step_of(process, name)) is not None])


def offered(process: Process) -> Iterator[tuple[str, Operation, Feature]]:
    """Features of the operations of a process, if the process has all their inputs: operation name, operation, feature."""
    for name, operation in process.operations.items():
        for feature in unit_operation(operation.kind).features:
            if set(feature.inputs) <= operation.inputs.keys():
                yield name, operation, feature


def offered_trajectory_features(process: Process) -> Iterator[tuple[str, Operation, TrajectoryFeature]]:
    """Trajectory features of the operations of a process, if the process has all their tags and inputs."""
    for name, operation in process.operations.items():
        for feature in unit_operation(operation.kind).trajectory_features:
            if {*feature.tags} - {"time"} <= operation.tags.keys() and set(feature.inputs) <= operation.inputs.keys():
                yield name, operation, feature


def inputs_of(feature: Feature | TrajectoryFeature, operation: Operation) -> tuple[str, ...]:
    """Attributes of the process that feed a feature, in the order of its inputs; optional inputs last, if the process has them."""
    optional = feature.optional if isinstance(feature, Feature) else {}
    needed = tuple(operation.inputs[name] for name in feature.inputs)
    return needed + tuple(operation.inputs[name] for name in optional if name in operation.inputs)


def tags_of(feature: TrajectoryFeature, operation: Operation) -> tuple[str, ...]:
    """Attributes of the process that a trajectory feature reads over time, in the order of its tags."""
    return tuple(operation.tags[tag] for tag in feature.tags if tag != "time")


def _attributes(process: Process) -> Iterator[CatalogueEntry]:
    only_over_time = trajectory_tags(process)
    places = _columns_of_places(process)
    for name, attribute in process.attributes.items():
        if is_measured(process, name) and name not in only_over_time and name != process.product:
            yield _entry(name, places.get(name, name), attribute, process.derived_from(name))


def _columns_of_places(process: Process) -> dict[str, str]:
    """Return attribute that names the site or the equipment → its key column of the feature table.

    Such an attribute is a feature under the name of the key column, whatever the process calls it. So the table holds a place once.
    """
    return {name: column for name, column in ((process.site, "site"), (process.equipment, "equipment")) if name is not None}


def _entry(name: str, feature: str, attribute: Attribute, derived_from: tuple[str, ...]) -> CatalogueEntry:
    return CatalogueEntry(
        feature,
        attribute.unit,
        attribute.horizon,
        attribute.kind,
        attribute.role,
        (name, *derived_from),
        attribute.description,
        "recorded" if not attribute.derive else "declared derivation",
    )


def _scales(process: Process) -> Iterator[CatalogueEntry]:
    """Features of the batch sizes; none of the scale of the process where it states none."""
    for name, (feature, column, attribute) in scale_quantities(process).items():
        if column != "scale" or process.states_scale:
            yield CatalogueEntry(
                name, feature.unit, "plan", "number", "similarity", (attribute,), feature.description, feature.source
            )


def _operations(process: Process) -> Iterator[CatalogueEntry]:
    for name, operation, feature in offered(process):
        yield _quantity(process, name, feature, inputs_of(feature, operation))


def _series(process: Process) -> Iterator[CatalogueEntry]:
    for name, operation, feature in offered_trajectory_features(process):
        yield _quantity(process, name, feature, (*tags_of(feature, operation), *inputs_of(feature, operation)))


def _quantity(
    process: Process, operation: str, feature: Feature | TrajectoryFeature, inputs: tuple[str, ...]
) -> CatalogueEntry:
    """Entry of a quantity of an operation. It is known when the last of its inputs is known."""
    horizon = max((process.attributes[name].horizon for name in inputs), key=HORIZONS.index)
    name = f"{operation}.{feature.name}"
    return CatalogueEntry(name, feature.unit, horizon, "number", "similarity", inputs, feature.description, feature.source)
