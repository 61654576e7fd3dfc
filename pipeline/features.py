"""One row per batch: attributes, lots by genealogy, and what each unit operation offers. Stateless: nothing is fitted."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import polars as pl

from pipeline.domain.attributes import HORIZONS, Attribute, Horizon
from pipeline.domain.columns import trajectory_tags
from pipeline.domain.process import Operation, Process, lot_column
from pipeline.operations import bioreactor, coating, scale, tablet_press
from pipeline.operations.feature import Feature, TrajectoryFeature

OFFERS: Mapping[str, tuple[tuple[Feature, ...], tuple[TrajectoryFeature, ...]]] = {
    "bioreactor": (bioreactor.FEATURES, bioreactor.TRAJECTORY_FEATURES),
    "tablet_press": (tablet_press.FEATURES, tablet_press.TRAJECTORY_FEATURES),
    "coating": (coating.FEATURES, ()),
}
KEYS = ("batch_id", "product", "lineage", "scale", "site", "equipment", "started_at")
"""Columns of the feature table that name the batch and are no features themselves."""
MEASURED = ("CPP", "CMA", "IPC", "context")


@dataclass(frozen=True)
class Entry:
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


@dataclass(frozen=True)
class History:
    """The canonical tables that features are made from."""

    batches: pl.DataFrame
    results: pl.DataFrame
    lots: pl.DataFrame
    genealogy: pl.DataFrame
    trajectories: pl.DataFrame


def build(process: Process, history: History) -> pl.DataFrame:
    """Make the feature table: the key columns, one column per entry of `catalogue`, the groupings; sorted by batch. SI units.

    A quantity whose input is missing in a batch is null there.
    """
    rows = history.batches
    for more in (controls(process, history.results), lot_properties(history.lots, history.genealogy)):
        rows = rows.join(more, on="batch_id", how="left", maintain_order="left")
    rows = rows.with_columns(_absent(process, rows))
    rows = rows.with_columns(
        feature.compute(*(pl.col(attribute) for attribute in _inputs(feature, operation))).alias(f"{name}.{feature.name}")
        for name, operation, feature in offered(process)
    )
    rows = rows.with_columns(feature.compute(pl.col("scale")).alias(feature.name) for feature in scale.FEATURES)
    for name, operation in process.operations.items():
        for more in series_features(process, name, operation, history):
            rows = rows.join(more, on="batch_id", how="left", maintain_order="left")
    rows = rows.join(lots_named(process, history.genealogy), on="batch_id", how="left", maintain_order="left")
    finite = [
        pl.when(pl.col(entry.feature).is_finite()).then(pl.col(entry.feature)).alias(entry.feature)
        if entry.kind == "number"
        else pl.col(entry.feature)
        for entry in catalogue(process)
    ]
    made = [column for column in finite if column.meta.output_name() not in KEYS]
    names = {*KEYS, *(column.meta.output_name() for column in made)}
    groupings = [pl.col(name) for name in process.grouping_columns if name not in names]
    return rows.select(*KEYS, *made, *groupings).sort("batch_id")


def catalogue(process: Process) -> list[Entry]:
    """List the features of a process."""
    return [*_attributes(process), *_scales(process), *_operations(process), *_series(process)]


def catalogue_table(process: Process) -> pl.DataFrame:
    """The catalogue as a table, for people and for the stages that read it."""
    rows = [asdict(entry) | {"inputs": list(entry.inputs)} for entry in catalogue(process)]
    return pl.DataFrame(rows, schema_overrides={"inputs": pl.List(pl.String)})


def usable(process: Process, target: str, horizon: Horizon) -> list[Entry]:
    """Features that may help to predict a target: known at the horizon, and no other name of the target itself.

    A feature made from the target or from one of its look-alikes is as forbidden as they are.
    """
    forbidden = {target, *process.attributes[target].look_alikes}
    return [
        entry
        for entry in catalogue(process)
        if HORIZONS.index(entry.horizon) <= HORIZONS.index(horizon) and forbidden.isdisjoint(entry.inputs)
    ]


def controls(process: Process, results: pl.DataFrame) -> pl.DataFrame:
    """In-process controls, one column each; a censored one counts at its limit."""
    names = [name for name, attribute in process.attributes.items() if attribute.role == "IPC"]
    wide = results.filter(pl.col("attribute").is_in(names)).pivot(
        "attribute", on_columns=names, index="batch_id", values="value", maintain_order=True
    )
    return wide.select("batch_id", *names)


def lot_properties(lots: pl.DataFrame, genealogy: pl.DataFrame) -> pl.DataFrame:
    """Properties of the lots in each batch, weighted by the share of each lot; null unless all its lots are known.

    Weighting assumes properties that mix linearly by mass, as contents do and particle sizes do roughly.
    """
    consumed = genealogy.join(lots, on=["material", "lot_id"], how="inner").sort("batch_id", "attribute", "lot_id")
    share, value = pl.col("fraction").sum(), (pl.col("fraction") * pl.col("value")).sum()
    mixed = consumed.group_by("batch_id", "attribute", maintain_order=True).agg(
        pl.when((share - 1).abs() < 1e-6).then(value / share).alias("value")
    )
    names = sorted(lots["attribute"].unique())
    return mixed.pivot("attribute", on_columns=names, index="batch_id", values="value", maintain_order=True)


def lots_named(process: Process, genealogy: pl.DataFrame) -> pl.DataFrame:
    """The lot of each material that is a grouping, one column each; of several lots in a batch the one with the largest share."""
    main = genealogy.sort("batch_id", "material", "fraction", "lot_id", descending=[False, False, True, False])
    first = main.unique(["batch_id", "material"], keep="first", maintain_order=True)
    materials = [name for name in process.groupings if name in process.materials]
    wide = first.pivot("material", on_columns=materials, index="batch_id", values="lot_id", maintain_order=True)
    return wide.rename({name: lot_column(name) for name in materials})


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


def _absent(process: Process, rows: pl.DataFrame) -> list[pl.Expr]:
    """Columns of attributes that no batch has a value of."""
    return [
        pl.lit(None, dtype=pl.Float64 if attribute.kind == "number" else pl.String).alias(name)
        for name, attribute in process.attributes.items()
        if name not in rows.columns and attribute.role in MEASURED
    ]


def series_features(process: Process, name: str, operation: Operation, history: History) -> Iterator[pl.DataFrame]:
    """Evaluate the trajectory features of an operation, those of the same tags together, for the batches that have these tags."""
    of_tags: dict[tuple[str, ...], list[TrajectoryFeature]] = {}
    for other, _, feature in offered_series(process):
        if other == name:
            of_tags.setdefault(_tags(feature, operation), []).append(feature)
    wide = _wide(history.trajectories, sorted({tag for tags in of_tags if len(tags) > 1 for tag in tags}))
    for tags, features in of_tags.items():
        records = _of_tag(history.trajectories, *tags) if len(tags) == 1 else _of_any(wide, tags)
        inputs = sorted({attribute for feature in features for attribute in _inputs(feature, operation)})
        if inputs:
            known = history.batches.select("batch_id", *inputs)
            records = records.join(known, on="batch_id", how="left", maintain_order="left")
        values = (_value(feature, operation).alias(f"{name}.{feature.name}") for feature in features)
        yield records.group_by("batch_id", maintain_order=True).agg(values)


def _value(feature: TrajectoryFeature, operation: Operation) -> pl.Expr:
    tags = (pl.col("time") if tag == "time" else pl.col(operation.tags[tag]) for tag in feature.tags)
    return feature.compute(*tags, *map(pl.col, _inputs(feature, operation)))


def _of_tag(trajectories: pl.DataFrame, tag: str) -> pl.DataFrame:
    """The records of one tag, which stand in order: nothing to pivot."""
    return trajectories.filter(pl.col("tag") == tag).select("batch_id", "time", pl.col("value").alias(tag))


def _of_any(wide: pl.DataFrame, tags: tuple[str, ...]) -> pl.DataFrame:
    """The rows in which at least one of the tags has a record, as if the others had not been recorded."""
    return wide.filter(pl.any_horizontal(pl.col(tag).is_not_null() for tag in tags))


def _wide(trajectories: pl.DataFrame, tags: list[str]) -> pl.DataFrame:
    """One row per batch and time, one column per tag."""
    return (
        trajectories.filter(pl.col("tag").is_in(tags))
        .pivot("tag", on_columns=tags, index=["batch_id", "time"], values="value", maintain_order=True)
        .sort("batch_id", "time")
    )


def _attributes(process: Process) -> Iterator[Entry]:
    only_over_time = trajectory_tags(process)
    for name, attribute in process.attributes.items():
        if attribute.role in MEASURED and name not in only_over_time and name != process.product:
            yield _entry(name, attribute)


def _entry(name: str, attribute: Attribute) -> Entry:
    derived = tuple(attribute.derive.of) if attribute.derive else ()
    return Entry(
        name,
        attribute.unit,
        attribute.horizon,
        attribute.kind,
        attribute.role,
        (name, *derived),
        attribute.description,
        "recorded" if not attribute.derive else "declared derivation",
    )


def _scales(process: Process) -> Iterator[Entry]:
    name = process.scale.attribute
    for feature in scale.FEATURES:
        yield Entry(feature.name, feature.unit, "plan", "number", "similarity", (name,), feature.description, feature.source)


def _operations(process: Process) -> Iterator[Entry]:
    for name, operation, feature in offered(process):
        yield _quantity(process, name, feature, _inputs(feature, operation))


def _series(process: Process) -> Iterator[Entry]:
    for name, operation, feature in offered_series(process):
        yield _quantity(process, name, feature, (*_tags(feature, operation), *_inputs(feature, operation)))


def _quantity(process: Process, operation: str, feature: Feature | TrajectoryFeature, inputs: tuple[str, ...]) -> Entry:
    """A quantity that an operation offers: known when the last of its inputs is."""
    horizon = max((process.attributes[name].horizon for name in inputs), key=HORIZONS.index)
    name = f"{operation}.{feature.name}"
    return Entry(name, feature.unit, horizon, "number", "similarity", inputs, feature.description, feature.source)
