"""Differences between two scales stand in margins of equivalence: the band from −1 to 1 is the claim."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.answers.result.equivalence import AttributeEquivalence, ScaleStep
from pipeline.reports.figures.equivalence import difference_figure, step_title
from tests.support.svg import parts, texts, value


def step(*found: tuple[float | None, ...]) -> ScaleStep:
    """A step whose attributes have margin, difference, lower and upper end."""
    empty: dict[str, Any] = {"slope_p": None, "slope_effect": None, "slope_setting": None, "batches": (3, 3), "products": 2}
    attributes = {
        f"a{i}": AttributeEquivalence("same", "x", "g/L", margin, difference, lower, upper, **empty)
        for i, (margin, difference, lower, upper) in enumerate(found)
    }
    return ScaleStep("all products", 5.0, 2000.0, "L", attributes)


def drawn(*found: tuple[float | None, ...]) -> str:
    picture = difference_figure(step(*found), str.upper)
    assert picture is not None
    return picture


def test_difference_figure__a_difference_of_one_margin_lies_at_the_edge_of_the_band() -> None:
    picture = drawn((0.5, 0.5, 0.25, 0.75), (2.0, -2.0, -3.0, 0.0), (1.0, 0.0, -1.0, 1.0))
    (band,) = parts(picture, "rect")
    left, right = value(band, "x"), value(band, "x") + value(band, "width")
    assert [value(dot, "cx") for dot in parts(picture, "circle")] == pytest.approx(
        [right, left, (left + right) / 2], abs=0.2
    )


def test_difference_figure__a_line_spans_the_interval() -> None:
    picture = drawn((1.0, 0.5, -1.0, 1.0))
    (band,) = parts(picture, "rect")
    interval = next(line for line in parts(picture, "line") if line.attrib["stroke-width"] == "3")
    assert value(interval, "x1") == pytest.approx(value(band, "x"), abs=0.2)
    assert value(interval, "x2") == pytest.approx(value(band, "x") + value(band, "width"), abs=0.2)


def test_difference_figure__what_lies_far_away_stays_in_the_picture() -> None:
    picture = drawn((1.0, 50.0, 40.0, 60.0), (1.0, 0.0, -0.5, 0.5))
    far, near = (value(dot, "cx") for dot in parts(picture, "circle"))
    (band,) = parts(picture, "rect")
    assert near < value(band, "x") + value(band, "width") < far <= 690


def test_difference_figure__names_each_attribute_that_has_a_difference() -> None:
    picture = drawn((1.0, 0.5, 0.0, 1.0), (1.0, None, None, None), (0.0, 0.5, 0.0, 1.0))
    assert [text for text in texts(picture) if text.startswith("A")] == ["A0"]


def test_difference_figure__without_any_difference_there_is_none() -> None:
    assert difference_figure(step((1.0, None, None, None)), str) is None


def test_difference_figure__products_are_small_points() -> None:
    one = step((2.0, 0.5, -1.0, 2.0))
    found = replace(one.attributes["a0"], differences={"P": -0.5, "Q": 1.5})
    picture = difference_figure(replace(one, attributes={"a0": found}), str)
    assert picture is not None
    assert [value(dot, "r") for dot in parts(picture, "circle")] == [2.0, 2.0, 4.5]
    (band,) = parts(picture, "rect")
    first, last = (value(dot, "cx") for dot in parts(picture, "circle")[:2])
    assert last - first == pytest.approx(value(band, "width") / 2, abs=0.2)


def test_difference_figure__one_product_is_the_interval_itself() -> None:
    one = step((2.0, 0.5, -1.0, 2.0))
    alone = replace(one, attributes={"a0": replace(one.attributes["a0"], differences={"P": 0.5})})
    assert len(parts(difference_figure(alone, str) or "", "circle")) == 1


def test_step_title__has_both_scales_with_one_unit() -> None:
    assert step_title(step()) == "5 → 2,000 L, all products"
