"""The unit of a column is that in which the program reads it."""

from typing import Any

from pipeline.history.quality.column_units import column_units
from tests.conftest import process_of
from tests.support.definitions import Make


def _units(small: Make, **source: Any) -> dict[tuple[str, str], str]:
    definition = small()
    definition["attributes"]["temperature"]["column"] = {"source": "batches", "column": "temp", "unit": "K"}
    if source:
        definition["sources"]["long"] = {"files": ["long.csv"], "batch": "batch", **source}
    return column_units(process_of(definition))


def test_column_units__are_those_of_the_file_before_those_of_the_attribute(small: Make) -> None:
    assert _units(small) == {("batches", "volume"): "L", ("batches", "temp"): "K", ("batches", "titre"): "g/L"}


def test_column_units__of_a_long_file_with_one_unit(small: Make) -> None:
    results = {"gives": "results", "test": "test", "value": "result"}
    assert _units(small, **results, names={"T": "titre", "U": "titre"})["long", "result"] == "g/L"
    assert ("long", "result") not in _units(small, **results, names={"T": "titre", "V": "volume"})
    assert ("long", "result") not in _units(small, **results, names={"T": "titre"}, unit="unit")


def test_column_units__of_a_series_with_tags(small: Make) -> None:
    series = {"gives": "trajectories", "time": "time", "tag": "tag", "value": "value", "tags": {"TI": "temperature"}}
    assert _units(small, **series)["long", "value"] == "°C"
