"""One sentence per quality attribute: predicted value, chance to meet the specification, and cause of the risk."""

from collections.abc import Mapping

from pipeline.answers.result.bridge import AttributeBridge, Bridge, CauseShare
from pipeline.answers.result.prediction import AttributeAnswer, Predicted, Sentence, SpecificationLimits, StepAnswer
from pipeline.domain.display import chance, digits, signed, with_unit
from pipeline.domain.process.axis_words import WORDS

ORDER = {"not answered": 0, "at risk": 1, "expected within": 2, "no limits": 3}


def sentences(
    step: StepAnswer, bridge: Bridge | None, at_risk: float, names: Mapping[str, str], *, explained: bool = True
) -> tuple[Sentence, ...]:
    """Return one sentence per attribute: refusals first, then risks.

    bridge: None without reference batches. at_risk: chance to meet a specification below which an attribute is called at risk.
    names: attribute or feature → display name. explained: say the cause of a risk; False if causes were not asked for.
    """
    lines = [_sentence(name, one, bridge, at_risk, step, names, explained) for name, one in step.attributes.items()]
    return tuple(sorted(lines, key=lambda line: ORDER[line.state]))


def _sentence(
    key: str,
    one: AttributeAnswer,
    bridge: Bridge | None,
    at_risk: float,
    step: StepAnswer,
    names: Mapping[str, str],
    explained: bool,
) -> Sentence:
    name, where = names[key], step.where
    if one.refused is not None:
        return Sentence(key, "not answered", f"{name} is not answered{where}: {one.refused.reason}.")
    predicted = one.outcome
    assert isinstance(predicted, Predicted)
    value = with_unit(digits(predicted.value), one.unit)
    if predicted.chance is None or one.specification is None:
        return Sentence(key, "no limits", f"{name}: {value}{where}; no specification is given.")
    text = f"{value}, chance {chance(predicted.chance, predicted.supported_chance)}"
    if predicted.chance >= at_risk:
        return Sentence(key, "expected within", f"{name} is expected within its specification{where}: {text}.")
    if not explained:
        return Sentence(key, "at risk", f"{name} is at risk{where}: {text}.")
    attribute_bridge = None if bridge is None else bridge.attributes[key]
    reason = _reason(attribute_bridge, predicted.value, one.specification, one.unit, names, WORDS[step.change].noun)
    return Sentence(key, "at risk", f"{name} is at risk{where}: {text}; {reason}.")


def _reason(
    bridge: AttributeBridge | None,
    value: float,
    specification: SpecificationLimits,
    unit: str,
    names: Mapping[str, str],
    changes: str,
) -> str:
    """Return the largest cause of a change towards the nearer limit. If there is none, return where the risk comes from.

    changes: what the transfer changes, such as `scale`.
    """
    if bridge is None:
        return "it cannot be explained without a reference batch"
    direction = _towards(value, specification)
    limit = specification.upper if direction > 0 else specification.lower
    assert limit is not None
    if (bridge.reference - limit) * direction > 0:
        return (
            f"the limit is {digits(limit)}, and the model puts the reference batches at {digits(bridge.reference)} already"
        )
    pushing = [line for line in bridge.by_cause if line.change * direction > 0 and line.kind != "unstated"]
    if bridge.difference * direction <= 0 or not pushing:
        return f"the change of {changes} does not push it towards the limit: the reference is already near, or the interval is wide"
    first = pushing[0]
    amount = f"{with_unit(signed(first.change), unit)} of {with_unit(signed(bridge.difference), unit)}"
    cause = names.get(first.cause, first.cause)
    return f"the largest cause is {cause} ({first.what}): {amount}{_through(first, direction, names)}"


def _through(first: CauseShare, direction: int, names: Mapping[str, str]) -> str:
    parts = [part for part in first.through if part.reference is not None and part.change * direction > 0]
    if not parts or parts[0].quantity == first.cause:
        return ""
    return f", mostly through {names.get(parts[0].quantity, parts[0].quantity)}"


def _towards(value: float, specification: SpecificationLimits) -> int:
    """Return the direction of the nearer limit: −1 for the lower one."""
    low, high = specification.lower, specification.upper
    if low is None:
        return 1
    if high is None:
        return -1
    return -1 if value - low < high - value else 1
