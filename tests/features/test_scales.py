"""Features of batch sizes."""

import polars as pl
import pytest

from pipeline.features.scales import scale_columns, scale_quantities
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.steps import steps_definition


def test_scale_quantities__without_steps_are_of_the_scale_alone(small: Make) -> None:
    assert list(scale_quantities(process_of(small()))) == ["log10_scale"]


def test_scale_columns__of_a_step_read_its_own_batch_size() -> None:
    rows = pl.DataFrame({"scale": [0.1], "column_volume": [0.001]})
    found = rows.select(value.alias(name) for name, value in scale_columns(process_of(steps_definition())).items())
    assert found.row(0, named=True) == {"log10_scale": pytest.approx(-1), "capture.log10_scale": pytest.approx(-3)}
