"""The folder of operations is the list of operations."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.operations.registry import unit_operation, unit_operations

FOLDER = Path(__file__).parents[2] / "pipeline/operations"


def test_registry__every_file_that_defines_an_operation_is_one_named_like_it() -> None:
    defining = [path.stem for path in FOLDER.glob("*.py") if "\nOPERATION = " in path.read_text(encoding="utf-8")]
    assert list(unit_operations()) == sorted(defining)


def test_registry__an_unknown_kind_is_refused_with_the_kinds() -> None:
    with pytest.raises(ScalebridgeError, match=r"'bioreacter' is unknown; kinds are bioreactor, blender, .*ultrafiltration"):
        unit_operation("bioreacter")


def test_registry__what_is_carried_over_and_what_is_possible_are_quantities_and_inputs_of_the_operation() -> None:
    for operation in unit_operations().values():
        names = {feature.name for feature in operation.features}
        assert operation.carried.keys() <= operation.inputs.keys()
        assert {*operation.carried.values(), *operation.possible} <= names


def test_registry__the_bioreactor_keeps_power_and_gas_per_volume() -> None:
    assert unit_operation("bioreactor").carried == {"agitation": "power_per_volume", "gas_flow": "gas_flow_per_volume"}
