"""Steps beyond all scales: the analogues ask what they say, and the scores count what they say."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from analogues import blade_sound, gas_transfer
from scoring import Question
from steps import HIGH, LOW, _read, _scores

from pipeline.extrapolation.kinds import BEYOND_SCALE, TrainingExtent, kinds_of


@pytest.mark.parametrize("question", [gas_transfer(), blade_sound()])
def test_analogue__asks_about_a_scale_above_all_others(question: Question) -> None:
    extent = TrainingExtent.of(question.train, question.task.scale_tolerance)
    assert kinds_of(question.test, extent) == [BEYOND_SCALE]
    assert question.train["scale_level"].n_unique() == 5
    assert question.train.height + question.test.height == 480


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_scores__needed_over_given_is_the_factor_by_which_intervals_must_grow(factor: float, tmp_path: Path) -> None:
    """90 % of the errors 1, 2, … 10 lie within 9; the interval that is given reaches 9 / factor."""
    errors = np.arange(1.0, 11.0) * np.tile([1, -1], 5)
    rows = pl.DataFrame({"observed": errors}).with_columns(
        pl.lit("h").alias("history"),
        pl.lit("y").alias("cqa"),
        pl.lit("none").alias("censoring"),
        pl.lit(True).alias("answered"),
        pl.lit(0.0).alias("predicted"),
        pl.lit(-9 / factor).alias(LOW),
        pl.lit(9 / factor).alias(HIGH),
        pl.lit(2.0).alias("deviation"),
    )
    rows.write_parquet(tmp_path / "h.parquet")
    needed, inside, width, error = _scores(_read(tmp_path))
    assert needed == pytest.approx(factor)
    assert inside == pytest.approx({0.5: 1.0, 1.0: 0.9, 2.0: 0.4}[factor])
    assert width == pytest.approx(9 / factor)
    assert error == pytest.approx(np.sqrt(np.mean(errors**2)) / 2)
