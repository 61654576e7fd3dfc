"""The answer to a proposal: prediction, causes, comparison of the scales, and the record of data and model."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipeline.answers.applicability.case_domain import case_domain
from pipeline.answers.assumptions import assumptions
from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.intermediates import expected_intermediates
from pipeline.answers.bridge.summary import bridge_summary
from pipeline.answers.case.case import Case
from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.drivers.shares import shares
from pipeline.answers.equivalence.place_step import place_equivalence
from pipeline.answers.equivalence.scale_steps import equivalence
from pipeline.answers.joint import joint_chance, past_errors, past_kind
from pipeline.answers.noise_floor import noise_floors
from pipeline.answers.overview.overview import overview
from pipeline.answers.prediction import forecasts_of, reasons_not_answered, step_answer
from pipeline.answers.record import judged_models, limits_of_answer, record
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.result.bridge import Bridge
from pipeline.answers.result.drivers import Drivers
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.answers.result.prediction import ProposalSummary
from pipeline.answers.result.scale_comparison import ScaleComparison
from pipeline.answers.scale_comparison.comparison import scale_comparison
from pipeline.answers.small_history import small_history_notes
from pipeline.answers.steps.decided import decided_by_steps
from pipeline.answers.trained_run import TrainedRun
from pipeline.answers.transfer_notes import transfer_notes
from pipeline.answers.wording import sentences
from pipeline.features.catalogue import names_of
from pipeline.forecasting.batch_forecaster import BatchForecaster

Names = Mapping[str, str]
"""Attribute or feature → display name."""


def answer(case: Case, run: TrainedRun, *, depth: Depth = "causes") -> Answer:
    """Answer a case from a trained run.

    depth: how much is computed, see `Depth`. Without reference batches there is no bridge and no equivalence. An attribute that
    is not answered is left out of the bridge, the drivers and the scenarios. Raises ScalebridgeError if the tolerances or limits of
    the proposal are not valid.
    """
    refused = reasons_not_answered(case, run)
    forecaster = _forecaster(case, run, refused)
    found = _numbers(case, run, forecaster, refused)
    if depth == "numbers":
        return found
    found = _with_causes(found, case, run, forecaster)
    if depth == "whole":
        found = _with_outlook(found, case, run, forecaster, refused)
    return replace(found, overview=overview(found, run))


def _numbers(case: Case, run: TrainedRun, forecaster: BatchForecaster, refused: Mapping[str, str]) -> Answer:
    process, proposal, memo = run.process, case.proposal, run.memo
    names = memo.of("names", lambda: names_of(process))
    forecasts = forecasts_of(case, run)
    step = step_answer(case, run, forecasts, refused)
    known, stated = proposal.product in run.model.products, process.states_product
    summary = ProposalSummary(proposal.name, proposal.question, proposal.product, known, stated)
    covered = case_domain(case, run, names, refused)
    assumed = assumptions(process, case.assumed)
    notes = (*case.notes, *small_history_notes(case, run), *transfer_notes(case, run))
    kinds = {name: final.model.kind for name, final in run.model.finals.items()}
    judged = memo.of("judged", lambda: judged_models(run.scores, kinds, run.forecasts, run.acceptance.protocol))
    reasons = (*notes, *limits_of_answer(covered, summary, step, len(assumed), len(case.proposed.missing)))
    return Answer(
        proposal=summary,
        steps=(step,),
        joint=joint_chance(run, forecasts, forecaster),
        sentences=sentences(step, None, run.decision.at_risk, names, explained=False),
        notes=notes,
        domain=covered,
        assumptions=assumed,
        assumed_from_reference={one.attribute: one.value for one in assumed if one.source == "reference"},
        not_stated=case.proposed.missing,
        transfer_map=case.transfer_map,
        scale_comparison=_comparison(case, run, names, holding=False),
        bridge=None,
        drivers=None,
        equivalence=(),
        record=record(
            process, run.decision, run.acceptance, judged, run.rows, run.hashes, summary, step, reasons, run.left_out
        ),
        names=names,
        noise_floors=noise_floors(run, step, names),
        numbers_alone=True,
    )


def _with_causes(numbers: Answer, case: Case, run: TrainedRun, forecaster: BatchForecaster) -> Answer:
    """Return the answer with what moves the prediction, in its sentences too."""
    names = numbers.names
    found = _bridge(case, run, forecaster, names)
    return replace(
        numbers,
        scale_comparison=_comparison(case, run, names, holding=True),
        sentences=sentences(numbers.step, found, run.decision.at_risk, names),
        bridge=found,
        intermediates=expected_intermediates(case, run, forecaster.targets, case.planned, names),
        drivers=_drivers(case, run, forecaster),
        decided=decided_by_steps(case, run, forecaster, found, names),
        equivalence=_equivalence(case, run, names),
        numbers_alone=False,
    )


def _with_outlook(
    causes: Answer, case: Case, run: TrainedRun, forecaster: BatchForecaster, refused: Mapping[str, str]
) -> Answer:
    """Return the answer with what looks beyond the prediction: scenarios, next runs and expected courses."""
    from pipeline.answers.course.expected_courses import expected_courses
    from pipeline.answers.look_ahead import look_ahead  # loaded only when needed: a plain prediction is faster without it

    scenarios, next_runs = look_ahead(case, run, forecaster, refused, causes.names)
    courses, courses_from = expected_courses(case, run, refused)
    return replace(causes, scenarios=scenarios, next_runs=next_runs, courses=courses, courses_from=courses_from)


def _forecaster(case: Case, run: TrainedRun, refused: Mapping[str, str]) -> BatchForecaster:
    """Return the models of the attributes that are answered, with the past errors that belong to the question."""
    finals = {name: final for name, final in run.model.finals.items() if name not in refused}
    kind = past_kind(case.row, run)

    def made() -> BatchForecaster:
        past = past_errors(kind, run, list(finals)) if finals else None
        return BatchForecaster(replace(run.model, finals=finals), run.process, past)

    return run.memo.of(("forecaster", kind, *finals), made)


def _comparison(case: Case, run: TrainedRun, names: Names, *, holding: bool) -> ScaleComparison:
    matched = run.decision.matched
    return scale_comparison(run.process, case.row, case.reference, run.rows, matched, names, holding=holding, memo=run.memo)


def _bridge(case: Case, run: TrainedRun, forecaster: BatchForecaster, names: Names) -> Bridge | None:
    if case.reference.is_empty() or not forecaster.targets:
        return None
    made = bridge(run.process, forecaster, case.row, case.reference, case.planned)
    return bridge_summary(run.process, made, case.row, case.reference, names)


def _drivers(case: Case, run: TrainedRun, forecaster: BatchForecaster) -> Drivers | None:
    if case.reference.is_empty() or not forecaster.targets:
        return None
    config, unsized = run.decision.drivers, pl.lit(not run.process.states_scale)
    return Drivers(
        shares(
            forecaster.targets, run.importance.filter(~(unsized & (pl.col("feature") == "scale"))), run.stability, config
        ),
        interactions(run.process, forecaster, case.row, case.reference, run.rows, config),
    )


def _equivalence(case: Case, run: TrainedRun, names: Names) -> tuple[ScaleStep, ...]:
    if case.reference.is_empty():
        return ()
    scales = (float(case.reference["scale"].median()), float(case.row["scale"][0]))  # type: ignore[arg-type]
    product, results, config = case.proposal.product, run.history.results, run.decision.equivalence
    of_scales = equivalence(run.process, run.rows, results, product, *scales, config, names)
    change = case.proposed.change
    if change not in COLUMN:
        return of_scales
    of_places = place_equivalence(run.process, run.rows, results, change, case.row, case.reference, config, names)
    return (*of_places, *of_scales)
