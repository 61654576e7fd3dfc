"""Past transfers are found along the declared axes, and along no other."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from pipeline.domain.process.axes import Axes, Axis
from pipeline.extrapolation.scale_ups import ScaleUp, scale_ups

ROWS = pl.DataFrame(
    [
        ("P", 1.0, "A", "V1"),
        ("P", 1.0, "A", "V2"),  # another device
        ("P", 1.0, "B", "V3"),  # another site, on another device
        ("P", 1.0, "B", "V4"),  # another device
        ("P", 5.0, "C", "V4"),  # a larger scale, at another site
        ("P", 5.0, "C", "V1"),  # nothing new
        ("Q", 1.0, "A", "V9"),  # the first batch of a line is no transfer
        ("Q", 1.0, "A", "V1"),  # a device that another line ran on
    ],
    schema=["lineage", "scale_level", "site", "equipment"],
    orient="row",
).with_columns(
    batch_id=pl.format("B{}", pl.int_range(pl.len())),
    started_at=pl.lit(datetime(2024, 1, 1), pl.Datetime("us")) + pl.duration(days=pl.int_range(pl.len())),
)


def _found(rows: pl.DataFrame, *axes: Axis, counts: bool = False) -> list[tuple[str, str, int]]:
    table = scale_ups(rows, Axes(axes or None, counts))
    days = (table["started_at"] - datetime(2024, 1, 1)).dt.total_days()
    return list(zip(table["step"], table["by"], days, strict=True))


@pytest.mark.parametrize(
    ("axes", "steps"),
    [
        (("scale",), [("scale", "scale_level", 4)]),
        (("site",), [("site", "site", 2), ("site", "site", 4)]),
        (("device",), [("device", "equipment", day) for day in (1, 2, 3, 7)]),
        (("scale", "site"), [("site", "site", 2), ("scale", "scale_level", 4)]),
        (
            ("site", "device"),
            [
                ("device", "equipment", 1),
                ("site", "site", 2),
                ("device", "equipment", 3),
                ("site", "site", 4),
                ("device", "equipment", 7),
            ],
        ),
    ],
)
def test_scale_ups__are_steps_along_the_declared_axes(axes: tuple[Axis, ...], steps: list[tuple[str, str, int]]) -> None:
    assert _found(ROWS, *axes) == steps


def test_scale_ups__without_declared_axes_are_steps_of_scale_and_site() -> None:
    assert scale_ups(ROWS).equals(scale_ups(ROWS, Axes(("scale", "site"))))
    assert scale_ups(ROWS.drop("equipment")).drop("equipment").equals(scale_ups(ROWS).drop("equipment"))


def test_scale_ups__a_larger_number_of_devices_is_a_step_along_device() -> None:
    assert _found(ROWS.drop("equipment"), "device", counts=True) == [("device", "scale_level", 4)]


def test_scale_ups__a_device_is_new_only_where_the_line_stated_one_before() -> None:
    unknown = ROWS.with_columns(pl.when(pl.col("batch_id") != "B0").then("equipment").alias("equipment"))
    assert [day for _, _, day in _found(unknown, "device")] == [2, 3, 5, 7]


def test_scale_up__here_is_the_line_in_its_new_place_from_then_on() -> None:
    step = ScaleUp(*scale_ups(ROWS, Axes(("device",))).row(0))
    later = ROWS.with_columns(started_at=pl.col("started_at").reverse())
    assert (step.step, step.place) == ("device", "V2")
    assert ROWS.filter(step.here())["batch_id"].to_list() == ["B1"]
    assert later.filter(step.here())["batch_id"].to_list() == ["B1"]
    assert ROWS.filter(ScaleUp("P", "device", "equipment", 5.0, "C", "V1", datetime(2024, 1, 5)).here()).height == 1
    assert step.started_at == datetime(2024, 1, 1) + timedelta(days=1)
