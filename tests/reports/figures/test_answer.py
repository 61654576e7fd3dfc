"""The pictures of an answer are to scale: positions are checked against the numbers that they show."""

from dataclasses import replace
from itertools import pairwise
from math import log
from typing import Any

import pytest

from pipeline.answers.result.bridge import AttributeBridge, CauseShare
from pipeline.answers.result.prediction import AttributeAnswer, Interval, Predicted, Question, SpecificationLimits
from pipeline.reports.figures.answer import MOST_BARS, interval_figure, ratio_figure, waterfall_figure
from tests.support.example_result import example
from tests.support.svg import parts, texts, value

INTERVALS = tuple(Interval(level, 3.0 - half, 3.0 + half, True) for level, half in ((80.0, 0.5), (90.0, 1.0), (95.0, 1.5)))
ACCENT = "#0b4f8a"


def interval(lower: float | None, upper: float | None, reference: float | None = None) -> str:
    predicted = Predicted(3.0, INTERVALS, 0.9, "new_scale")
    limits = None if lower is None and upper is None else SpecificationLimits(lower, upper, "")
    answer = AttributeAnswer("g/L", "titre", Question("new_scale"), reference, limits, predicted)
    return interval_figure("titre", answer, predicted)


def test_interval_figure__widths_are_in_proportion() -> None:
    bars = [bar for bar in parts(interval(None, None), "rect") if bar.attrib["fill"] == ACCENT]
    assert [value(bar, "height") for bar in bars] == sorted(value(bar, "height") for bar in bars)
    widths = [value(bar, "width") for bar in bars]
    assert [widths[0] / width for width in widths] == pytest.approx([1, 1.5, 3], rel=1e-2)
    middles = [value(bar, "x") + value(bar, "width") / 2 for bar in bars]
    (dot,) = parts(interval(None, None), "circle")
    assert middles == pytest.approx([value(dot, "cx")] * 3, abs=0.2)


def test_interval_figure__limits_stand_where_they_are_and_are_named() -> None:
    picture = interval(2.5, 3.5)
    first, last = (value(line, "x1") for line in parts(picture, "line"))
    inner = next(bar for bar in parts(picture, "rect") if bar.attrib["fill"] == ACCENT and bar.attrib["height"] == "11.0")
    assert (first, last) == pytest.approx((value(inner, "x"), value(inner, "x") + value(inner, "width")), abs=0.2)
    assert {"2.5", "3.5"} <= set(texts(picture))


def test_interval_figure__the_reference_is_a_diamond_where_there_is_one() -> None:
    assert parts(interval(2.5, None), "polygon") == []
    (diamond,) = parts(interval(2.5, None, reference=3.0), "polygon")
    (dot,) = parts(interval(2.5, None, reference=3.0), "circle")
    assert float(diamond.attrib["points"].split(",")[0]) == pytest.approx(value(dot, "cx"), abs=0.2)


def waterfall(*changes: float, reference: float = 3.0, **limits: Any) -> str:
    causes = tuple(CauseShare(f"cause {i}", "setting", "x" * 80, change, ()) for i, change in enumerate(changes))
    proposed = reference + sum(changes)
    bridge = AttributeBridge("g/L", reference, proposed, sum(changes), causes, (), (), 0.0)
    return waterfall_figure("titre", SpecificationLimits(**limits) if limits else None, bridge, str)


def test_waterfall_figure__bars_lead_from_the_reference_to_the_proposed_batch() -> None:
    picture = waterfall(1.0, -0.5)
    first, last = (value(dot, "cx") for dot in parts(picture, "circle"))
    rise, fall = (bar for bar in parts(picture, "rect") if bar.attrib["stroke"] != "none")
    assert value(rise, "x") == pytest.approx(first, abs=0.2)
    assert value(rise, "x") + value(rise, "width") == pytest.approx(value(fall, "x") + value(fall, "width"), abs=0.2)
    assert value(fall, "x") == pytest.approx(last, abs=0.2)
    assert value(rise, "width") == pytest.approx(2 * value(fall, "width"), rel=1e-2)


def test_waterfall_figure__rising_and_falling_bars_differ_in_a_grey_print() -> None:
    rise, fall = (bar.attrib["fill"] for bar in parts(waterfall(1.0, -0.5), "rect") if bar.attrib["stroke"] != "none")
    assert (rise.startswith("#"), fall) == (True, "url(#hatch)")


def test_waterfall_figure__signs_and_names_stand_beside_the_bars_and_long_words_are_cut() -> None:
    found = texts(waterfall(1.0, -0.5))
    assert {"cause 0", "cause 1", "+1", "−0.5"} <= set(found)
    assert max(map(len, found)) < 60


def test_waterfall_figure__a_limit_far_away_does_not_make_the_bars_small() -> None:
    assert not [text for text in texts(waterfall(1.0, -0.5, lower=None, upper=900.0)) if "limit" in text]
    assert "limit 3.5" in texts(waterfall(1.0, -0.5, lower=None, upper=3.5))


def test_waterfall_figure__the_smallest_of_many_causes_share_one_bar() -> None:
    changes = [1 / (n + 1) for n in range(40)]
    picture = waterfall(*changes)
    bars = [bar for bar in parts(picture, "rect") if bar.attrib["stroke"] != "none"]
    assert len(bars) == MOST_BARS
    first, last = (value(dot, "cx") for dot in parts(picture, "circle"))
    assert value(bars[0], "x") == pytest.approx(first, abs=0.2)
    assert value(bars[-1], "x") + value(bars[-1], "width") == pytest.approx(last, abs=0.2)
    assert {"29 further causes", "each at most 0.0833", "+1"} <= set(texts(picture))


def test_waterfall_figure__as_many_causes_as_bars_have_one_each() -> None:
    assert not [text for text in texts(waterfall(*[1.0] * MOST_BARS)) if "further" in text]


@pytest.mark.parametrize("largest", [1.2, 8.0, 29.0, 31.0, 292.0, 1e5, 1e12])
def test_ratio_figure__the_labels_of_the_axis_stand_apart(largest: float) -> None:
    comparison = example().scale_comparison
    first, *others = [replace(quantity, ratio=1.0) for quantity in comparison.quantities if quantity.ratio]
    picture = ratio_figure(replace(comparison, quantities=(replace(first, ratio=largest), *others)), str)
    labels = [element for element in parts(picture, "text") if element.attrib.get("text-anchor") == "middle"][:-1]
    places = [value(label, "x") for label in labels]
    assert len(places) >= 1
    assert all(right - left > 35 for left, right in pairwise(places))


def test_ratio_figure__equal_factors_up_and_down_are_equally_far_from_one() -> None:
    comparison = example().scale_comparison
    picture = ratio_figure(comparison, str)
    axis = next(line for line in parts(picture, "line") if line.attrib["x1"] == line.attrib["x2"])
    known = [quantity for quantity in comparison.known if quantity.ratio]
    reach = [value(dot, "cx") - value(axis, "x1") for dot in parts(picture, "circle")]
    assert len(reach) == len(known) > 3
    slopes = [
        pixels / log(quantity.ratio)
        for pixels, quantity in zip(reach, known, strict=True)
        if quantity.ratio and abs(log(quantity.ratio)) > 0.5
    ]
    assert slopes == pytest.approx([slopes[0]] * len(slopes), rel=0.01)
