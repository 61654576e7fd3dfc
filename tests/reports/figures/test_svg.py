"""The parts of a picture are valid SVG, whatever the words."""

from pipeline.reports.figures.svg import HATCH, box, dot, line, picture, words
from tests.support.svg import parts, texts, value


def test_picture__has_a_title_for_a_screen_reader_and_scales_with_its_place() -> None:
    drawn = picture(340, 64, [], "titre <4 & rising")
    (title,) = parts(drawn, "title")
    (whole,) = parts(drawn, "svg")
    assert title.text == whole.attrib["aria-label"] == "titre <4 & rising"
    assert whole.attrib["viewBox"] == "0 0 340 64"
    assert "width" not in whole.attrib


def test_picture__keeps_the_order_in_which_parts_are_drawn() -> None:
    drawn = picture(10, 10, [HATCH, box(0, 0, 5, 5, fill="red"), dot(1, 2, 3), line(0, 1, 2, 3, dash="5 3")], "x")
    tags = [part.tag.rpartition("}")[2] for part in parts(drawn, "svg")[0]]
    assert tags == ["title", "defs", "rect", "circle", "line"]
    assert parts(drawn, "line")[0].attrib["stroke-dasharray"] == "5 3"


def test_box__of_no_width_can_still_be_seen() -> None:
    (drawn,) = parts(picture(10, 10, [box(3, 0, 0, 5)], "x"), "rect")
    assert value(drawn, "width") > 0.5


def test_words__cannot_leave_their_element() -> None:
    drawn = picture(10, 10, [words(1, 2, "</text><script>x</script>", bold=True)], "x")
    assert texts(drawn) == ["</text><script>x</script>"]
    assert parts(drawn, "script") == []
