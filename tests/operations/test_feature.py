"""Properties of the features of all unit operations."""

import inspect

import polars as pl
import pytest

from pipeline.domain.units import is_product, unit
from pipeline.operations import scale_features
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.quantity_example import inputs_in_si
from pipeline.operations.registry import unit_operations
from pipeline.operations.unit_operation import UnitOperation
from tests.support.plausible_batches import BATCHES


def batch_of_examples(operation: UnitOperation) -> dict[str, str]:
    return {name: text for own in operation.examples for name, text in own.inputs.items()}


KINDS = unit_operations()
FEATURES = [*(f for kind in KINDS.values() for f in kind.features), *scale_features.FEATURES]
PLAUSIBLE = {
    feature.name: inputs_in_si(takes.inputs, batch_of_examples(takes) | BATCHES.get(kind, {}))
    for kind, takes in KINDS.items()
    for feature in takes.features
}
"""Feature → inputs of its worked examples or of a plausible batch. Some formulas have a solution for plausible numbers alone."""
SERIES = [f for kind in KINDS.values() for f in kind.trajectory_features]


def name(feature: Feature | TrajectoryFeature) -> str:
    return feature.name


def test_names__are_unique() -> None:
    names = [f.name for f in (*FEATURES, *SERIES)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("feature", [*FEATURES, *SERIES], ids=name)
def test_feature__has_description_source_and_a_known_unit(feature: Feature | TrajectoryFeature) -> None:
    assert feature.description
    assert feature.source
    assert unit(feature.unit).factor > 0


@pytest.mark.parametrize("feature", [*FEATURES, *SERIES], ids=name)
def test_feature__has_as_many_inputs_as_its_formula_takes(feature: Feature | TrajectoryFeature) -> None:
    names = (*feature.inputs, *feature.optional) if isinstance(feature, Feature) else (*feature.tags, *feature.inputs)
    inspect.signature(feature.compute).bind(*names)


@pytest.mark.parametrize("feature", FEATURES, ids=name)
def test_feature__is_a_finite_number_per_row_and_null_if_an_input_is_null(feature: Feature) -> None:
    batch = PLAUSIBLE.get(feature.name, {})
    rows = {key: [batch.get(key, 0.5 + 0.1 * k), None] for k, key in enumerate(feature.inputs)}
    inputs = [*map(pl.col, feature.inputs), *map(pl.lit, feature.optional.values())]
    values = pl.DataFrame(rows).select(feature.compute(*inputs).alias("v"))["v"]
    assert values.dtype == pl.Float64
    assert values.is_finite()[0]
    assert values[1] is None


@pytest.mark.parametrize("feature", SERIES, ids=name)
def test_trajectory_feature__is_one_value_per_batch(feature: TrajectoryFeature) -> None:
    columns = {key: [1.0, 2.0, 1.5, 2.5] for key in (*feature.tags, *feature.inputs, "time")}
    frame = pl.DataFrame({**columns, "batch_id": ["A", "A", "B", "B"], "time": [0.0, 10.0, 0.0, 10.0]})
    value = feature.compute(*map(pl.col, (*feature.tags, *feature.inputs))).alias("v")
    assert frame.group_by("batch_id", maintain_order=True).agg(value)["v"].len() == 2


@pytest.mark.parametrize("feature", SERIES, ids=name)
def test_trajectory_feature__accepts_a_tag_without_records(feature: TrajectoryFeature) -> None:
    names = (*feature.tags, *feature.inputs)
    frame = pl.DataFrame({key: [None, None] for key in names}, schema=dict.fromkeys(names, pl.Float64))
    assert frame.select(feature.compute(*map(pl.col, names)).alias("v")).height == 1


@pytest.mark.parametrize("kind", KINDS)
def test_features__take_declared_inputs_and_tags_alone_and_all_of_them(kind: str) -> None:
    takes = KINDS[kind]
    optional = {name for f in takes.features for name in f.optional if "." not in name}
    inputs = {name for f in (*takes.features, *takes.trajectory_features) for name in f.inputs}
    assert inputs | optional == set(takes.inputs)
    assert {tag for f in takes.trajectory_features for tag in f.tags} - {"time"} == set(takes.tags)


@pytest.mark.parametrize("feature", SERIES, ids=name)
def test_trajectory_feature__has_the_dimension_of_its_tag_its_integral_or_a_count_or_time(
    feature: TrajectoryFeature,
) -> None:
    """The unit of a feature is written by hand; here it is compared with the units of the tags."""
    tags = next(q.tags for q in KINDS.values() if set(feature.tags) - {"time"} <= set(q.tags))
    first = tags[feature.tags[0]].unit
    own = [is_product(feature.unit, units) for units in ([first], [first, "s"], ["s"], ["1"])]
    assert any(own)
