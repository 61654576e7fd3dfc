"""Scores of whole batches, many at once."""

import numpy as np
import polars as pl
import pytest

from pipeline.extrapolation.kinds import KIND_COLUMN
from pipeline.monitoring import scores
from pipeline.monitoring.judging import judge
from pipeline.monitoring.scores import scored_batches
from tests.support.small_courses import POINTS, watched


def test_scores__are_those_of_a_judgement_of_the_whole_batch() -> None:
    made, trained = watched()
    ((part, _, scored),) = scored_batches(trained.monitor, made.rows[:3], made.records)
    for i, batch in enumerate(part["batch_id"]):
        found = judge(trained.monitor, *made.of(batch), POINTS)
        row = scored.score[i, : POINTS + 1]
        assert [one.score for one in found.scores] == pytest.approx(row[~np.isnan(row)].tolist())


def test_scores__of_many_batches_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    made, trained = watched()
    monkeypatch.setattr(scores, "TOGETHER", 4)
    parts = list(scored_batches(trained.monitor, made.rows[:10], made.records))
    assert [part.height for part, _, _ in parts] == [4, 4, 2]
    assert pl.concat([part for part, _, _ in parts])["batch_id"].to_list() == made.rows["batch_id"][:10].to_list()
    for part, courses, scored in parts:
        assert courses.batches == tuple(part["batch_id"])
        assert len(scored.score) == part.height


def test_scores__name_the_kind_although_an_attribute_has_the_name_of_its_column() -> None:
    """The hour of the temperature shift of these batches is the attribute `shift`."""
    made, trained = watched()
    assert KIND_COLUMN in made.rows.columns
    ((part, _, _),) = scored_batches(trained.monitor, made.rows[:3], made.records)
    assert part[KIND_COLUMN].to_list() == ["next_batch"] * 3
