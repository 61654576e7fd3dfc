"""The bridge as plain data in display units: one list per level, each with the same sum."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.bridge.bridge import Bridge, FloatArray
from pipeline.answers.bridge.causes import UNSTATED, Cause, carried_over
from pipeline.domain.display import in_words, number, shown
from pipeline.domain.errors import listed
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit
from pipeline.features.catalogue import units_of

METHOD = (
    "Shapley values of f(proposed) minus the mean of f over the product's reference batches; every coalition of causes is a batch "
    "whose quantities follow from its own settings and vessel (Shapley 1953; Štrumbelj and Kononenko 2014; Lundberg and Lee 2017; "
    "Merrick and Taly 2020)"
)
OTHERS = "smaller shares together"
MAIN = 0.01
"""Share of the sum of sizes under which a quantity is not listed by itself."""
PROCESS_ITSELF = "not of one operation"


def bridge_answer(process: Process, made: Bridge, proposed: pl.DataFrame, reference: pl.DataFrame) -> dict[str, Any]:
    """Give a bridge as plain data.

    `carried`: setting → the quantity that it keeps when the vessel alone is exchanged. Per attribute: reference, proposed and
    difference, then `by_cause` (with the quantities each cause acts through), `by_quantity` and `by_operation`, largest first;
    each list sums to the difference.
    """
    return {
        "method": METHOD,
        "background": {
            "batches": reference.height,
            "products": reference["product"].unique().sort().to_list(),
            "exact": made.exact,
        },
        "carried": _carried(process, made),
        "attributes": {
            target: _attribute(process, made, target, process.attributes[target].si, proposed, reference)
            for target in made.shares
        },
    }


def _carried(process: Process, made: Bridge) -> dict[str, str]:
    exchanged = any(cause.kind == "equipment" for cause in made.causes)
    found = carried_over(process, list(made.causes)) if exchanged else {}
    return {setting: quantity.partition(".")[2] for setting, quantity in found.items()}


def _attribute(
    process: Process, made: Bridge, target: str, own: Unit, proposed: pl.DataFrame, reference: pl.DataFrame
) -> dict[str, Any]:
    shares = made.shares[target] / own.factor
    start, end = (own.from_si(float(frame[target][0])) for frame in (made.reference, made.proposed))
    operations = _operations(process, made.quantities)
    columns = shares.sum(axis=0)
    by_operation = {name: float(columns[[o == name for o in operations]].sum()) for name in dict.fromkeys(operations)}
    return {
        "unit": own.label,
        "reference": number(start),
        "proposed": number(end),
        "difference": number(end - start),
        "by_cause": _by_cause(process, made, shares, proposed, reference),
        "by_quantity": _listed(process, made.quantities, columns, proposed, reference),
        "by_operation": [
            {"operation": name, "change": number(change)} for name, change in _ranked(by_operation.items()) if change != 0
        ],
        "largest_sampling_error": number(made.error[target] / own.factor),
    }


def _by_cause(
    process: Process, made: Bridge, shares: FloatArray, proposed: pl.DataFrame, reference: pl.DataFrame
) -> list[dict[str, Any]]:
    lines = [
        {
            "cause": cause.name,
            "kind": cause.kind,
            "what": what(process, cause, proposed, reference),
            "change": number(float(shares[i].sum())),
            "through": _listed(process, made.quantities, shares[i], proposed, reference),
        }
        for i, cause in enumerate(made.causes)
    ]
    return sorted(lines, key=lambda line: -abs(line["change"]))


def what(process: Process, cause: Cause, proposed: pl.DataFrame, reference: pl.DataFrame) -> str:
    """What changes, in words: `210 rpm → 36 rpm`; for a cause of many columns what tells the reader most."""
    if cause.name == UNSTATED:
        return "taken as the reference does, or unknown"
    if cause.kind == "equipment":
        size = process.attributes[process.scale.attribute].si
        parts = [f"{shown(_median(reference, 'scale'), size)} → {shown(proposed['scale'][0], size)}"]
        if proposed["equipment"][0] is not None:
            parts.append(f"{_words(reference['equipment'])} → {proposed['equipment'][0]}")
        return ", ".join(parts)
    if len(cause.columns) > 1:
        return ", ".join(in_words(name) for name in cause.columns)
    name, units = cause.columns[0], units_of(process)
    before = _median(reference, name) if name in units else _words(reference[name])
    return f"{shown(before, units.get(name))} → {shown(proposed[name][0], units.get(name))}"


def _words(values: pl.Series) -> str:
    names = values.drop_nulls().unique().sort().to_list()
    return "unknown" if not names else listed(names, 3)


def _median(rows: pl.DataFrame, name: str) -> float | None:
    value = rows[name].cast(pl.Float64).median()
    return None if value is None else float(value)  # type: ignore[arg-type]


def _listed(
    process: Process, names: Iterable[str], changes: FloatArray, proposed: pl.DataFrame, reference: pl.DataFrame
) -> list[dict[str, Any]]:
    """Quantities with their shares, largest first; the small ones as one line, so that the list keeps its sum."""
    units, ranked = units_of(process), _ranked((n, float(c)) for n, c in zip(names, changes, strict=True) if c != 0)
    least = MAIN * float(np.abs(changes).sum())
    lines = [
        {
            "quantity": name,
            "unit": units[name].label if name in units else "",
            "reference": _display(_median(reference, name), units[name]) if name in units else _words(reference[name]),
            "proposed": _display(proposed[name][0], units[name]) if name in units else proposed[name][0],
            "change": number(change),
        }
        for name, change in ranked
        if abs(change) >= least
    ]
    rest = [change for _, change in ranked if abs(change) < least]
    if rest:
        lines.append({"quantity": OTHERS, "unit": "", "reference": None, "proposed": None, "change": number(sum(rest))})
    return lines


def _display(value: float | None, own: Unit) -> float | None:
    return None if value is None else number(own.from_si(float(value)))


def _ranked(changes: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(changes, key=lambda change: (-abs(change[1]), change[0]))


def _operations(process: Process, quantities: tuple[str, ...]) -> list[str]:
    """The operation of each quantity: that which offers it, or that which takes it as an input; materials by their name."""
    taken = {
        attribute: name
        for name, operation in process.operations.items()
        for attribute in (*operation.inputs.values(), *operation.tags.values())
    }

    def of(name: str) -> str:
        if name.partition(".")[0] in process.operations and "." in name:
            return name.partition(".")[0]
        attribute = process.attributes.get(name)
        if attribute is not None and attribute.material is not None:
            return attribute.material
        return taken.get(name, PROCESS_ITSELF)

    return [of(name) for name in quantities]
