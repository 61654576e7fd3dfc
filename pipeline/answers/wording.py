"""The answer in words: one sentence per quality attribute, the cause of a risk named from the bridge."""

from typing import Any

from pipeline.domain.display import chance_in_words, digits, in_words, signed

AT_RISK = 0.9
"""Chance of meeting the specification under which an attribute is called at risk; the level wanted of a design space."""


def sentences(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One line per attribute: attribute, state (at risk, expected within, no limits, not answered) and sentence; risks first."""
    lines = [_line(result, name, attribute) for name, attribute in result["attributes"].items()]
    order = {"not answered": 0, "at risk": 1, "expected within": 2, "no limits": 3}
    return sorted(lines, key=lambda line: order[line["state"]])


def _line(result: dict[str, Any], name: str, attribute: dict[str, Any]) -> dict[str, Any]:
    where = f"at {digits(result['scale']['proposed'])} {result['scale']['unit']}"
    chance = attribute["probability_within_specification"]
    if attribute.get("refused_because"):
        return _said(name, "not answered", f"{in_words(name)} is not answered {where}: {attribute['refused_because']}.")
    value = f"{digits(attribute['predicted'])} {attribute['unit']}".strip()
    if chance is None:
        return _said(name, "no limits", f"{in_words(name)}: {value} {where}; no specification is given.")
    told = f"P(in spec) {chance_in_words(chance)}"
    if chance >= AT_RISK:
        return _said(
            name, "expected within", f"{in_words(name)} is expected within its specification {where}: {value}, {told}."
        )
    return _said(
        name, "at risk", f"{in_words(name)} is at risk {where}: {value}, {told}; {_reason(result, name, attribute)}."
    )


def _said(name: str, state: str, text: str) -> dict[str, Any]:
    return {"attribute": name, "state": state, "sentence": text}


def _reason(result: dict[str, Any], name: str, attribute: dict[str, Any]) -> str:
    """The largest cause that pushes towards the nearer limit; else where the risk comes from without one."""
    bridge = result.get("bridge")
    if bridge is None:
        return "there is no reference batch to explain it from"
    own, direction = bridge["attributes"][name], _towards(attribute)
    limit = attribute["specification"]["upper" if direction > 0 else "lower"]
    if (own["reference"] - limit) * direction > 0:
        return f"the limit is {digits(limit)} and the model puts the reference batches at {digits(own['reference'])} already"
    pushing = [line for line in own["by_cause"] if line["change"] * direction > 0 and line["kind"] != "unstated"]
    if own["difference"] * direction <= 0 or not pushing:
        return (
            "the change of scale does not push it towards the limit: the reference is already near, or the interval is wide"
        )
    first = pushing[0]
    through = [part for part in first["through"] if part["reference"] is not None and part["change"] * direction > 0]
    by = (
        f", mostly through {in_words(through[0]['quantity'])}"
        if through and through[0]["quantity"] != first["cause"]
        else ""
    )
    unit = attribute["unit"]
    amount = f"{signed(first['change'])} {unit} of {signed(own['difference'])} {unit}"
    return f"the largest cause is {in_words(first['cause'])} ({first['what']}): {amount}{by}"


def _towards(attribute: dict[str, Any]) -> int:
    """Direction of the nearer limit: −1 for the lower one."""
    low, high, value = (attribute["specification"]["lower"], attribute["specification"]["upper"], attribute["predicted"])
    if low is None:
        return 1
    if high is None:
        return -1
    return -1 if value - low < high - value else 1
