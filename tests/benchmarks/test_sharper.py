"""The comparison of two commits pairs the same batches, and its ratio is that of the errors."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from checkouts import full_hash
from plants import QUESTIONS
from report import Source, markdown
from sharper import TRIAL, seeds_of
from sharper_report import geometric_mean, paired, relative_errors, resampled, sharper_report
from training_time import commands

from pipeline.domain.errors import ScalebridgeError

ROOT = Path(__file__).parents[2]
FULL = "050686f8534fc2e8ae4dba8452338533f14fc0a2"


def forecasts(error: float, width: float = 4.0, commit: str = "1a2b3c4", seeds: tuple[int, ...] = (1, 2)) -> pl.DataFrame:
    """Two CQAs of three batches; the carry-over is wrong by 2, the training mean by 4, and the CQA `hmw` is 10 times as large."""
    cells = [
        (s, q.name, 0, cqa, f"B{b}", 10.0 * b) for s, q, cqa, b in product(seeds, QUESTIONS, ("titre", "hmw"), range(3))
    ]
    rows = pl.DataFrame(cells, schema=["seed", "protocol", "fold", "cqa", "batch_id", "truth"], orient="row")
    size, truth = pl.when(pl.col("cqa") == "hmw").then(10.0).otherwise(1.0), pl.col("truth")
    return rows.with_columns(
        pl.lit(commit).alias("commit"),
        pl.lit(TRIAL).alias("frozen"),
        (truth + size).alias("observed"),
        pl.lit("none").alias("censoring"),
        (truth + error * size).alias("predicted"),
        (truth + (error - width / 2) * size).alias("lower_90"),
        (truth + (error + width / 2) * size).alias("upper_90"),
        pl.lit(True).alias("answered"),
        (truth + 2 * size).alias("carry_over"),
        (truth + 4 * size).alias("training_mean"),
        (2 * size).alias("deviation"),
        pl.lit(20).alias("learned_from"),
        pl.lit(3.0).alias("seconds"),
    )


def test_relative_errors__are_against_the_truth_and_relative_to_the_carry_over() -> None:
    found = relative_errors(paired(forecasts(1.0), forecasts(0.5)))
    assert found.height == len(QUESTIONS) * 2 * 2
    for name, value in {"before": 0.5, "after": 0.25, "carry-over": 1.0, "training mean": 2.0}.items():
        assert found[name].to_list() == pytest.approx([value] * found.height)


def test_report__states_ratio_limits_coverage_and_width() -> None:
    report = sharper_report(forecasts(1.0, 4.0), forecasts(0.8, 2.0, "5d6e7f8"))
    errors, intervals, plants, attributes, same, times = report.tables
    assert [row[5] for row in errors.rows] == pytest.approx([0.8] * 4)
    assert [row[-1] for row in errors.rows] == ["bar", "goal", "goal", "goal"]
    assert intervals.rows[0][1:6] == pytest.approx((1.0, 1.0, 2.0, 1.0, 0.5))
    assert [row[0] for row in plants.rows] == ["1", "2"]
    assert attributes.rows[0][1] == "0.50 → 0.40"
    assert {row[0]: row[1] for row in same.rows}["folds in which the two learned from another number of results"] == 0
    assert times.rows[1] == ("after", 3.0, 1.0)
    assert report.seeds == [1, 2]
    assert all(len(row) == len(table.head) for table in report.tables for row in table.rows)
    assert "a trial" in markdown(report, Source("python benchmarks/sharper.py", "1a2b3c4", "2026-11-27"))


def test_paired__takes_the_batches_that_both_have_forecast() -> None:
    assert set(paired(forecasts(1.0), forecasts(1.0, seeds=(2, 3)))["seed"]) == {2}


@pytest.mark.parametrize("column", ["truth", "observed"])
def test_paired__refuses_another_truth_or_result(column: str) -> None:
    other = forecasts(1.0).with_columns(pl.col(column) * 1.001)
    with pytest.raises(ScalebridgeError, match=f"Plant 1, batch B.: {column} of titre is"):
        paired(forecasts(1.0), other)


def test_paired__refuses_seeds_of_another_origin() -> None:
    with pytest.raises(ScalebridgeError, match="make both from one commit"):
        paired(forecasts(1.0), forecasts(1.0).with_columns(pl.lit(FULL).alias("frozen")))


def test_report__refuses_forecasts_of_two_commits() -> None:
    mixed = pl.concat([forecasts(1.0, seeds=(1,)), forecasts(1.0, commit="5d6e7f8", seeds=(2,))])
    with pytest.raises(ScalebridgeError, match="after come from 2 commits"):
        sharper_report(forecasts(1.0), mixed)


def test_report__says_whether_code_changed_after_the_seeds_were_fixed() -> None:
    frozen = full_hash("HEAD")
    before, after = (
        forecasts(1.0, commit=commit).with_columns(pl.lit(frozen).alias("frozen")) for commit in ("1a2b3c4", frozen[:10])
    )
    assert (
        f"from commit {frozen}. Between it and the forecasts nothing changed" in sharper_report(before, after).tables[0].note
    )


def test_seeds__follow_from_the_hash_alone_and_differ() -> None:
    assert seeds_of(FULL) == seeds_of(FULL)
    assert len({*seeds_of(FULL), *seeds_of(FULL[::-1])}) == 20


def test_resampled__holds_the_geometric_mean() -> None:
    ratios = [0.5, 0.7, 0.9, 1.1]
    low, high = resampled(ratios)
    assert min(ratios) < low < geometric_mean(ratios) < high < max(ratios)


def test_commands__end_with_the_stage_that_is_measured() -> None:
    found = commands(ROOT)
    assert next(iter(found)) == "configure"
    assert list(found)[-1] == "train"
    assert all("$" not in word for words in found.values() for word in words)


def test_commands__names_the_stages_if_one_is_missing() -> None:
    with pytest.raises(ScalebridgeError, match="has no stage 'bake'; it has configure, plant"):
        commands(ROOT, "bake")
