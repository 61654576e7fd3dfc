"""The answer to a proposal: prediction, causes, comparison of the scales, and the record of data and model."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.answers.applicability.case_domain import case_domain
from pipeline.answers.assumptions import assumptions
from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.intermediates import expected_intermediates
from pipeline.answers.bridge.summary import bridge_summary
from pipeline.answers.case.case import Case
from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.drivers.shares import shares
from pipeline.answers.equivalence.scale_steps import equivalence
from pipeline.answers.joint import joint_chance, past_errors
from pipeline.answers.noise_floor import noise_floors
from pipeline.answers.prediction import forecasts_of, reasons_not_answered, step_answer
from pipeline.answers.record import judged_models, limits_of_answer, record
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.bridge import Bridge
from pipeline.answers.result.drivers import Drivers
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.answers.result.prediction import ProposalSummary
from pipeline.answers.scale_comparison.comparison import scale_comparison
from pipeline.answers.small_history import small_history_notes
from pipeline.answers.trained_run import TrainedRun
from pipeline.answers.wording import sentences
from pipeline.features.catalogue import names_of
from pipeline.forecasting.batch_forecaster import BatchForecaster

Names = Mapping[str, str]
"""Attribute or feature → display name."""


def answer(case: Case, run: TrainedRun, *, whole: bool = False) -> Answer:
    """Answer a case from a trained run.

    whole: compute the scenarios, the next runs and the expected courses as well. Without reference batches there is no bridge and
    no equivalence. An attribute that is not answered is left out of the bridge, the drivers and the scenarios. Raises
    ScalebridgeError if the tolerances or limits of the proposal are not valid.
    """
    process, proposal, names = run.process, case.proposal, names_of(run.process)
    refused = reasons_not_answered(case, run)
    forecaster = _forecaster(case, run, refused)
    forecasts = forecasts_of(case, run)
    step = step_answer(case, run, forecasts, refused)
    known, stated = proposal.product in run.model.products, process.states_product
    summary = ProposalSummary(proposal.name, proposal.question, proposal.product, known, stated)
    covered, bridge_part = case_domain(case, run, names), _bridge(case, run, forecaster, names)
    assumed = assumptions(process, case.assumed)
    notes = (*case.notes, *small_history_notes(case, run))
    kinds = {name: final.model.kind for name, final in run.model.finals.items()}
    judged = judged_models(run.scores, kinds, run.forecasts, run.acceptance.protocol)
    reasons = (*notes, *limits_of_answer(covered, summary, step, len(assumed), len(case.proposed.missing)))
    result = Answer(
        proposal=summary,
        steps=(step,),
        joint=joint_chance(run, forecasts, forecaster),
        sentences=sentences(step, bridge_part, run.decision.at_risk, names),
        notes=notes,
        domain=covered,
        assumptions=assumed,
        assumed_from_reference={one.attribute: one.value for one in assumed if one.source == "reference"},
        not_stated=case.proposed.missing,
        transfer_map=case.transfer_map,
        scale_comparison=scale_comparison(process, case.row, case.reference, run.rows, run.decision.matched, names),
        bridge=bridge_part,
        intermediates=expected_intermediates(case, run, forecaster.targets, case.planned, names),
        drivers=_drivers(case, run, forecaster),
        equivalence=_equivalence(case, run, names),
        record=record(
            process, run.decision, run.acceptance, judged, run.rows, run.hashes, summary, step, reasons, run.left_out
        ),
        names=names,
        noise_floors=noise_floors(run, step, names),
    )
    if not whole:
        return result
    from pipeline.answers.course.expected_courses import expected_courses
    from pipeline.answers.look_ahead import look_ahead  # loaded only when needed: a plain prediction is faster without it

    scenarios, next_runs = look_ahead(case, run, forecaster, refused, names)
    courses, courses_from = expected_courses(case, run, refused)
    return replace(result, scenarios=scenarios, next_runs=next_runs, courses=courses, courses_from=courses_from)


def _forecaster(case: Case, run: TrainedRun, refused: Mapping[str, str]) -> BatchForecaster:
    """Return the models of the attributes that are answered, with the past errors that belong to the question."""
    finals = {name: final for name, final in run.model.finals.items() if name not in refused}
    past = past_errors(case.row, run, list(finals)) if finals else None
    return BatchForecaster(replace(run.model, finals=finals), run.process, past)


def _bridge(case: Case, run: TrainedRun, forecaster: BatchForecaster, names: Names) -> Bridge | None:
    if case.reference.is_empty() or not forecaster.targets:
        return None
    made = bridge(run.process, forecaster, case.row, case.reference, case.planned)
    return bridge_summary(run.process, made, case.row, case.reference, names)


def _drivers(case: Case, run: TrainedRun, forecaster: BatchForecaster) -> Drivers | None:
    if case.reference.is_empty() or not forecaster.targets:
        return None
    config = run.decision.drivers
    return Drivers(
        shares(forecaster.targets, run.importance, run.stability, config),
        interactions(run.process, forecaster, case.row, case.reference, run.rows, config),
    )


def _equivalence(case: Case, run: TrainedRun, names: Names) -> tuple[ScaleStep, ...]:
    if case.reference.is_empty():
        return ()
    scales = (float(case.reference["scale"].median()), float(case.row["scale"][0]))  # type: ignore[arg-type]
    product, results = case.proposal.product, run.history.results
    return equivalence(run.process, run.rows, results, product, *scales, run.decision.equivalence, names)
