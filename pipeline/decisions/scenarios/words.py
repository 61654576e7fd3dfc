"""What the scenarios say, in sentences; the same in file, terminal and page."""

from collections.abc import Mapping
from typing import Any


def captions(found: Mapping[str, Any]) -> dict[str, str]:
    """One sentence or two per picture or table: what to conclude."""
    return {
        "distributions": _distributions(found),
        "response_curves": _curves(found),
        "design_space": _design_space(found),
        "restoring": _restoring(found["restoring"]),
        "box": _box(found["box"]),
    }


def _distributions(found: Mapping[str, Any]) -> str:
    risks = [a for a in found["attributes"] if a["specification"] is not None]
    start = f"{found['batches']:,} batches with the tolerances and lots listed. "
    if not risks:
        return start + "No attribute has a specification, so no chance can be given."
    worst = min(risks, key=lambda a: a["with_model_error"]["probability_within_specification"])
    whole, bare = (worst[k]["probability_within_specification"] for k in ("with_model_error", "without_model_error"))
    together = found["all_within"]
    return (
        f"{start}Most at risk is {_plain(worst['attribute'])}: P(in spec) {whole:.2f} with the model's own error, {bare:.2f} from "
        f"settings and lots alone. All specifications together: {together['with_model_error']:.2f} and "
        f"{together['without_model_error']:.2f} ({found['joint']['said']})."
    )


def _curves(found: Mapping[str, Any]) -> str:
    acting = [curve for curve in found["curves"] if curve["acts"]]
    if not acting:
        return "No parameter that can move has an effect in the model."
    most = max(acting, key=lambda c: max(c["chance"]) - min(c["chance"]))
    reach = f"{min(most['values']):.4g} to {max(most['values']):.4g} {most['unit']}"
    proven = [r for r in found["ranges"] if r["proven_acceptable_range"] is not None]
    start = (
        f"{_plain(most['parameter']).capitalize()} moves the chance most: {min(most['chance']):.2f} to "
        f"{max(most['chance']):.2f} over {reach}. "
    )
    if not proven:
        chance = found["ranges"][0]["chance_at_set_point"]
        return (
            f"{start}The proposed set-points reach {chance:.2f}, below the level of {found['level']:g}: no range is proven."
        )
    still = [r for r in proven if r["acts"] and not _whole(r["proven_acceptable_range"])]
    edges = ", ".join(_plain(r["parameter"]) for r in still)
    return start + (f"The level of {found['level']:g} is lost within the limits by {edges} alone." if still
                    else f"No single parameter loses the level of {found['level']:g} within its limits.")  # fmt: skip


def _whole(proven: Mapping[str, Any]) -> bool:
    return bool(proven["low_is_limit"] and proven["high_is_limit"])


def _design_space(found: Mapping[str, Any]) -> str:
    given = found["map"]
    if given is None:
        return "Fewer than two parameters have an effect in the model: no map."
    both = f"{_plain(given['x']['parameter'])} and {_plain(given['y']['parameter'])}"
    if not given["share_of_design_space"]:
        most = f"{given['largest_chance']:.2f} at most, below {given['level']:g}"
        return f"Moving {both} together reaches {most}: no design space here."
    return f"P(all in spec) is at least {given['level']:g} in {given['share_of_design_space']:.0%} of the map of {both}."


def _restoring(given: Mapping[str, Any] | None) -> str:
    if given is None:
        return "There is no batch at a reference scale, or no parameter with an effect, so that nothing can be restored."
    return (
        f"The change of scale moves quality by {given['distance_proposed']:.2f} deviations of the model's own errors (root mean "
        f"square over the attributes); these set-points, within the limits, leave {given['distance_restored']:.2f}. "
        f"P(all in spec) goes from {given['chance_proposed']:.2f} to {given['chance_restored']:.2f}."
    )


def _box(given: Mapping[str, Any] | None) -> str:
    if given is None:
        return "No parameter that can move has an effect in the model: no box."
    best = f"The best setting found reaches {given['best_chance']:.2f}."
    if given["level"] is None:
        return f"No room for a box at {given['wanted']:g} or at a lower level down to 0.5. {best}"
    short = "" if given["level"] == given["wanted"] else f"The wanted {given['wanted']:g} has no room within the limits; "
    holds = "holds" if given["holds_set_point"] else "does not hold"
    return (
        f"{short}{'The' if not short else 'the'} box keeps P(all in spec) at {given['level']:g} or more in "
        f"{given['verified']:.1%} of a fresh sample inside; it fills {given['share_of_space']:.2g} of the space within the limits "
        f"and {holds} the proposed set-points. {best}"
    )


def _plain(name: str) -> str:
    return name.replace("_", " ")
