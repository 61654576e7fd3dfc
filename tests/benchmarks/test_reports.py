"""The reports of the benchmarks with many models have a row per model, whatever the numbers are."""

from itertools import product

import numpy as np
import plant_models
import polars as pl
import tablets_intervals
import tablets_models
from competitors import BLEND, CARRY_OVER, DEFAULT, INFORMED, MEAN
from ours import OURS
from plants import QUESTIONS
from protocols import PROTOCOLS, Protocol
from report import Source, markdown
from tablets_rows import CQAS

SOURCE = Source("python benchmarks/x.py", "1a2b3c4", "2026-11-26")
CONFORMAL = "LightGBM small, by product"


def answers(models: tuple[str, ...], protocols: tuple[Protocol, ...]) -> pl.DataFrame:
    """Three batches per protocol, CQA and model: the error of the n-th model is n + 1."""
    cells = [(p.name, 0, cqa, m, f"B{b}", float(b)) for m, p, cqa, b in product(models, protocols, CQAS, range(3))]
    frame = pl.DataFrame(cells, schema=["protocol", "fold", "cqa", "model", "batch_id", "observed"], orient="row")
    error = pl.col("model").replace_strict({m: n + 1.0 for n, m in enumerate(models)}, return_dtype=pl.Float64)
    return frame.with_columns(pl.lit("none").alias("censoring"), (pl.col("observed") + error).alias("predicted"))


def with_intervals(found: pl.DataFrame) -> pl.DataFrame:
    levels = {f"{end}_{level}": sign * 2.0 for level in (80, 90, 95) for end, sign in (("lower", -1), ("upper", 1))}
    return found.with_columns(
        *((pl.col("predicted") + shift).alias(name) for name, shift in levels.items()),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("lowest", "highest")),
        pl.lit(True).alias("answered"),
        pl.lit(2.0).alias("half"),
    )


def test_errors_report__is_relative_to_the_training_mean() -> None:
    found = answers((MEAN, INFORMED, DEFAULT, OURS), PROTOCOLS)
    report = tablets_models.errors_report(found, {DEFAULT: 2.0, OURS: 6.0}, 1)
    assert report.counted == {"batches": 3, "test results": 13 * 5 * 3, "fits of each model": 13 * 5}
    summary = {row[0]: row[1:] for row in report.tables[1].rows}
    assert summary[MEAN] == (1.0, 1.0, PROTOCOLS[0].short, None)
    assert summary[OURS] == (4.0, 4.0, PROTOCOLS[0].short, "3.00")
    assert all(len(row) == len(table.head) for table in report.tables for row in table.rows)
    assert f"| {OURS} " in markdown(report, SOURCE)


def test_intervals_report__scales_the_others_to_the_coverage_of_ours() -> None:
    found = with_intervals(answers((OURS, CONFORMAL), PROTOCOLS))
    report = tablets_intervals.intervals_report(found, dict.fromkeys(CQAS, 2.0), 1)
    coverage, width, equal, levels = report.tables
    assert {row[0]: row[1] for row in coverage.rows} == {OURS: 1.0, CONFORMAL: 1.0}
    assert {row[0]: row[1] for row in width.rows} == {OURS: 2.0, CONFORMAL: 2.0}
    assert {row[0]: row[1] for row in equal.rows} == {OURS: 2.0, CONFORMAL: 2.0}
    assert "ratio 1.000" in equal.note
    assert levels.rows[-1][1] == 15
    assert all(len(row) == len(table.head) for table in report.tables for row in table.rows)


def test_plants_report__is_the_median_of_the_plants() -> None:
    models = (CARRY_OVER, DEFAULT, BLEND, OURS)
    one = answers(models, QUESTIONS).with_columns(pl.col("observed").alias("truth"))
    found = pl.concat([one.with_columns(pl.lit(seed).alias("plant")) for seed in (1, 2)])
    widths = pl.DataFrame(
        [(q.name, m, 0.9, 1.5, 1.0, seed) for q, m, seed in product(QUESTIONS, (OURS, CONFORMAL), (1, 2))],
        schema=["protocol", "model", "coverage", "width", "answered", "plant"],
        orient="row",
    )
    report = plant_models.plants_report(found, widths, {DEFAULT: 2.0, OURS: 6.0}, [1, 2])
    errors, ends, best = report.tables[1:4]
    assert [row[1] for row in errors.rows] == [1.0, 2.0, 3.0, 4.0]
    assert errors.rows[-1][-1] == 3.0
    assert ends.rows[-1][1] == "4.00 to 4.00"
    assert best.rows[0][1:] == (CARRY_OVER, 4.0)
    assert np.isclose(report.tables[-1].rows[0][1], 0.9)
    assert all(len(row) == len(table.head) for table in report.tables for row in table.rows)
