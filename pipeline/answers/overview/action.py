"""The one action that is recommended: a setting, a run, or none."""

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.next_runs import NextRuns
from pipeline.answers.result.overview import Action
from pipeline.answers.result.scenarios import ReachedLevel, ResponseCurve, Scenarios
from pipeline.domain.display import chance, digits, size, with_unit

CLEAR = 0.01
"""Smallest gain in chance that shows: chances are written as whole percent."""


def action(answer: Answer, clear_risk: float) -> Action | None:
    """Return the recommended action; None where scenarios were not asked for, or could not be computed.

    clear_risk: a fall of the probability of a wrong decision below this does not count. A setting is recommended before a run,
    and one setting before many: it can be checked at the bench.
    """
    played, runs = answer.scenarios, answer.next_runs
    if not isinstance(played, Scenarios) or answer.joint is None:
        return None
    if answer.joint.probability >= played.level:
        return Action("none needed", "No change of a setting is needed to reach the wanted chance.")
    return _setting(played, answer) or _run(runs, answer, clear_risk) or _none(played, answer)


def _setting(played: Scenarios, answer: Answer) -> Action | None:
    """Return the change of one setting with the largest gain, and what all settings together would reach.

    Where no single setting raises the chance visibly, all of them together are returned, if they do.
    """
    acting = [curve for curve in played.curves if curve.acts]
    if not acting:
        return None
    best = max(acting, key=lambda curve: max(curve.chance))
    now, most = _at_set_point(best), max(best.chance)
    together = _together(played, most)
    if _is_seen(now, most, played.supported):
        value = best.values[best.chance.index(most)]
        text = (
            f"Set {answer.name(best.parameter)} to {with_unit(digits(value), best.unit)} instead of "
            f"{with_unit(digits(best.set_point), best.unit)} ({best.limits_from}): the joint chance rises from "
            f"{chance(now, played.supported)} to {chance(most, played.supported)}."
        )
        if together is not None:
            text += (
                f" Changing {len(together.best_settings)} settings together reaches "
                f"{chance(together.best_chance, played.supported)}; see “What to set”."
            )
        return Action("setting", text)
    if together is not None and _is_seen(now, together.best_chance, played.supported):
        return Action(
            "setting",
            f"Change {len(together.best_settings)} settings together: the joint chance rises from "
            f"{chance(now, played.supported)} to {chance(together.best_chance, played.supported)}; see “What to set”. "
            "No single setting raises it noticeably.",
        )
    return None


def _together(played: Scenarios, most: float) -> ReachedLevel | None:
    """Return what several settings reach together, if it is more than `most`, the chance that one alone reaches."""
    reached = played.reached
    if reached is None or reached.best_chance - most < CLEAR or len(reached.best_settings) < 2:
        return None
    return reached


def _is_seen(before: float, after: float, supported: float | None) -> bool:
    """Tell whether a rise of a chance is seen as it is written. Two chances may both be "below 17 %"."""
    return after - before >= CLEAR and chance(before, supported) != chance(after, supported)


def _at_set_point(curve: ResponseCurve) -> float:
    nearest = min(range(len(curve.values)), key=lambda i: abs(curve.values[i] - curve.set_point))
    return curve.chance[nearest]


def _run(runs: object, answer: Answer, clear_risk: float) -> Action | None:
    if not isinstance(runs, NextRuns) or not runs.runs or runs.runs[0].gain < clear_risk:
        return None
    first = runs.runs[0]
    at = f" at {with_unit(size(first.place.scale), first.place.unit)}" if answer.scale.stated else ""
    on = "on" if answer.step.change == "device" else "in"
    where = f" {on} {first.place.equipment}" if first.place.equipment else ""
    where += f" at {first.place.site}" if first.place.site else ""
    return Action(
        "run",
        f"Run one batch{at}{where} first: the chance that go or no-go is "
        f"wrong falls from {chance(runs.risk)} to {chance(first.risk_after)}.",
    )


def _none(played: Scenarios, answer: Answer) -> Action:
    worst = min(
        (one for one in played.attributes if one.with_model_error.chance is not None),
        key=lambda one: one.with_model_error.chance or 0.0,
    )
    return Action(
        "none found",
        f"No setting within the explored ranges raises the joint chance noticeably, and no run {answer.runs_at} is expected "
        f"to change the decision. What remains is the process or the specification of {answer.name(worst.attribute)}.",
    )
