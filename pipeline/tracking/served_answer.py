"""What the served model returns: one row per proposal, with the columns of each quality attribute."""

import math
from collections.abc import Mapping

from pipeline.answers.applicability.case_domain import case_domain
from pipeline.answers.assumptions import assumptions
from pipeline.answers.case.case import make_case
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.prediction import forecasts_of, reasons_not_answered, step_answer
from pipeline.answers.result.assumptions import by_origin
from pipeline.answers.result.prediction import AttributeAnswer, StepAnswer
from pipeline.domain.display import in_words
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.proposal import Proposal
from pipeline.features.catalogue import names_of

Cell = float | str | None
"""A number, a text, or null. No cell is NaN or infinite, since JSON has neither."""
NUMBER, TEXT = "double", "string"
PREDICTED, PARTLY, REFUSED = "predicted", "partly refused", "refused"
"""Status of a row: all attributes are predicted, some are, none is."""
OF_THE_ROW = ("status", "reason", "domain", "domain_reason", "not_stated", "assumed")
"""Columns of a row beside those of its quality attributes. `domain` says whether history covers the proposal; `assumed`
lists what the row does not state, with the origin of each value."""


def output_columns(run: PredictingRun) -> dict[str, str]:
    """Return column → type, `double` or `string`: those of each quality attribute, then those of the row.

    Raises ScalebridgeError if two columns would have the same name.
    """
    found = [column for target in run.process.targets for column in _of_attribute(target, run)]
    found += [(name, TEXT) for name in OF_THE_ROW]
    columns = dict(found)
    if len(columns) < len(found):
        names = [name for name, _ in found]
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise ScalebridgeError(
            f"Process '{run.process.name}': the served model would return two columns called {listed(doubled)}; "
            "rename the attribute"
        )
    return columns


def _of_attribute(target: str, run: PredictingRun) -> list[tuple[str, str]]:
    levels = [f"{100 * level:g}" for level in run.model.levels]
    limits = [f"{target}_{side}_{level}" for level in levels for side in ("lower", "upper")]
    chance = (
        [] if run.process.attributes[target].specification is None else [f"{target}_chance", f"{target}_chance_supported"]
    )
    numbers = [(name, NUMBER) for name in (target, *limits, *chance)]
    return [*numbers, (f"{target}_status", TEXT), (f"{target}_reason", TEXT)]


def answered(run: PredictingRun, proposal: Proposal) -> dict[str, Cell]:
    """Return the answer to a proposal: the numbers of `scalebridge predict`, and the reasons where there is no number.

    Raises ScalebridgeError for a proposal that `make_case` refuses.
    """
    case = make_case(proposal, run)
    reasons = reasons_not_answered(case, run)
    step = step_answer(case, run, forecasts_of(case, run), reasons)
    row = dict.fromkeys(output_columns(run), None) | _cells(step)
    sentence = "; ".join(f"{target}: {reason}" for target, reason in reasons.items())
    status = PREDICTED if not reasons else REFUSED if len(reasons) == len(step.attributes) else PARTLY
    names = names_of(run.process)
    covered = case_domain(case, run, names)
    assumed = by_origin(assumptions(run.process, case.assumed), lambda name: names.get(name) or in_words(name))
    return row | {
        "status": status,
        "reason": sentence or None,
        "domain": covered.status,
        "domain_reason": covered.sentence,
        "not_stated": ", ".join(case.proposed.missing) or None,
        "assumed": "; ".join(assumed) or None,
    }


def refused(run: PredictingRun, reason: str) -> dict[str, Cell]:
    """Return the row of a proposal that is not answered: no number, and the reason."""
    of_attributes: dict[str, Cell] = {}
    for target in run.process.targets:
        of_attributes |= {f"{target}_status": REFUSED, f"{target}_reason": reason}
    return dict.fromkeys(output_columns(run), None) | of_attributes | {"status": REFUSED, "reason": reason}


def _cells(step: StepAnswer) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for target, attribute in step.attributes.items():
        found |= {f"{target}_{name}" if name else target: cell for name, cell in _of_outcome(attribute).items()}
    return found


def _of_outcome(attribute: AttributeAnswer) -> Mapping[str, Cell]:
    """Ending of the column → its cell. The prediction itself has no ending."""
    if attribute.refused is not None:
        return {"status": REFUSED, "reason": attribute.refused.reason}
    predicted = attribute.predicted
    assert predicted is not None
    cells: dict[str, Cell] = {"": _number(predicted.value), "status": PREDICTED}
    for one in predicted.intervals:
        cells |= {f"lower_{one.level:g}": _number(one.lower), f"upper_{one.level:g}": _number(one.upper)}
    if predicted.chance is None:
        return cells
    supported = predicted.supported_chance
    return cells | {
        "chance": _number(predicted.chance),
        "chance_supported": None if supported is None else _number(supported),
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
