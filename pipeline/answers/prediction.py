"""The prediction of each quality attribute, with intervals and the chance to meet its specification."""

from collections.abc import Mapping

import polars as pl

from pipeline.answers.case.case import Case
from pipeline.answers.case.proposed_batch import scale_of
from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.case.unknown_lots import smallest_sample
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.prediction import (
    AttributeAnswer,
    Interval,
    Kind,
    Predicted,
    Question,
    Refused,
    ScaleChange,
    SpecificationLimits,
    StepAnswer,
)
from pipeline.answers.transfer_map.transfer_map import withheld
from pipeline.domain.attributes import Attribute, Specification
from pipeline.domain.process.axis_words import axis_of
from pipeline.domain.specification_limits import ends_of
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.forecasting.mixture import mixed, mixed_beyond, mixed_intervals, mixture_of_sample


def reasons_not_answered(case: Case, run: PredictingRun) -> dict[str, str]:
    """Return quality attribute → why it is not answered.

    The reason is too few results, a gap that the receiving site states, or a refusal of its model.
    """
    stated = withheld(case.transfer_map, run.process)
    found = dict(run.model.unanswered) | {
        target: stated.get(target) or final.reasons(case.row)[0] for target, final in run.model.finals.items()
    }
    return {target: reason for target, reason in found.items() if reason is not None}


def forecasts_of(case: Case, run: PredictingRun) -> dict[str, Forecast]:
    """Return quality attribute → forecast of the proposed batch, SI. Each model runs only once per answer.

    Where a lot is not known, a forecast has a row for each past lot, and the answer is their mixture.
    """
    rows, sample = case.mixture, smallest_sample(case.unknown_lots)
    return {target: mixture_of_sample(final, rows, rows.height, sample) for target, final in run.model.finals.items()}


def step_answer(case: Case, run: PredictingRun, forecasts: Mapping[str, Forecast], refused: Mapping[str, str]) -> StepAnswer:
    """Return scale, equipment and attributes of the proposed step.

    refused: quality attribute → why it is not answered. A refused attribute has no number that a model made.
    """
    kind = next(iter(forecasts.values())).kinds[0]
    answers = {
        target: _attribute(target, case, run, forecast, refused.get(target)) for target, forecast in forecasts.items()
    }
    answers |= {target: _answer(target, kind, case, run, Refused(reason)) for target, reason in run.model.unanswered.items()}
    attributes = {target: answers[target] for target in run.process.targets if target in answers}
    proposal = case.proposal
    return StepAnswer(run.process.name, scale_change(case, run), proposal.equipment, proposal.site, attributes)


def scale_change(case: Case, run: PredictingRun) -> ScaleChange:
    """Return the proposed scale, and that of the reference batches with their places in a transfer to another site or device."""
    reference, unit = case.proposed.reference, run.process.attributes[run.process.scale.attribute].si
    median = reference["scale"].median() if reference.height else None
    return ScaleChange(
        unit.label,
        unit.from_si(scale_of(run.process, case.proposal)),
        None if median is None else unit.from_si(float(median)),  # type: ignore[arg-type]
        tuple(reference["product"].unique().sort()),
        reference.height,
        run.process.states_scale,
        _reference_places(case),
    )


def _reference_places(case: Case) -> tuple[str, ...]:
    """Return the sites or devices of the reference batches; none where the batch size changes."""
    column = COLUMN.get(case.proposed.change)
    return () if column is None else tuple(case.proposed.reference[column].drop_nulls().unique().sort())


def _attribute(target: str, case: Case, run: PredictingRun, forecast: Forecast, refused: str | None) -> AttributeAnswer:
    attribute, final = run.process.attributes[target], run.model.finals[target]
    outcome = Refused(refused) if refused else _predicted(attribute, final, forecast, run.model.levels)
    return _answer(target, forecast.kinds[0], case, run, outcome)


def _answer(target: str, kind: Kind, case: Case, run: PredictingRun, outcome: Predicted | Refused) -> AttributeAnswer:
    attribute = run.process.attributes[target]
    return AttributeAnswer(
        attribute.si.label,
        attribute.description,
        Question(kind, axis_of(case.proposed.change)),
        run.memo.of(
            ("reference mean", target, *case.reference["batch_id"]),
            lambda: _reference_mean(target, attribute, case.reference, run.history.results),
        ),
        specification_limits(attribute.specification),
        outcome,
    )


def _predicted(attribute: Attribute, final: CalibratedModel, forecast: Forecast, levels: tuple[float, ...]) -> Predicted:
    unit, calibration = attribute.si, final.calibrations[forecast.kinds[0]]
    ends, size = ends_of(attribute.specification, unit), len(forecast.predicted)
    return Predicted(
        unit.from_si(float(mixed(forecast.predicted, size)[0])),
        tuple(
            Interval(100 * level, unit.from_si(float(low[0])), unit.from_si(float(high[0])), calibration.supported(level))
            for level, (low, high) in zip(levels, mixed_intervals(final, forecast, levels, size), strict=True)
        ),
        None if ends is None else 1 - sum(float(side[0]) for side in mixed_beyond(final, forecast, ends, size)),
        calibration.reenacted_kind,
        supported_chance=calibration.largest_level,
    )


def _reference_mean(target: str, attribute: Attribute, reference: pl.DataFrame, results: pl.DataFrame) -> float | None:
    measured = results.filter(pl.col("attribute") == target).join(reference.select("batch_id"), on="batch_id", how="semi")
    return None if measured.is_empty() else attribute.si.from_si(float(measured["value"].mean()))  # type: ignore[arg-type]


def specification_limits(given: Specification | None) -> SpecificationLimits | None:
    """Return a specification as the answer holds it."""
    return None if given is None else SpecificationLimits(given.lower, given.upper, given.note)
