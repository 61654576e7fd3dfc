"""What a proposed batch changes, and the batches that it is compared with."""

from typing import get_args

import polars as pl
import pytest

from pipeline.answers.case.proposed_batch import check_equipment, reference_batches
from pipeline.answers.case.transfer_change import sending_batches, transfer_change
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.axis_words import WORDS, Change, axis_of, change_of
from pipeline.domain.process.process import Process
from tests.support.pot import definition, history, proposal

OWN = pl.DataFrame(
    [("P", 1.0, "A", "V1"), ("P", 1.0, "A", "V2"), ("P", 1.0, "B", "V3"), ("P", 9.0, "A", "V1")],
    schema=["product", "scale", "site", "equipment"],
    orient="row",
).with_columns(lineage=pl.col("product"), batch_id=pl.format("B{}", pl.int_range(pl.len())))
"""Batches of P; scales in m³."""


def _process(*axis: str, counts: bool = False) -> Process:
    given = definition()
    if counts:
        given["scale"] = {"attribute": "volume", "counts_devices": True}
        given["attributes"]["volume"]["unit"] = "device"
        given["attributes"]["revolutions"]["unit"] = "rpm"
    return parse(Process, given | ({"axis": list(axis)} if axis else {}), "pot")


@pytest.mark.parametrize(
    ("axis", "scale", "site", "equipment", "change"),
    [
        ((), 1.0, "C", "V9", "scale"),  # no axis is declared
        (("site",), 1.0, "C", None, "site"),
        (("site",), 1.0, "B", None, "site"),  # the other site is compared with
        (("site",), 20.0, "C", None, "scale"),  # the product never reached this scale
        (("scale", "site"), 1.0, "C", None, "site"),
        (("scale", "site"), 1.0, "B", None, "scale"),  # nothing is new
        (("site", "device"), 1.0, "C", "V9", "site"),  # a new site has new devices
        (("site", "device"), 1.0, "A", "V9", "device"),
        (("device",), 1.0, "C", "V3", "device"),
        (("device",), 1.0, "C", "V9", "device"),
    ],
)
def test_transfer_change__is_what_is_new_to_the_product(
    axis: tuple[str, ...], scale: float, site: str, equipment: str | None, change: Change
) -> None:
    assert transfer_change(_process(*axis), proposal(site=site, equipment=equipment), OWN, scale) == change


def test_transfer_change__of_a_larger_number_of_devices_is_one_of_devices() -> None:
    assert transfer_change(_process("device", counts=True), proposal(), OWN, 50.0) == "devices"
    assert axis_of("devices") == "device"


def test_transfer_change__of_a_product_without_batches_is_declared() -> None:
    assert transfer_change(_process("site"), proposal(), OWN.clear(), 1.0) == "site"
    assert transfer_change(_process("site", "scale"), proposal(), OWN.clear(), 1.0) == "scale"


@pytest.mark.parametrize(
    ("change", "site", "equipment", "batches"),
    [
        ("site", "C", None, ["B0", "B1", "B2"]),
        ("site", "B", None, ["B0", "B1"]),
        ("device", "A", "V9", ["B0", "B1", "B2"]),
        ("device", "A", "V1", ["B1", "B2"]),
        ("scale", "B", None, []),
        ("devices", "B", None, []),
    ],
)
def test_sending_batches__ran_at_the_scale_in_another_place(
    change: Change, site: str, equipment: str | None, batches: list[str]
) -> None:
    asked = proposal(site=site, equipment=equipment)
    assert sending_batches(_process("site"), asked, OWN, change, 1.0)["batch_id"].to_list() == batches


def test_sending_batches__are_those_of_the_place_where_there_is_no_other() -> None:
    alone = OWN.filter(pl.col("site") == "B")
    assert sending_batches(_process("site"), proposal(site="B"), alone, "site", 1.0).height == 1


def test_reference_batches__of_a_transfer_to_another_site_are_those_at_its_sites() -> None:
    batches, asked = history().batches, proposal(product="Q", scale="100 L", site="Elsewhere", equipment=None)
    assert reference_batches(_process("site"), asked, batches)["site"].unique().to_list() == ["There"]
    assert reference_batches(_process("site", "scale"), asked, batches)["site"].unique().to_list() == ["There"]


def test_reference_batches__without_a_declared_axis_are_those_at_a_smaller_scale() -> None:
    batches, asked = history().batches, proposal(product="Q", scale="100 L", site="Elsewhere", equipment=None)
    assert reference_batches(_process(), asked, batches)["scale"].unique().to_list() == [0.001]


def test_reference_batches__are_those_at_a_stated_reference_scale_also_in_a_transfer() -> None:
    asked = proposal(product="Q", scale="100 L", site="Elsewhere", equipment=None, reference_scale="1 L")
    assert reference_batches(_process("site"), asked, history().batches)["scale"].unique().to_list() == [0.001]


def test_new_device__may_be_named_where_transfers_to_devices_are_declared() -> None:
    asked, known = proposal(equipment="new"), history()
    check_equipment(_process("device"), asked, known)
    with pytest.raises(ScalebridgeError, match="For a new one leave `equipment` out"):
        check_equipment(_process("site"), asked, known)


def test_new_device__with_properties_needs_them() -> None:
    given = definition()
    given["sources"]["vessels"] = {"gives": "details", "key": ["vessel"], "files": ["v.csv"]}
    given["attributes"]["vessel"]["column"] = ["batches.vessel", "vessels.vessel"]
    given["attributes"]["height"] = {
        "role": "context",
        "horizon": "plan",
        "unit": "m",
        "description": "x",
        "column": "vessels.height",
    }
    process = parse(Process, given | {"axis": ["device"]}, "pot")
    with pytest.raises(ScalebridgeError, match="for a new device state height in `settings`"):
        check_equipment(process, proposal(equipment="new"), history())
    check_equipment(process, proposal(equipment="new", settings={"height": "2 m"}), history())


def test_words__of_each_change_differ_from_those_of_a_scale_up() -> None:
    assert set(WORDS) == set(get_args(Change))
    assert len({words.one for words in WORDS.values()}) == len(WORDS)
    assert all("scale" not in " ".join(vars(words).values()) for change, words in WORDS.items() if change != "scale")
    assert change_of("device", None) == "devices"


@pytest.mark.parametrize(("scale", "change"), [(5.0, "site"), (9.0, "site"), (20.0, "scale"), (0.1, "scale")])
def test_transfer_change__at_a_scale_up_to_the_largest_is_that_of_the_place(scale: float, change: Change) -> None:
    process, asked = _process("site"), proposal(site="C", equipment=None)
    assert transfer_change(process, asked, OWN, scale) == change
    expected = {5.0: ["B0", "B1", "B2"], 9.0: ["B3"]}.get(scale, [])
    assert sending_batches(process, asked, OWN, change, scale)["batch_id"].to_list() == expected
