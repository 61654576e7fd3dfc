"""Explanations, equivalence and record as sections of the page: {summary, figures, tables}, the numbers those of the result."""

from typing import Any

from pipeline.domain.display import digits, in_words, pretty_unit
from pipeline.reports.figures.equivalence import _drawn, _name, difference_figure

Section = dict[str, Any]
MOST = 4
"""Settings per attribute in the table of effects by scale."""


def explanations(given: dict[str, Any], units: dict[str, str]) -> Section:
    """What moves a product beside what tells products apart, and which setting acts more at which scale."""
    flips = [
        f"{in_words(line['feature'])} on {in_words(name)}"
        for name, lines in given["shares"].items()
        for line in lines
        if line["sign_flips"]
    ]
    moving = [
        f"{in_words(line['setting'])} on {in_words(name)} ({line['mark']})"
        for name, lines in given["interactions"].items()
        for line in lines[:MOST]
        if line["mark"] in ("changes sign", "more at the proposed scale")
    ]
    summary = [
        "Importance over all products answers what tells products apart; a scale-up asks what moves this one. "
        "Both stand side by side.",
        f"Sign reversed between the two for {len(flips)} of the main features: {', '.join(flips[:8])}. "
        "Do not read the pooled sign there."
        if flips
        else "No main feature reverses its sign between the two.",
        f"Acting more, or the other way, at the proposed scale: {', '.join(moving[:8])}."
        if moving
        else "No setting acts notably more at the proposed scale than at the reference.",
    ]
    return {"summary": summary, "tables": [_effects(given["interactions"], units), _shares(given["shares"], units)]}


def _effects(interactions: dict[str, Any], units: dict[str, str]) -> dict[str, Any]:
    rows = [
        [
            in_words(name) if place == 0 else "",
            in_words(line["setting"]),
            f"{digits(line['step'])} {pretty_unit(line['step_unit'])}".strip(),
            line["at_reference"],
            line["at_proposed"],
            pretty_unit(units[name]),
            line["mark"],
        ]
        for name, lines in interactions.items()
        for place, line in enumerate(lines[:MOST])
        if max(abs(line["at_reference"]), abs(line["at_proposed"])) > 0
    ]
    return {
        "caption": "Change of the prediction for a step of one standard deviation (within product and scale) of a setting, "
        "everything else held. Where the two columns differ, ask the plant which one holds: it is the model that says so.",
        "columns": ["attribute", "setting", "step", "at the reference", "at the proposed scale", "unit", ""],
        "rows": rows,
    }


def _shares(shares: dict[str, Any], units: dict[str, str]) -> dict[str, Any]:
    rows = [
        [
            in_words(name) if place == 0 else "",
            in_words(line["feature"]),
            line["within"],
            _sign(line["direction_within"]),
            line["pooled"],
            _sign(line["direction_pooled"]),
            pretty_unit(units[name]),
            "sign reversed" if line["sign_flips"] else "",
            "" if line["refits"] is None else f"{line['best_rank']} to {line['worst_rank']}",
        ]
        for name, lines in shares.items()
        for place, line in enumerate(lines[:MOST])
    ]
    return {
        "caption": "Mean share of the prediction, |SHAP|. Within: around each product's own mean. Arrow: the share rises or falls "
        "with the feature; no arrow where the direction is not clear. Rank over "
        "refits: on products drawn anew; a wide range is not a ranking.",
        "columns": ["attribute", "feature", "within the product", "", "all products", "", "unit", "", "rank over refits"],
        "rows": rows,
    }


def _sign(direction: float | None) -> str:
    if direction is None or abs(direction) < 0.3:
        return ""
    return "↑" if direction > 0 else "↓"


def equivalence(steps: list[dict[str, Any]]) -> Section:
    """One picture and one table per step between two scales."""
    return {
        "summary": [_conclusion(step) for step in steps],
        "figures": [{"svg": difference_figure(step), "caption": _caption(step)} for step in steps if _drawn(step)],
        "tables": [_verdicts(step) for step in steps],
    }


def _conclusion(step: dict[str, Any]) -> str:
    by_verdict: dict[str, list[str]] = {}
    for name, found in step["attributes"].items():
        by_verdict.setdefault(found["verdict"], []).append(in_words(name))
    return f"{_name(step)}: " + "; ".join(f"{verdict}: {', '.join(names)}" for verdict, names in by_verdict.items()) + "."


def _caption(step: dict[str, Any]) -> str:
    return (
        f"{_name(step)}. Difference between the scales at the set-point with its 90 % interval, in margins of equivalence. Inside "
        "the grey band: equivalent. Clear of zero and not inside: different. Otherwise the data cannot tell."
    )


def _verdicts(step: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [
            in_words(name),
            pretty_unit(found["unit"]),
            found["verdict"],
            found["difference"],
            found["lower"],
            found["upper"],
            found["margin"],
            found["slope_p"],
            found["slope_setting"] or "",
            f"{found['batches'][0]} + {found['batches'][1]} of {found['products']}",
        ]
        for name, found in step["attributes"].items()
    ]
    return {
        "caption": f"{_name(step)}. Two one-sided tests (Schuirmann 1987) within products; slopes by analysis of covariance. "
        "A large p of the slopes does not prove that they are equal.",
        "columns": [
            "attribute",
            "unit",
            "verdict",
            "difference",
            "from",
            "to",
            "margin",
            "p of equal slopes",
            "setting",
            "batches of products",
        ],
        "rows": rows,
    }


def record(given: dict[str, Any]) -> Section:
    """Question, context, risk, plan, result, limits; model and data card; hashes."""
    credibility, data, plan = given["credibility"], given["data_card"], given["credibility"]["plan"]
    summary = [
        f"Question: {credibility['question']}",
        f"Context of use: {credibility['context_of_use']}. Risk: {credibility['risk']}.",
        f"Plan: an attribute is accepted with a skill of at least {plan['least_skill']:g} against the carry-over mean and at least "
        f"{100 * plan['least_coverage']:g} % of results inside the 90 % interval under {in_words(plan['protocol'])}. "
        + plan["sentence"],
        "Result: all attributes meet the limits."
        if credibility["accepted"]
        else f"Result: not met by {_failing(credibility)}.",
        "Limits: " + (" ".join(credibility["limits"]) or "none found beyond those of the intervals."),
        f"Model: {given['model_card']['purpose']}; {given['model_card']['kind']}. Data: {digits(data['batches'])} batches of "
        f"{digits(data['products'])} products, {digits(data['smallest_scale'])} to {digits(data['largest_scale'])} "
        f"{data['scale_unit']}, {data['from'] or 'no dates'}{' to ' + data['to'] if data['to'] else ''}.",
        given["statement"],
    ]
    met = [[in_words(x["attribute"]), x["skill"], x["coverage"], "yes" if x["met"] else "no"] for x in credibility["result"]]
    return {
        "summary": summary,
        "tables": [
            {
                "caption": f"Reached on batches that the model had not seen ({in_words(plan['protocol'])}). Where not, "
                "rely on the carry-over mean.",
                "columns": ["attribute", "skill", "coverage of the 90 % interval", "meets the limits"],
                "rows": met,
            },
            {"caption": "SHA-256.", "columns": ["of", "hash"], "rows": [list(pair) for pair in given["hashes"].items()]},
        ],
    }


def _failing(credibility: dict[str, Any]) -> str:
    return ", ".join(in_words(x["attribute"]) for x in credibility["result"] if not x["met"])
