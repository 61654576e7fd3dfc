"""The record of past predictions of the process that a run is about."""

from pipeline.answers.past_predictions.on_record import read_record
from pipeline.answers.past_predictions.scoring import past_predictions
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.past_predictions import PastPredictions
from pipeline.domain.places import Places


def record_of_run(places: Places, run: PredictingRun) -> PastPredictions:
    """Return all answers that were given about the process, scored by the results in the history of a run."""
    found = read_record(places, run.process.name)
    return past_predictions(found, run.process, run.history, run.decision.past_predictions.same_setting)
