"""What pictures call a feature."""

from pipeline.features.catalogue import labels_of, usable
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.pot import pot


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
