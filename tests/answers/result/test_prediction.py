"""What the parts of an answer say of the transfer that they are about."""

from dataclasses import replace

import pytest

from pipeline.answers.result.prediction import ScaleChange, StepAnswer
from tests.support.example_result import example

OF_DEVICES = ScaleChange("device", 10.0, 1.0, ("P",), 3)
NO_REFERENCE = ScaleChange("device", 10.0, None, (), 0)


def _step(scale: ScaleChange, equipment: str | None) -> StepAnswer:
    attributes = {
        name: replace(one, question=replace(one.question, axis="device")) for name, one in example().attributes.items()
    }
    return StepAnswer("expansion", scale, equipment, None, attributes)


@pytest.mark.parametrize(
    ("scale", "equipment", "change", "where"),
    [
        (OF_DEVICES, None, "devices", " at 10 device"),
        (OF_DEVICES, "D-7", "devices", " at 10 device"),
        (replace(OF_DEVICES, reference_places=("D-1",)), "D-7", "device", " at 10 device on D-7"),
        (replace(NO_REFERENCE, stated=False), "D-7", "device", " on D-7"),  # a new product without batches
        (NO_REFERENCE, "D-7", "device", " at 10 device on D-7"),
        (NO_REFERENCE, None, "devices", " at 10 device"),
    ],
)
def test_change__along_device_is_another_device_or_more_of_them(
    scale: ScaleChange, equipment: str | None, change: str, where: str
) -> None:
    step = _step(scale, equipment)
    assert (step.change, step.where) == (change, where)
