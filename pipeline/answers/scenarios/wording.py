"""What the scenarios say, in sentences; the same in file, terminal and page."""

from collections.abc import Mapping
from typing import Any

from pipeline.answers.scenarios.reached_level import LOWER_LEVELS


def captions(found: Mapping[str, Any]) -> dict[str, str]:
    """One sentence or two per picture or table: what to conclude."""
    return {
        "distributions": _distributions(found),
        "reached": _reached(found),
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
    start = (
        f"{_plain(most['parameter']).capitalize()} moves the chance most: {min(most['chance']):.2f} to "
        f"{max(most['chance']):.2f} over {reach}. "
    )
    if found["reached"]["level"] is None:
        return f"{start}No level down to {min(LOWER_LEVELS):g} is reached by any settings found: no range is proven."
    level, around = found["reached"]["level"], found["reached"]["ranges_around"]
    proven = [r for r in found["ranges"] if r["proven_acceptable_range"] is not None]
    still = [r for r in proven if r["acts"] and not _whole(r["proven_acceptable_range"])]
    edges = ", ".join(_plain(r["parameter"]) for r in still)
    return start + (f"Around {around} the level of {level:g} is lost within the limits by {edges} alone." if still
                    else f"Around {around} no single parameter loses the level of {level:g} within its limits.")  # fmt: skip


def _reached(found: Mapping[str, Any]) -> str:
    """The best that was found, where, and which level everything below is given for."""
    best = found["reached"]
    if best is None:
        return "No parameter can move, so that there is nothing to look for."
    where = ", ".join(f"{_plain(s['parameter'])} {s['value']:.4g} {s['unit']}".strip() for s in best["best_settings"])
    place = f" at {where}" if where else ""
    if best["level"] == found["level"]:
        return (
            f"P(all in specification) of at least {found['level']:g} is reached: {best['best_chance']:.2f} at best{place}. "
            f"Ranges are given for that level around {best['ranges_around']}."
        )
    start = (
        f"No settings found within the limits reach P(all in specification) of {found['level']:g}. The best found reach "
        f"{best['best_chance']:.2f}{place}. "
    )
    if best["level"] is None:
        return start + f"That is below {min(LOWER_LEVELS):g}, the lowest level that is looked at, so no range can be given."
    return (
        f"{start}Ranges are therefore given for {best['level']:g}, the highest of the levels looked at that is reached, around "
        f"{best['ranges_around']}. They do not hold the wanted level."
    )


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
    short = f"{found['level']:g} is not reached on it. " if given["level"] < found["level"] else ""
    return (
        f"{short}P(all in spec) is at least {given['level']:g} in {given['share_of_design_space']:.0%} of the map of {both}."
    )


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
    best = f"The best setting of this search reaches {given['best_chance']:.2f}."
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
