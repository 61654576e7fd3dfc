"""The noise floor of an answer: one reported result, and the hidden batches of the protocol that decides."""

from dataclasses import replace

import polars as pl
import pytest

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.noise_floor import noise_floors
from pipeline.answers.prediction import forecasts_of, reasons_not_answered, step_answer
from pipeline.answers.result.files import as_text
from pipeline.answers.result.noise_floor import NoiseFloor
from pipeline.answers.trained_run import TrainedRun
from pipeline.assessment.noise_floor import assay_noise
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from tests.support.definitions import PlainData
from tests.support.pot import definition, proposal
from tests.support.trained_pot import answered, trained_run

PROTOCOL = "largest_scale_out"
SCORES = {"rmse": 0.2, "noise_floor": 0.1, "noise_floor_low": 0.08, "noise_floor_high": 0.14}


def _run(stated: str | None, replicates: int = 0, sites: PlainData | None = None, **scores: float) -> TrainedRun:
    """The trained pot. The first `replicates` batches have four results each, with a standard deviation of 0.3 g/L."""
    made = definition()
    made["attributes"]["titre"]["repeatability"] = stated
    process: Process = parse(Process, made, "pot")
    run = trained_run(sites)
    several = run.history.results.head(replicates).select(
        "batch_id", "attribute", pl.lit(4, pl.UInt32).alias("replicates"), pl.lit(0.3).alias("deviation")
    )
    forecasts = run.forecasts.with_columns(pl.lit("answering").alias("model"))
    return replace(
        run,
        process=process,
        noise=assay_noise(process, several),
        forecasts=forecasts,
        scores={run.acceptance.protocol: {"titre": scores or SCORES}},
    )


def _found(run: TrainedRun) -> dict[str, NoiseFloor]:
    case = make_case(proposal(), run)
    step = step_answer(case, run, forecasts_of(case, run), reasons_not_answered(case, run))
    return noise_floors(run, step, {"titre": "titre"})


def test_noise_floor__of_a_stated_share_is_taken_at_the_predicted_value() -> None:
    run = _run("2 %")
    one = _found(run)["titre"]
    (predicted,) = [one.predicted.value for one in answered().attributes.values() if one.predicted is not None]
    assert one.deviation == pytest.approx(0.02 * predicted, rel=1e-5)
    assert (one.source, one.stated, one.results, one.estimated) == ("stated", "2 %", 1, None)
    assert (one.rmse, one.hidden) == (0.2, 0.1)


def test_noise_floor__of_replicates_is_that_of_the_mean_that_most_batches_report() -> None:
    one = _found(_run(None, 40))["titre"]
    assert (one.source, one.results, one.replicates, one.batches) == ("from 160 replicates", 4, 160, 40)
    assert one.deviation == pytest.approx(0.15)
    assert one.estimated == pytest.approx(0.3)
    assert one.estimated_low is not None
    assert one.estimated_high is not None
    assert one.estimated_low < 0.3 < one.estimated_high
    few = _found(_run(None, 5))["titre"]
    assert (few.results, few.deviation) == (1, pytest.approx(0.3))


def test_noise_floor__says_both_where_both_are_known() -> None:
    one = _found(_run("0.5 g/L", 40))["titre"]
    assert one.sentence == (
        "A reported titre scatters around its true value with a standard deviation of 0.25 g/L (stated as 0.5 g/L; mean of 4 "
        "results). The 160 replicates of 40 batches give 0.3 g/L for a single result (90 % interval 0.271 to 0.336). On hidden "
        "batches the root mean square error was 0.2 g/L. A perfect model would have 0.1 g/L there."
    )


def test_noise_floor__is_called_too_large_only_where_chance_does_not_explain_the_smaller_error() -> None:
    near, far = (_found(_run("0.5 g/L", rmse=rmse, noise_floor=0.1))["titre"].sentence for rmse in (0.095, 0.02))
    assert "clearly below" not in near
    assert far.endswith("so the scatter of these results is smaller than the one that is assumed here.")


def test_noise_floor__without_scores_says_nothing_of_errors() -> None:
    run = replace(_run("0.5 g/L"), scores={})
    assert "hidden" not in _found(run)["titre"].sentence


def test_noise_floor__of_a_share_of_a_refused_value_has_no_number() -> None:
    one = _found(_run("2 %", sites={"There": {"copper": {"method": "missing", "note": "no assay"}}}))["titre"]
    assert one.deviation is None
    assert one.sentence.startswith(
        "A reported titre scatters around its true value with the standard deviation that is stated as 2 %."
    )


def test_answer__has_the_noise_floor_where_it_is_known_alone() -> None:
    assert "noise_floors" not in as_text(answered())
    run = _run("0.5 g/L")
    assert answer(make_case(proposal(), run), run).noise_floors["titre"].deviation == 0.5
