"""The protocol of acceptance follows from the axes of a transfer, and from no score."""

import pytest

from pipeline.assessment.acceptance_ledger import BY_AXIS, AcceptanceConfig, limits_hash
from pipeline.assessment.acceptance_protocol import why_protocol, with_protocol
from pipeline.domain.process.axes import Axes

ALL = ("forward_in_time", "largest_scale_out", "site_out", "device_out", "past_scale_ups")


@pytest.mark.parametrize(
    ("axes", "forecast", "protocol"),
    [
        (Axes(), ALL, "largest_scale_out"),
        (Axes(), ("site_out", "past_scale_ups"), "site_out"),  # no scales
        (Axes(("scale", "site")), ALL, "largest_scale_out"),
        (Axes(("site", "device")), ALL, "site_out"),
        (Axes(("site", "device")), ("device_out", "largest_scale_out"), "device_out"),  # the scale is no axis
        (Axes(("device",)), ALL, "device_out"),
        (Axes(("device",), counts_devices=True), ALL, "largest_scale_out"),
        (Axes(("device",), counts_devices=True), ("device_out", "past_scale_ups"), "device_out"),
        (Axes(("site",)), ("largest_scale_out", "past_scale_ups"), "past_scale_ups"),
        (Axes(("site",)), ("leave_product_out",), "site_out"),  # nothing tests the axis, so nothing is accepted
    ],
)
def test_with_protocol__takes_the_first_of_the_axes_that_has_forecasts(
    axes: Axes, forecast: tuple[str, ...], protocol: str
) -> None:
    found = with_protocol(AcceptanceConfig(), axes, forecast)
    assert found.protocol == protocol
    assert found == AcceptanceConfig(protocol)


def test_with_protocol__keeps_a_protocol_that_is_named() -> None:
    named = AcceptanceConfig("forward_in_time")
    assert with_protocol(named, Axes(("site",)), ALL) is named
    assert why_protocol(named, "forward_in_time", Axes(("site",))) == ""


def test_with_protocol__of_a_process_without_axes_has_the_hash_of_the_named_protocol() -> None:
    """So the ledger of a process that scales up stays as it is."""
    assert AcceptanceConfig().protocol == BY_AXIS
    assert limits_hash(with_protocol(AcceptanceConfig(), Axes(), ALL)) == limits_hash(AcceptanceConfig("largest_scale_out"))


def test_why_protocol__says_which_axis_decides_and_what_has_no_forecasts() -> None:
    stated = AcceptanceConfig()
    assert why_protocol(stated, "largest_scale_out", Axes()) == ""
    assert why_protocol(stated, "site_out", Axes(("site", "device"))) == (
        "The protocol follows from what a transfer changes: transfers along site and device are declared, and site out is the "
        "first protocol that tests one of them."
    )
    assert why_protocol(stated, "past_scale_ups", Axes(("site",))).endswith(
        "There are no forecasts under site out, so past scale ups counts."
    )
    assert why_protocol(stated, "forward_in_time", Axes(("site",))) == ""  # fixed by an earlier configuration
