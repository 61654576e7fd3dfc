"""The domain of an answer as plain data and in words; the same words in terminal, result.json and page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from pipeline.answers.applicability.evidence import OUTSIDE, THIN, UNSEEN, Evidence
from pipeline.domain.display import digits, in_words, six_digits
from pipeline.domain.process.process import Process
from pipeline.forecasting.calibrated_model import CalibratedModel

HEADS = {
    "inside": "Inside what history has seen",
    "edge": "At the edge of what history has seen",
    "refused": "Refused, beyond what the model can answer for",
}
CAUTION = "Read the intervals as a lower bound of the uncertainty."


def refusals(finals: Mapping[str, CalibratedModel], row: pl.DataFrame) -> dict[str, str]:
    """Variable → why the models do not answer for the row because of it alone."""
    found: dict[str, str] = {}
    for final in finals.values():
        if final.reasons(row)[0] is None:
            continue
        known = final.extent
        alone = {name: replace(known, levels={name: given}, ranges={}) for name, given in known.levels.items()}
        alone |= {name: replace(known, levels={}, ranges={name: ends}) for name, ends in known.ranges.items()}
        reasons = row.select(one.reasons().alias(name) for name, one in alone.items()).row(0, named=True)
        found |= {name: reason for name, reason in reasons.items() if reason is not None}
    return found


def domain(process: Process, found: Evidence, targets: list[str], results: pl.DataFrame) -> dict[str, Any]:
    """One status and the status of each variable, the nearest batches with what was measured on them, and one sentence.

    results: batch_id, attribute, value of all batches, SI; the answer is in display units.
    """
    unit = process.attributes[process.scale.attribute].si
    variables = [_line(one) for one in found.variables.iter_rows(named=True)]
    return {
        "status": found.status,
        "sentence": _sentence(found.status, variables, found.distance),
        "distance": six_digits(found.distance),
        "variables_compared": len(variables),
        "variables": variables,
        "nearest": [
            line
            | {"scale": six_digits(unit.from_si(line["scale"])), "distance": six_digits(line["distance"])}
            | {"results": _measured(process, line["batch_id"], targets, results)}
            for line in found.nearest.iter_rows(named=True)
        ],
    }


def not_inside(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines of the variables that are not inside."""
    return [line for line in given["variables"] if line["status"] != "inside"]


def _line(one: dict[str, Any]) -> dict[str, Any]:
    """A variable's line: a word in the place of the number where it is one."""
    level = one.pop("level")
    numbers = {key: None if one[key] is None else six_digits(one[key]) for key in ("proposed", "smallest", "largest")}
    return one | numbers | ({} if level is None else {"proposed": level})


def _measured(process: Process, batch: str, targets: list[str], results: pl.DataFrame) -> dict[str, float | None]:
    own = dict(results.filter(pl.col("batch_id") == batch).select("attribute", "value").iter_rows())
    return {t: six_digits(process.attributes[t].si.from_si(own[t])) if t in own else None for t in targets}


def _sentence(status: str, variables: list[dict[str, Any]], distance: float) -> str:
    if status == "inside":
        return f"{HEADS[status]}: all {len(variables)} variables compared lie among its batches."
    parts = [f"{why}: {', '.join(names)}" for why, names in _by_reason(variables).items()]
    if distance > 1:
        parts.append(f"the nearest batch is {digits(distance)} times as far as 95 % of batches are from theirs")
    return f"{HEADS[status]}: {'; '.join(parts)}. {CAUTION if status == 'edge' else ''}".strip()


def _by_reason(variables: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Reason → names in words; refusals first, each with the reason that the model gives."""
    given: dict[str, list[str]] = {}
    for line in variables:
        if line["status"] == "refused":
            given.setdefault("no answer because of", []).append(f"{in_words(line['variable'])} ({line['why']})")
    for why in (OUTSIDE, UNSEEN, THIN):
        names = [in_words(line["variable"]) for line in variables if line["status"] == "edge" and line["why"] == why]
        if names:
            given[why] = names
    return given
