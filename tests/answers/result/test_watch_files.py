"""The JSON of a watch is read as it was written, refuses what it does not know, and has a schema."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from pipeline.answers.result.watch import VERSION, Watch
from pipeline.answers.result.watch_files import read_watch, watch_as_text
from pipeline.domain.errors import ScalebridgeError
from tests.support import example_watch

EXAMPLES = ("deviating", "normal", "first_at_scale", "not_judged")


@pytest.mark.parametrize("name", EXAMPLES)
def test_read_watch__gives_what_was_written(tmp_path: Path, name: str) -> None:
    watch = getattr(example_watch, name)()
    file = tmp_path / "watch.json"
    file.write_text(watch_as_text(watch), encoding="utf-8")
    assert read_watch(file) == watch


def test_watch_as_text__begins_with_the_version_and_holds_only_numbers() -> None:
    text = watch_as_text(example_watch.deviating())
    assert next(iter(json.loads(text))) == "version"
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in the file"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not JSON", "is not JSON"),
        ("[1]", "holds no watch of a batch: it has no version"),
        ("{}", "holds no watch of a batch: it has no version"),
        ('{"version": 99}', f"is of version 99; this program reads version {VERSION}"),
        ('{"version": 1, "surprise": 2}', "is not a watch of a batch"),
    ],
)
def test_read_watch__a_wrong_file_is_a_sentence(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "watch.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=words):
        read_watch(file)


def test_read_watch__an_unknown_key_is_refused(tmp_path: Path) -> None:
    data = json.loads(watch_as_text(example_watch.deviating()))
    data["tags"][0]["guess"] = 1
    file = tmp_path / "watch.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"tags\.0\.guess"):
        read_watch(file)


def test_schema__describes_each_part() -> None:
    schema = TypeAdapter(Watch).json_schema()
    assert {"version", "status", "since", "scores", "tags", "causes", "courses", "quality", "promise", "record"} <= set(
        schema["properties"]
    )
    assert schema["additionalProperties"] is False
    assert schema["properties"]["status"]["enum"] == ["as_expected", "deviating", "not_judged"]
