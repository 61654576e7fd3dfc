"""A model that was trained from other data, configuration or code than the rest of a run is refused by name."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.publication.origin import Origin, as_plain, read_origin, refuse_mixture, refuse_other_code

ORIGIN = Origin({"features.parquet": "1"}, {"model": "2"}, {"pipeline/models/ridge.py": "3"}, {"forecasts.parquet": "4"})


@pytest.mark.parametrize(
    ("part", "name", "words"),
    [
        ("data", "features.parquet", r"trained on other data \(features.parquet differ\)"),
        ("configuration", "model", r"another configuration \(model differ\)"),
        ("code", "pipeline/models/ridge.py", r"other code \(pipeline/models/ridge.py differ\)"),
        ("written", "forecasts.parquet", r"changed since \(forecasts.parquet differ\)"),
    ],
)
def test_mixture__names_what_differs(part: str, name: str, words: str) -> None:
    refuse_mixture(ORIGIN, ORIGIN)
    with pytest.raises(ScalebridgeError, match=words):
        refuse_mixture(ORIGIN, replace(ORIGIN, **{part: {name: "9"}}))


def test_other_code__is_refused_by_file() -> None:
    with pytest.raises(
        ScalebridgeError,
        match=r"by other code than the one that is installed: the difference is in pipeline/models/ridge.py",
    ):
        refuse_other_code(ORIGIN)


def test_origin__is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "origin.json"
    with pytest.raises(ScalebridgeError, match="it is not known what the model was trained from"):
        read_origin(file)
    file.write_text(json.dumps(as_plain(ORIGIN)), encoding="utf-8")
    assert read_origin(file) == ORIGIN
