"""The bridge in display units: one list per view. All lists have the same sum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.bridge.bridge import BridgeShares
from pipeline.answers.bridge.causes import Cause, carried_over, place_changes
from pipeline.answers.result.bridge import (
    AttributeBridge,
    Bridge,
    CauseShare,
    OperationShare,
    QuantityShare,
    StepShare,
)
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import shown
from pipeline.domain.errors import listed
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit
from pipeline.features.catalogue import units_of
from pipeline.features.scales import sizes_of_steps
from pipeline.operations.scale_features import LOGARITHM, size_of

METHOD = (
    "Shapley values of f(proposed) minus the mean of f over the product's reference batches; every coalition of causes is a batch "
    "whose quantities follow from its own settings and vessel (Shapley 1953; Štrumbelj and Kononenko 2014; Lundberg and Lee 2017; "
    "Merrick and Taly 2020)"
)
OTHERS = "smaller shares together"
MAIN = 0.01
"""Share of the sum of absolute changes below which a quantity has no line of its own."""
SHOWN = 3
"""Largest number of changes that one line names, for the equipment of a step."""
PROCESS_ITSELF = "not of one operation"
Names = Mapping[str, str]
"""Attribute or feature → display name."""


@dataclass(frozen=True)
class _Between:
    """Input of all parts of a summary: both ends of the bridge, units and display names."""

    process: Process
    made: BridgeShares
    proposed: pl.DataFrame
    """1 feature row."""
    reference: pl.DataFrame
    """Feature rows of the reference batches."""
    units: Mapping[str, Unit]
    names: Names


def bridge_summary(
    process: Process, made: BridgeShares, proposed: pl.DataFrame, reference: pl.DataFrame, names: Names
) -> Bridge:
    """Return a bridge in display units, the largest shares first. Its targets are attributes, or features that are numbers.

    proposed: 1 feature row; reference: feature rows of the reference batches.
    """
    between = _Between(process, made, proposed, reference, units_of(process), names)
    return Bridge(
        METHOD,
        reference.height,
        tuple(reference["product"].unique().sort()),
        made.exact,
        _carried(process, made),
        {target: _attribute(between, target) for target in made.shares},
    )


def _carried(process: Process, made: BridgeShares) -> dict[str, str]:
    exchanged = any(cause.kind == "equipment" for cause in made.causes)
    return carried_over(process, list(made.causes)) if exchanged else {}


def _attribute(between: _Between, target: str) -> AttributeBridge:
    attribute = between.process.attributes.get(target)
    made, unit = between.made, between.units[target] if attribute is None else attribute.si
    shares = made.shares[target] / unit.factor
    start, end = (unit.from_si(float(frame[target][0])) for frame in (made.reference, made.proposed))
    operations = _operations(between.process, made.quantities)
    columns = shares.sum(axis=0)
    by_operation = {name: float(columns[[o == name for o in operations]].sum()) for name in dict.fromkeys(operations)}
    return AttributeBridge(
        unit.label,
        start,
        end,
        end - start,
        _by_cause(between, shares),
        _by_quantity(between, columns),
        tuple(OperationShare(name, change) for name, change in _ranked(by_operation.items()) if change != 0),
        made.error[target] / unit.factor,
        _by_step(between.process, made.causes, shares.sum(axis=1)),
    )


def _by_step(process: Process, causes: Iterable[Cause], changes: FloatArray) -> tuple[StepShare, ...]:
    """Return the sum of the changes of the causes of each step. changes: shape (causes,)."""
    steps = [cause.step for cause in causes]
    return tuple(
        StepShare(step, float(changes[[own == step for own in steps]].sum())) for step in process.steps if step in steps
    )


def _by_cause(between: _Between, shares: FloatArray) -> tuple[CauseShare, ...]:
    lines = [
        CauseShare(cause.name, cause.kind, _change(between, cause), float(of_cause.sum()), _by_quantity(between, of_cause))
        for cause, of_cause in zip(between.made.causes, shares, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: -abs(line.change)))


def _change(between: _Between, cause: Cause) -> str:
    """Return the change in words, such as `210 rpm → 36 rpm`. For a cause of many columns, return their names."""
    process, proposed, reference = between.process, between.proposed, between.reference
    if cause.kind == "unstated":
        return "taken as the reference does, or unknown"
    if cause.kind == "equipment":
        if process.axis is not None:
            return _change_of_place(between)
        size = process.attributes[process.scale.attribute].si
        scales = f"{shown(_median(reference, 'scale'), size)} → {shown(proposed['scale'][0], size)}"
        parts = [scales] if process.states_scale else []
        if proposed["equipment"][0] is not None:
            parts.append(f"{_words(reference['equipment'])} → {proposed['equipment'][0]}")
        return ", ".join(parts)
    if len(cause.columns) > 1:
        if cause.step is not None:
            return ", ".join(f"{between.names.get(name, name)} {_span(between, name)}" for name in cause.columns[:SHOWN])
        return ", ".join(between.names.get(name, name) for name in cause.columns)
    return _span(between, cause.columns[0])


def _span(between: _Between, name: str) -> str:
    """Return a change in words, such as `210 rpm → 36 rpm`."""
    units, reference = between.units, between.reference
    before = _median(reference, name) if name in units else _words(reference[name])
    return f"{shown(before, units.get(name))} → {shown(_proposed(between.proposed[name]), units.get(name))}"


def _change_of_place(between: _Between) -> str:
    """Return the changes of site, device and batch size in words, such as `Visp → Cork`."""
    process, proposed, reference = between.process, between.proposed, between.reference
    unit, texts = process.attributes[process.scale.attribute].si, []
    for name in place_changes(process, proposed, reference):
        if (column := {"site": "site", "device": "equipment"}.get(name)) is not None:
            texts.append(f"{_words(reference[column])} → {proposed[column][0] or 'not stated'}")
        else:
            texts.append(f"{shown(_median(reference, 'scale'), unit)} → {shown(proposed['scale'][0], unit)}")
    return ", ".join(texts) or "properties of the equipment"


def _words(values: pl.Series) -> str:
    if values.dtype == pl.Array:
        return f"{values.count()} spectra" if values.count() else "unknown"
    found = values.drop_nulls().unique().sort().to_list()
    return "unknown" if not found else listed(found, 3)


def _proposed(values: pl.Series) -> float | str | None:
    """Return the value of the proposed batch; a spectrum in words."""
    return "its own spectrum" if values.dtype == pl.Array and values[0] is not None else values[0]


def _median(rows: pl.DataFrame, name: str) -> float | None:
    value = rows[name].cast(pl.Float64).median()
    return None if value is None else float(value)  # type: ignore[arg-type]


def _by_quantity(between: _Between, changes: FloatArray) -> tuple[QuantityShare, ...]:
    """Return quantities with their shares, the largest first. Small ones are summed in one line, so that the sum stays the same."""
    ranked = _ranked((n, float(c)) for n, c in zip(between.made.quantities, changes, strict=True) if c != 0)
    least = MAIN * float(np.abs(changes).sum())
    lines = [_share(between, name, change) for name, change in ranked if abs(change) >= least]
    rest = [change for _, change in ranked if abs(change) < least]
    return (*lines, *([QuantityShare(OTHERS, "", None, None, sum(rest))] if rest else []))


def _share(between: _Between, name: str, change: float) -> QuantityShare:
    after = _proposed(between.proposed[name])
    if name not in between.units:
        return QuantityShare(name, "", _words(between.reference[name]), after, change)
    unit, before = between.units[name], _median(between.reference, name)
    values = tuple(None if value is None else float(value) for value in (before, after))
    sizes = {LOGARITHM: between.process.scale.attribute, **sizes_of_steps(between.process)}
    if name in sizes:  # a batch size means something to people, its logarithm does not
        unit = between.process.attributes[sizes[name]].si
        values = tuple(None if value is None else size_of(value) for value in values)
    start, end = (None if value is None else unit.from_si(value) for value in values)
    return QuantityShare(name, unit.label, start, end, change)


def _ranked(changes: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(changes, key=lambda change: (-abs(change[1]), change[0]))


def _operations(process: Process, quantities: tuple[str, ...]) -> list[str]:
    """Return the operation of each quantity: the one that computes it or reads it as an input; a material by its name."""
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
