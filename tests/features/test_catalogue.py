"""What pictures call a feature."""

import pytest

from pipeline.features.catalogue import catalogue_table, labels_of, names_of, offered, units_of, usable
from pipeline.operations.registry import unit_operations
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.operations import fed
from tests.support.pot import pot
from tests.support.steps import steps_definition


def test_labels__carry_the_unit_of_what_has_one() -> None:
    labels = labels_of(pot())
    assert labels["agitation"] == "agitation [rpm]"
    assert labels["log10_scale"] == "log10_scale"
    assert labels["site"] == "site"


def test_usable__leaves_out_what_is_derived_from_a_look_alike_through_another_attribute(small: Make) -> None:
    number = {"role": "CPP", "horizon": "plan", "description": "x"}
    definition = small()
    definition["attributes"] |= {
        "twin": {**number, "unit": "L", "column": "batches.twin"},
        "doubled": {**number, "unit": "L", "derive": {"kind": "sum", "of": ["twin", "twin"]}},
        "logarithm": {**number, "derive": {"kind": "log10", "of": ["doubled"]}},
    }
    definition["attributes"]["titre"]["look_alikes"] = ["twin"]
    process = process_of(definition)
    assert process.derived_from("logarithm") == ("doubled", "twin")
    assert [one.feature for one in usable(process, "titre", "plan")] == ["temperature", "log10_scale"]


@pytest.mark.parametrize(("key", "column"), [("site", "site"), ("equipment", "equipment")])
def test_catalogue__holds_a_place_once_whatever_the_process_calls_it(small: Make, key: str, column: str) -> None:
    """Otherwise the effect of the place is split: one part is a cause of its own, and the other one counts as not stated."""
    definition = small()
    place = {"role": "context", "horizon": "plan", "kind": "text", "description": "x", "column": "batches.werk"}
    definition |= {key: "werk", "groupings": {"werk": {}}}
    definition["attributes"]["werk"] = place | {"display": "Werk"}
    process = process_of(definition)
    read = [one.feature for one in usable(process, "titre", "plan")]
    assert read.count(column) == 1
    assert "werk" not in read
    assert names_of(process)[column] == "Werk"


def test_names__of_a_number_of_devices_do_not_speak_of_a_batch_size(small: Make) -> None:
    definition = small()
    assert names_of(process_of(definition))["log10_scale"] == "batch size"
    definition |= {"axis": ["device"], "scale": {"attribute": "volume", "counts_devices": True}}
    definition["attributes"]["volume"]["unit"] = "device"
    assert names_of(process_of(definition))["log10_scale"] == "number of devices"


def _read(target: str, horizon: str) -> set[str]:
    return {one.feature for one in usable(process_of(steps_definition()), target, horizon)}


def test_usable__at_the_plan_reads_the_plan_of_all_steps_up_to_that_of_the_target() -> None:
    assert _read("hmw", "plan") == {
        "equipment", "column_volume", "temperature", "resin_capacity", "speed", "log10_scale", "capture.log10_scale"
    }  # fmt: skip


def test_usable__nothing_of_a_later_step_explains_a_result() -> None:
    """The titre is measured before the capture begins, and the pool before the fill."""
    assert _read("titre", "in_process") == {"equipment", "temperature", "log10_scale"}
    assert "speed" not in _read("pool_hmw", "in_process")
    assert "load_per_resin" in _read("pool_hmw", "in_process")


def test_usable__after_a_step_reads_what_it_and_earlier_steps_measured() -> None:
    assert _read("hmw", "after culture") == {*_read("hmw", "plan"), "titre"}
    assert _read("hmw", "after capture") == _read("hmw", "in_process")


def test_catalogue_table__of_a_process_without_features_has_no_rows_and_all_columns(small: Make) -> None:
    definition = small()
    kept = {name: definition["attributes"][name] for name in ("batch", "titre")}
    bare = process_of(
        {key: one for key, one in definition.items() if key not in ("product", "scale")} | {"attributes": kept}
    )
    table = catalogue_table(bare)
    assert table.height == 0
    assert table.schema == catalogue_table(process_of(definition)).schema


@pytest.mark.parametrize("kind", unit_operations())
def test_offered__all_features_of_an_operation_whose_inputs_have_their_usual_units(small: Make, kind: str) -> None:
    operation = unit_operations()[kind]
    takes = operation.inputs
    units = {f"{name}_fed": quantity.unit for name, quantity in takes.items()}
    definition = fed(small, kind, units, {name: f"{name}_fed" for name in takes})
    process = process_of(definition)
    assert [feature for _, _, feature in offered(process)] == list(operation.features)
    assert {f"op.{feature.name}" for feature in operation.features} <= units_of(process).keys()
