"""The captions of the scenarios. File, terminal and page show the same sentences."""

from collections.abc import Mapping

from pipeline.answers.result.scenarios import (
    DesignMap,
    OperatingBox,
    ParameterRanges,
    Restoring,
    ScenarioCaptions,
    Scenarios,
)
from pipeline.domain.display import chance, digits, percent, points, span, with_unit
from pipeline.domain.process.axis_words import WORDS, Change

Names = Mapping[str, str]
"""Attribute or feature → display name."""


def captions(found: Scenarios, lowest_level: float, names: Names, change: Change = "scale") -> ScenarioCaptions:
    """Return the conclusion from each picture or table, in one or two sentences.

    lowest_level: the lowest chance for which ranges are given; change: what the transfer changes.
    """
    return ScenarioCaptions(
        distributions=_distributions(found, names),
        reached=_reached(found, lowest_level, names),
        response_curves=_curves(found, lowest_level, names),
        design_map=""
        if (silent := not found.curves or _capped(found, lowest_level))
        else _design_map(found.map, found, names),
        restoring="" if silent else _restoring(found.restoring, found.supported, change),
        box="" if silent else _box(found.box, lowest_level, found.supported),
    )


def _capped(found: Scenarios, lowest_level: float) -> bool:
    """Return whether an attribute that no setting changes keeps the joint chance below every level."""
    return found.ceiling is not None and found.ceiling.chance < lowest_level


def no_optimum(found: Scenarios, names: Names) -> str:
    """Say which attribute no setting changes, and what this means for the joint chance. Needs `found.ceiling`."""
    assert found.ceiling is not None
    name, most = names[found.ceiling.lowest], chance(found.ceiling.chance, found.supported)
    return (
        f"No setting changes {name} in the model that answers, so no setting can raise the joint chance above {most}: "
        "no optimum is searched."
    )


def _distributions(found: Scenarios, names: Names) -> str:
    start = f"{found.batches:,} batches with the tolerances and lots listed. "
    risks = [one for one in found.attributes if one.with_model_error.chance is not None]
    if not risks:
        return start + "No attribute has a specification, so no chance can be given."
    worst = min(risks, key=lambda one: one.with_model_error.chance or 0.0)
    one, together, supported = worst.with_model_error.chance, found.all_within, found.supported
    return (
        f"{start}Most at risk is {names[worst.attribute]}: its chance is {_known(one, supported)} with the model's own error, and "
        f"{_known(worst.without_model_error.chance)} from settings and lots alone. The joint chance, that one batch meets all "
        f"specifications, is {_known(together.with_model_error, supported)} and {_known(together.without_model_error)}"
        f"{_error(together.error)} ({found.joint.sentence}). These chances are means over all scenarios, each with new lots. Those "
        "of the answer are for the set-points and lots as proposed."
    )


def _error(error: float | None) -> str:
    return "" if not error else f", standard error at most {points(error)}"


def _known(probability: float | None, supported: float | None = None) -> str:
    return "not known" if probability is None else chance(probability, supported)


def _curves(found: Scenarios, lowest_level: float, names: Names) -> str:
    if not found.curves or _capped(found, lowest_level):
        return ""
    acting = [curve for curve in found.curves if curve.acts]
    if not acting or found.reached is None:
        return "No parameter that can be varied has an effect in the model."
    most = max(acting, key=lambda curve: max(curve.chance) - min(curve.chance))
    low, high = (chance(one, found.supported) for one in (min(most.chance), max(most.chance)))
    over = with_unit(span(min(most.values), max(most.values), 4), most.unit)
    start = f"The joint chance changes most with {names[most.parameter]}: {low} to {high} over {over}. "
    if low == high:
        start = f"The joint chance stays {low} over the explored range of each parameter. "
    level = found.reached.level
    if level is None:
        return f"{start}No settings found reach {percent(lowest_level)}, so no range is proven."
    edges = ", ".join(names[one.parameter] for one in found.ranges if _loses_level(one))
    around = f"Around {found.reached.around}"
    if edges:
        return f"{start}{around}, the level of {percent(level)} is lost within the limits by {edges} alone."
    return f"{start}{around}, no single parameter loses the level of {percent(level)} within its limits."


def _loses_level(one: ParameterRanges) -> bool:
    proven = one.proven_acceptable_range
    return one.acts and proven is not None and not (proven.low_is_limit and proven.high_is_limit)


def _reached(found: Scenarios, lowest_level: float, names: Names) -> str:
    """Return the best chance found, its settings, and the level for which ranges are given."""
    best = found.reached
    if best is None:
        return "No parameter can be varied, so there was no search for better settings."
    if _capped(found, lowest_level):
        return no_optimum(found, names)
    where = ", ".join(f"{names[s.parameter]} {with_unit(digits(s.value, 4), s.unit)}" for s in best.best_settings)
    place, most = f" at {where}" if where else "", chance(best.best_chance, found.supported)
    if best.level == found.level and found.supported is not None and found.supported < found.level:
        return (
            f"By the model, a joint chance of at least {percent(found.level)} is reached{place}. Past errors cannot show a chance "
            f"{chance(1.0, found.supported)}, so this is an extrapolation. Ranges are given for that level around {best.around}."
        )
    if best.level == found.level:
        return (
            f"A joint chance of at least {percent(found.level)} is reached: {most} at best{place}. "
            f"Ranges are given for that level around {best.around}."
        )
    start = (
        f"No settings found within the limits reach a joint chance of {percent(found.level)}. The best found reach "
        f"{most}{place}. "
    )
    if best.level is None:
        return f"{start}That is below {percent(lowest_level)}, the lowest level considered, so no range can be given."
    return (
        f"{start}Ranges are therefore given for {percent(best.level)}, the highest level that is reached, around "
        f"{best.around}. They do not ensure the wanted level."
    )


def _design_map(found: DesignMap | None, played: Scenarios, names: Names) -> str:
    if found is None:
        return "Fewer than two parameters have an effect in the model, so there is no map."
    both = f"{names[found.x.parameter]} and {names[found.y.parameter]}"
    if not found.share_of_design_space:
        most = f"{chance(found.largest_chance, played.supported)} at most, below {percent(found.level)}"
        return f"Moving {both} together reaches {most}: no design space here."
    short = f"{percent(played.level)} is not reached on it. " if found.level < played.level else ""
    share = percent(found.share_of_design_space)
    return f"{short}The joint chance is at least {percent(found.level)} in {share} of the map of {both}."


def _restoring(found: Restoring | None, supported: float | None, change: Change) -> str:
    if found is None:
        return "There is no reference batch or no parameter with an effect, so no restoring set-points can be computed."
    return (
        f"The change of {WORDS[change].noun} moves quality by {digits(found.distance_proposed)} standard deviations of the model's "
        "own errors (root mean square over the attributes). These set-points, within the limits, leave "
        f"{digits(found.distance_restored)}. "
        + _change(chance(found.chance_proposed, supported), chance(found.chance_restored, supported))
    )


def _change(before: str, after: str) -> str:
    return f"The joint chance stays {before}." if before == after else f"The joint chance goes from {before} to {after}."


def _box(found: OperatingBox | None, lowest_level: float, supported: float | None) -> str:
    if found is None:
        return "No parameter that can be varied has an effect in the model, so there is no box."
    best = f"The best setting of this search reaches {chance(found.best_chance, supported)}."
    if found.level is None or found.verified is None or found.share_of_space is None:
        return f"No level from {percent(found.wanted)} down to {percent(lowest_level)} has room for a box. {best}"
    short = "" if found.level == found.wanted else f"The wanted {percent(found.wanted)} has no room within the limits. "
    holds = "holds" if found.holds_set_point else "does not hold"
    return (
        f"{short}The box keeps the joint chance at {percent(found.level)} or more in {percent(found.verified)} of a fresh "
        f"sample inside. It fills {percent(found.share_of_space)} of the space within the limits and {holds} the proposed "
        f"set-points. {best}"
    )
