"""The history of an attribute and its past scale-ups as pictures."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from pipeline.answers.result.overview import AttributeHistory, Measured, PastScaleUp
from pipeline.answers.result.prediction import Refused
from pipeline.reports.figures.history import history_figure, past_figure
from tests.support.example_result import example

TITRE = example().attributes["titre"]
UPS = tuple(
    PastScaleUp(f"a very long product name {i}", 10.0**i, 2.0 + i, 1.5 + i, 2.5 + i, 2.1 + i, None, "ridge", 3, 3)
    for i in range(6)
)
HISTORY = AttributeHistory("g/L", Measured((5.0, 5.0), (3.0, 3.3)), Measured((0.25, 15000.0), (2.0, 5.0)), UPS, "")


def drawn(history: AttributeHistory = HISTORY, place: str = "batch size", unit: str = "L") -> ElementTree.Element:
    return ElementTree.fromstring(history_figure("titre", TITRE, history, place, 2000.0, unit, "P"))


def texts(picture: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in picture.iter() if one.tag.endswith("text")]


def circles(picture: ElementTree.Element) -> list[ElementTree.Element]:
    return [one for one in picture.iter() if one.tag.endswith("circle")]


def test_history__has_a_point_per_result_and_the_prediction_at_its_scale() -> None:
    found = circles(drawn())
    assert len(found) == 5
    assert [one.get("fill") for one in found] == ["#a8a8a8", "#a8a8a8", "#1a1a1a", "#1a1a1a", "white"]
    own, proposed, largest = (float(found[i].get("cx", "0")) for i in (2, 4, 1))
    assert own < proposed < largest


def test_history__both_axes_have_a_name_and_a_unit() -> None:
    found = texts(drawn())
    assert "titre [g/L]" in found
    assert "batch size [L]" in found
    assert {"1", "100", "10,000"} <= set(found)


def test_history__without_batch_sizes_the_prediction_stands_after_the_last_batch() -> None:
    plain = replace(HISTORY, own=Measured((1.0, 2.0), (3.0, 3.3)), others=Measured((), ()))
    picture = drawn(plain, "order of start", "")
    assert "batches in order of start [–]" in texts(picture)
    places = [float(one.get("cx", "0")) for one in circles(picture)]
    assert places == sorted(places)


def test_history__a_refused_attribute_has_no_prediction() -> None:
    refused = replace(TITRE, outcome=Refused("never seen"))
    picture = ElementTree.fromstring(history_figure("titre", refused, HISTORY, "batch size", 2000.0, "L", "P"))
    assert len(circles(picture)) == 4


def test_history__everything_is_inside_the_picture() -> None:
    picture = drawn()
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    assert all(
        0 <= float(one.get("cx", "0")) <= width and 0 <= float(one.get("cy", "0")) <= height for one in circles(picture)
    )


@pytest.mark.parametrize("unit", ["L", ""])
def test_past__each_scale_up_has_a_forecast_a_result_and_a_short_label(unit: str) -> None:
    picture = ElementTree.fromstring(past_figure("titre", HISTORY, unit))
    assert len(circles(picture)) == len(UPS)
    assert sum(one.tag.endswith("polygon") for one in picture.iter()) == len(UPS)
    labels = [text for text in texts(picture) if text.startswith("a very")]
    assert len(labels) == len(UPS)
    assert all(len(text) < 24 for text in labels)
    assert all((", " in text) == bool(unit) for text in labels)


def test_past__a_transfer_to_another_site_has_the_site_in_its_label() -> None:
    moved = replace(UPS[0], line="P", change="site", place="Cork")
    found = texts(ElementTree.fromstring(past_figure("titre", replace(HISTORY, past=(moved,)), "L")))
    assert "P, Cork" in found
