"""Axes of a transfer that a process definition declares: each needs what changes along it."""

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from tests.support.definitions import PlainData
from tests.support.placed_history import PlacedHistory


def _process(**changes: object) -> Process:
    given: PlainData = PlacedHistory().definition() | changes
    return parse(Process, {key: value for key, value in given.items() if value is not None}, "process")


def test_axes__of_a_definition_without_axis_are_scale_and_site() -> None:
    process = _process(axis=None)
    assert process.axis is None
    assert process.axes.searched == ("scale", "site")
    assert not process.axes.new_to_lineage


def test_axes__are_those_that_are_declared() -> None:
    process = _process(axis=["site", "device"])
    assert process.axes.searched == ("site", "device")
    assert process.axes.new_to_lineage
    assert process.axes.of_size == "scale"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"axis": []}, "`axis` is empty"),
        ({"axis": ["site", "site"]}, "names 'site' twice"),
        ({"axis": ["site"], "site": None}, "no `site` is stated"),
        ({"axis": ["device"], "equipment": None}, "neither `equipment` nor `scale.counts_devices` is stated"),
        ({"axis": ["scale"], "scale": None}, "no `scale` is stated"),
        ({"axis": ["plant"]}, "plant"),
        ({"axis": ["device"], "scale": {"attribute": "volume", "counts_devices": True}}, "has the unit 'L'"),
        ({"axis": None, "scale": {"attribute": "volume", "counts_devices": True}}, "`axis` is not stated"),
    ],
)
def test_axis__that_does_not_fit_the_definition_is_refused(changes: PlainData, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        _process(**changes)


def test_counted_devices__make_a_larger_size_a_transfer_along_device() -> None:
    given = PlacedHistory().definition()
    given["attributes"]["volume"]["unit"] = "device"
    counted = {"attribute": "volume", "counts_devices": True}
    assert parse(Process, given | {"axis": ["device"], "scale": counted}, "process").axes.of_size == "device"
    with pytest.raises(ScalebridgeError, match="name 'device' and not 'scale'"):
        parse(Process, given | {"axis": ["scale", "device"], "scale": counted}, "process")


@pytest.mark.parametrize("key", ["product", "site", "equipment"])
def test_names__of_products_and_places_must_be_text_also_where_they_are_numbers(key: str) -> None:
    given = PlacedHistory().definition()
    name = given[key]
    given["attributes"][name] = given["attributes"][name] | {"kind": "number"}
    with pytest.raises(
        ScalebridgeError, match=rf"`{key}` is '{name}', of kind 'number'; its values are names.*set `kind: text`"
    ):
        parse(Process, given, "definition")
