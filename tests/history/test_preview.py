"""Batches and results of a history, read before a run."""

from pathlib import Path

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.history.preview import preview
from tests.support.small_history import SmallHistory


def _previewed(history: SmallHistory, folder: Path) -> tuple[int, int, int]:
    places = history.project(folder)
    found = preview(parse(Process, history.definition(), "small"), places.raw / "small")
    return found.batches.height, found.batches["scale_level"].n_unique(), found.results.height


def test_preview__counts_batches_scales_and_results(tmp_path: Path) -> None:
    assert _previewed(SmallHistory((("A", 2, 3), ("A", 50, 2)), results=4), tmp_path) == (5, 2, 9)


def test_preview__without_a_valid_batch_names_cause_and_column(tmp_path: Path) -> None:
    history = SmallHistory((("A", 2, 3),), cells={"temperature": "warm"})
    with pytest.raises(
        ScalebridgeError, match="'small' has no valid batch: 3 cells in column 'temperature' of source 'batches'"
    ):
        _previewed(history, tmp_path)
