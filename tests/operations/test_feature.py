"""Properties of the features of all unit operations."""

import inspect

import polars as pl
import pytest
from pint import UnitRegistry

from pipeline.operations import bioreactor, coating, scale_features, tablet_press
from pipeline.operations.feature import Feature, TrajectoryFeature

FEATURES = [f for module in (bioreactor, coating, scale_features, tablet_press) for f in module.FEATURES]
SERIES = [*bioreactor.TRAJECTORY_FEATURES, *tablet_press.TRAJECTORY_FEATURES]
UNITS = UnitRegistry(autoconvert_offset_to_baseunit=True)


def name(feature: Feature | TrajectoryFeature) -> str:
    return feature.name


def test_names__are_unique() -> None:
    names = [f.name for f in (*FEATURES, *SERIES)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("feature", [*FEATURES, *SERIES], ids=name)
def test_feature__has_description_source_and_a_known_unit(feature: Feature | TrajectoryFeature) -> None:
    assert feature.description
    assert feature.source
    UNITS.Unit(feature.unit)


@pytest.mark.parametrize("feature", [*FEATURES, *SERIES], ids=name)
def test_feature__has_as_many_inputs_as_its_formula_takes(feature: Feature | TrajectoryFeature) -> None:
    names = feature.inputs if isinstance(feature, Feature) else (*feature.tags, *feature.inputs)
    inspect.signature(feature.compute).bind(*names)


@pytest.mark.parametrize("feature", FEATURES, ids=name)
def test_feature__is_a_finite_number_per_row_and_null_if_an_input_is_null(feature: Feature) -> None:
    rows = {key: [0.5 + 0.1 * k, None] for k, key in enumerate(feature.inputs)}
    values = pl.DataFrame(rows).select(feature.compute(*map(pl.col, feature.inputs)).alias("v"))["v"]
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
