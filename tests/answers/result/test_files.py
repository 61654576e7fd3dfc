"""result.json is read as it was written, by this version and older ones; numbers are rounded once and are always numbers."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.answers.result.answer import VERSION, Answer, Depth
from pipeline.answers.result.files import as_text, read_answer
from pipeline.answers.result.prediction import Interval, Predicted
from pipeline.answers.result.record import DataCard
from pipeline.domain.errors import ScalebridgeError
from tests.support.example_result import example
from tests.support.foaming_pot import foaming_answer
from tests.support.trained_pot import answered

OLD = Path(__file__).parent / "version_0"


def written(answer: Answer, folder: Path) -> Path:
    file = folder / "result.json"
    file.write_text(as_text(answer), encoding="utf-8")
    return file


@pytest.mark.parametrize("depth", ["numbers", "causes", "whole"])
def test_read_answer__gives_what_was_written(tmp_path: Path, depth: Depth) -> None:
    answer = answered(depth=depth)
    assert read_answer(written(answer, tmp_path)) == answer


def test_read_answer__gives_intermediates_and_reads_a_file_without_them(tmp_path: Path) -> None:
    answer = foaming_answer()
    file = written(answer, tmp_path)
    assert read_answer(file) == answer
    older = {key: value for key, value in json.loads(file.read_text(encoding="utf-8")).items() if key != "intermediates"}
    file.write_text(json.dumps(older), encoding="utf-8")
    assert read_answer(file) == replace(answer, intermediates=None)


def test_as_text__holds_the_version_first_and_only_numbers(tmp_path: Path) -> None:
    text = as_text(answered(depth="whole"))
    assert next(iter(json.loads(text))) == "version"
    assert json.loads(text)["version"] == VERSION
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in result.json"))


def test_numbers__are_rounded_when_an_object_is_made() -> None:
    made = Predicted(1 / 3, (Interval(90.0, 1 / 7, 2 / 3, True),), 2 / 3, "new_scale")
    assert (made.value, made.intervals[0].lower, made.chance) == (0.333333, 0.142857, 0.666667)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_numbers__that_are_not_finite_are_refused(wrong: float) -> None:
    with pytest.raises(ValidationError):
        Predicted(wrong, (), None, "new_scale")
    assert Predicted(1.0, (), wrong, "new_scale").chance is None


def test_units__are_written_as_people_write_them() -> None:
    assert DataCard("x", 1, 1, 1.0, 2.0, "m^3", None, None).scale_unit == "m³"


@pytest.mark.parametrize("name", ["small_plant", "refused"])
def test_read_answer__reads_a_file_without_version(name: str) -> None:
    old: dict[str, Any] = json.loads((OLD / f"{name}.json").read_text(encoding="utf-8"))
    found = read_answer(OLD / f"{name}.json")
    assert found.proposal.name == old["proposal"]["name"]
    assert found.scale.reference_products == tuple(old["scale"]["reference_product"])
    for key, one in found.attributes.items():
        assert (one.refused is None) == old["attributes"][key]["answered"]
        if one.predicted is not None:
            interval = one.predicted.interval()
            assert interval is not None
            assert one.predicted.value == old["attributes"][key]["predicted"]
            assert interval.upper == old["attributes"][key]["intervals"]["90"]["upper"]
    assert len(found.scale_comparison.known) == len(old["scale_comparison"]["quantities"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not JSON", "is not JSON"),
        ("[1]", "holds no answer: it must hold keys and values, not list"),
        ('{"version": 99}', "is an answer of version 99; this program reads versions 0 to 1"),
        ('{"version": "one"}', "is an answer of version one"),
        ('{"version": 1, "surprise": 2}', "is not an answer: "),
        ("{}", "is not an answer: "),
    ],
)
def test_read_answer__a_wrong_file_is_a_sentence(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "result.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=words):
        read_answer(file)


def test_read_answer__a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="does not exist"):
        read_answer(tmp_path / "result.json")


def test_read_answer__an_unknown_key_is_refused(tmp_path: Path) -> None:
    data = json.loads(as_text(example()))
    data["steps"][0]["attributes"]["titre"]["outcome"]["guess"] = 1
    file = tmp_path / "result.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"steps\.0\.attributes\.titre\.outcome\.predicted\.guess"):
        read_answer(file)


def test_answer__has_room_for_what_comes(tmp_path: Path) -> None:
    """More steps, a course over time, and the time of the last record are part of the schema."""
    schema = TypeAdapter(Answer).json_schema()
    assert {"as_of", "courses", "steps", "version"} <= set(schema["properties"])
    assert set(schema["$defs"]["Question"]["properties"]["axis"]["enum"]) == {"scale", "site", "device"}
    answer = example()
    two = replace(answer, steps=(answer.step, answer.step), as_of="2026-01-02T03:04:05Z")
    assert read_answer(written(two, tmp_path)) == two
