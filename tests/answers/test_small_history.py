"""Sentences about what a small history cannot show."""

from dataclasses import replace

import polars as pl

from pipeline.answers.case.case import make_case
from pipeline.answers.small_history import small_history_notes
from pipeline.answers.trained_run import TrainedRun
from tests.support.pot import proposal
from tests.support.trained_pot import trained_run


def _notes(run: TrainedRun) -> list[str]:
    return list(small_history_notes(make_case(proposal(), run), run))


def test_notes__a_history_with_products_scales_and_tests_has_none() -> None:
    assert _notes(trained_run()) == []


def test_notes__one_scale_shows_no_effect_of_it() -> None:
    run = trained_run()
    rows = run.rows.with_columns(pl.lit(0.001).alias("scale"), pl.lit(0.001).alias("scale_level"))
    assert _notes(replace(run, rows=rows)) == [
        f"All {rows.height} batches of history ran at 1 L, so history shows no effect of the batch size. An effect of it is "
        "therefore not in the answer for 100 L, and the intervals may be too narrow."
    ]


def test_notes__a_model_without_forecasts_of_hidden_batches_is_not_tested() -> None:
    run = trained_run()
    (note,) = _notes(replace(run, forecasts=run.forecasts.clear()))
    assert note.startswith("The model of titre was not tested on batches that it had not seen")


def test_notes__results_that_never_vary_are_named_with_their_value() -> None:
    run = trained_run()
    same = run.history.results.with_columns(pl.lit(2.0).alias("value"))
    (note,) = _notes(replace(run, history=replace(run.history, results=same)))
    assert note.startswith(f"All {same.height} results of titre are 2 g/L, so history does not show how it varies.")
    below = same.with_columns(pl.lit("left").alias("censoring"))
    (note,) = _notes(replace(run, history=replace(run.history, results=below)))
    assert "lie at or below the limit 2 g/L" in note


def test_notes__few_past_errors_cannot_show_a_large_chance() -> None:
    run = trained_run()
    final = run.model.finals["titre"]
    few = {k: replace(one, residuals=one.residuals[:4], groups=one.groups[:4]) for k, one in final.calibrations.items()}
    finals = {"titre": replace(final, calibrations=few)}
    assert _notes(replace(run, model=replace(run.model, finals=finals))) == [
        "P(in spec) of titre rests on 4 past errors of forecasts, which cannot show a chance above 80 %. "
        "A larger value is an extrapolation."
    ]
