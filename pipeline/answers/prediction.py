"""The answer to a proposal: predictions with intervals, chances, comparison and evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipeline.answers.applicability.evidence import evidence
from pipeline.answers.applicability.verdict import domain, refusals
from pipeline.answers.case.proposed_batch import ProposedBatch, scale_of
from pipeline.answers.joint import joint_probability
from pipeline.answers.scale_comparison.quantities import compare
from pipeline.answers.trained_run import Trained
from pipeline.domain.attributes import Specification
from pipeline.domain.display import six_digits
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.specification_limits import Ends, ends_of
from pipeline.domain.units import Unit
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.forecasting.intervals import Calibration

NOTHING: Mapping[str, Any] = {
    "predicted": None,
    "intervals": {},
    "probability_within_specification": None,
}
"""What is said of an attribute that is not answered for."""


def answer(
    process: Process,
    proposal: Proposal,
    proposed: ProposedBatch,
    row: pl.DataFrame,
    trained: Trained,
    withheld: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Answer a proposal as plain data, in display units.

    proposed, row: the batch that the proposal makes and its 1 feature row. withheld: quality attribute → why it must not be
    answered, beside what the models themselves refuse. What is not answered has no number that a model made; where that has a
    specification, there is no joint chance either.
    """
    reference = trained.rows.filter(pl.col("batch_id").is_in(proposed.reference["batch_id"].implode()))
    finals = trained.served.finals
    features = [name for name in (*trained.served.inputs, "log10_scale") if name in row.columns]
    found = evidence(process, row, trained.rows, features, refusals(finals, row))
    refused = {target: (withheld or {}).get(target) or final.reasons(row)[0] for target, final in finals.items()}
    said = {target: final.forecast(row) for target, final in finals.items()}
    return {
        "proposal": {"name": proposal.name, "question": proposal.question, "product": proposal.product},
        "scale": _scale(process, proposal, proposed),
        "known_product": proposal.product in trained.served.products,
        "attributes": {
            target: _attribute(process, target, final, said[target], reference, trained, refused[target])
            for target, final in finals.items()
        },
        "joint_probability_within_specification": None
        if any(refused[target] and process.attributes[target].specification for target in finals)
        else joint_probability(process, row, said, trained),
        "comparison": _rounded(compare(process, row, reference, trained.rows)),
        "domain": domain(process, found, list(finals), trained.results),
        "assumed_from_reference": {n: _shown(process, n, v) for n, v in proposed.assumed.items()},
        "not_stated": list(proposed.missing),
    }


def _scale(process: Process, proposal: Proposal, proposed: ProposedBatch) -> dict[str, Any]:
    unit = process.attributes[process.scale.attribute].si
    reference = proposed.reference["scale"].median() if proposed.reference.height else None
    return {
        "unit": unit.label,
        "proposed": unit.from_si(scale_of(process, proposal)),
        "reference": None if reference is None else unit.from_si(float(reference)),  # type: ignore[arg-type]
        "reference_product": proposed.reference["product"].unique().sort().to_list(),
        "reference_batches": proposed.reference.height,
    }


def _attribute(
    process: Process,
    target: str,
    final: CalibratedModel,
    said: Forecast,
    reference: pl.DataFrame,
    trained: Trained,
    refused: str | None,
) -> dict[str, Any]:
    attribute = process.attributes[target]
    unit = attribute.si
    observed = _reference_mean(target, reference, trained.results)
    question = said.kinds[0]
    return {
        "description": attribute.description,
        "unit": unit.label,
        "answered": refused is None,
        "refused_because": refused,
        "question": question,
        "calibrated_by": final.calibrations[question].reenacted_kind,
        "carry_over": None if observed is None else six_digits(unit.from_si(observed)),
        "specification": _specification(attribute.specification),
        **(NOTHING if refused else _predicted(attribute.specification, unit, final, said, trained.served.levels)),
    }


def _predicted(
    given: Specification | None,
    unit: Unit,
    final: CalibratedModel,
    said: Forecast,
    levels: Sequence[float],
) -> dict[str, Any]:
    """Everything that a model says of an attribute."""
    calibration = final.calibrations[said.kinds[0]]
    return {
        "predicted": six_digits(unit.from_si(float(said.predicted[0]))),
        "intervals": {
            f"{level * 100:g}": {
                "lower": six_digits(unit.from_si(float(low[0]))),
                "upper": six_digits(unit.from_si(float(high[0]))),
                "supported": calibration.supported(level),
            }
            for level, (low, high) in zip(levels, final.intervals(said, levels), strict=True)
        },
        "probability_within_specification": _probability(ends_of(given, unit), calibration, said),
    }


def _reference_mean(target: str, reference: pl.DataFrame, results: pl.DataFrame) -> float | None:
    own = results.filter(pl.col("attribute") == target).join(reference.select("batch_id"), on="batch_id", how="semi")
    return None if own.is_empty() else float(own["value"].mean())  # type: ignore[arg-type]


def _specification(given: Specification | None) -> dict[str, Any] | None:
    return None if given is None else {"lower": given.lower, "upper": given.upper, "note": given.note}


def _probability(ends: Ends | None, calibration: Calibration, said: Forecast) -> float | None:
    if ends is None:
        return None
    return six_digits(float(calibration.probability_within(said.predicted, *ends, said.spread)[0]))


def _shown(process: Process, name: str, value: float | str) -> str:
    attribute = process.attributes[name]
    return value if isinstance(value, str) else f"{attribute.si.from_si(value):.4g} {attribute.unit}".strip()


def _rounded(table: pl.DataFrame) -> list[dict[str, Any]]:
    return [{k: six_digits(v) if isinstance(v, float) else v for k, v in line.items()} for line in table.to_dicts()]
