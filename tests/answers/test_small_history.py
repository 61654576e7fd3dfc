"""Sentences about what a small history cannot show."""

from dataclasses import replace

import polars as pl

from pipeline.answers.case.case import make_case
from pipeline.answers.small_history import BATCH_OF_KIND, BATCHES_OF_KIND, small_history_notes
from pipeline.answers.trained_run import TrainedRun
from pipeline.extrapolation.kinds import KINDS
from pipeline.extrapolation.reenactment import NEAREST, THIRDS
from tests.support.pot import proposal
from tests.support.trained_pot import trained_run


def _notes(run: TrainedRun) -> list[str]:
    return list(small_history_notes(make_case(proposal(), run), run))


def _run() -> TrainedRun:
    """Return a run as if history showed every kind of question."""
    run = trained_run()
    final = run.model.finals["titre"]
    shown = {kind: replace(one, substituted=False) for kind, one in final.calibrations.items()}
    return replace(run, model=replace(run.model, finals={"titre": replace(final, calibrations=shown)}))


def test_notes__a_history_with_products_scales_and_tests_has_none() -> None:
    assert _notes(_run()) == []


def test_notes__one_scale_shows_no_effect_of_it() -> None:
    run = _run()
    rows = run.rows.with_columns(pl.lit(0.001).alias("scale"), pl.lit(0.001).alias("scale_level"))
    assert _notes(replace(run, rows=rows)) == [
        f"All {rows.height} batches of history ran at 1 L, so history shows no effect of the batch size. An effect of it is "
        "therefore not in the answer for 100 L, and the intervals may be too narrow."
    ]


def test_notes__a_model_without_forecasts_of_hidden_batches_is_not_tested() -> None:
    run = _run()
    (note,) = _notes(replace(run, forecasts=run.forecasts.clear()))
    assert note.startswith("The model of titre was not tested on batches that it had not seen")


def test_notes__results_that_never_vary_are_named_with_their_value() -> None:
    run = _run()
    same = run.history.results.with_columns(pl.lit(2.0).alias("value"))
    (note,) = _notes(replace(run, history=replace(run.history, results=same)))
    assert note.startswith(f"All {same.height} results of titre are 2 g/L, so history does not show how it varies.")
    below = same.with_columns(pl.lit("left").alias("censoring"))
    (note,) = _notes(replace(run, history=replace(run.history, results=below)))
    assert "lie at or below the limit 2 g/L" in note


def test_notes__few_past_errors_cannot_show_a_larger_chance_than_their_products_support() -> None:
    run = _run()
    final = run.model.finals["titre"]
    few = {k: replace(one, residuals=one.residuals[:4], groups=one.groups[:4]) for k, one in final.calibrations.items()}
    finals = {"titre": replace(final, calibrations=few)}
    assert _notes(replace(run, model=replace(run.model, finals=finals))) == [
        "The chance of titre rests on 4 past errors of forecasts, which cannot show a chance above 67 %. "
        "A larger value is an extrapolation."
    ]


def test_notes__intervals_from_another_kind_of_question_name_both_kinds() -> None:
    """Product P moves to a scale where Q ran. If the batches of Q there are hidden, they are above all others: no new scale."""
    assert _notes(trained_run()) == [
        "This batch is at a scale that is new to its line. History has too few such batches to test forecasts of them. So the "
        "intervals of titre come from forecasts of batches of new lines, and are widened."
    ]


def test_words__exist_for_every_kind_and_every_kind_that_stands_in_for_another() -> None:
    assert set(BATCH_OF_KIND) == set(KINDS)
    assert set(BATCHES_OF_KIND) == {THIRDS, *(near for kinds in NEAREST.values() for near in kinds)}
