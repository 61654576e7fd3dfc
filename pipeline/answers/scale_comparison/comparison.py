"""Which quantities match between two scales, and how the others change if one of them is held constant.

Holding one scale-up criterion constant changes others (Paul, Atiemo-Obeng, Kresta 2004, Handbook of Industrial Mixing,
chapter 18). The comparison says by how much. It uses the formulas of the model inputs.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.result.scale_comparison import ComparedQuantity, Holding, ScaleComparison
from pipeline.answers.scale_comparison.hold import following, hold, inputs_of, is_possible, rebuilt
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import digits, percent, span, with_unit
from pipeline.domain.memo import Memo
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit
from pipeline.features.catalogue import CatalogueEntry, catalogue, units_of
from pipeline.features.scales import scale_quantities
from pipeline.features.uninformative import uninformative

MOST_NAMED = 4
"""Largest number of quantities that a sentence names."""


def scale_comparison(
    process: Process,
    proposed: pl.DataFrame,
    reference: pl.DataFrame,
    rows: pl.DataFrame,
    tolerance: float,
    names: Mapping[str, str],
    *,
    holding: bool = True,
    memo: Memo | None = None,
) -> ScaleComparison:
    """Compare every quantity at both scales, and compute the settings that would hold each constant.

    proposed: 1 feature row; reference: the batches compared with (medians); rows: all history, for the ranges seen; tolerance:
    largest deviation of a ratio from one that counts as matched; names: feature → display name. Without reference batches no
    quantity can be held. A quantity that is constant, or equal to another one, in history and in the proposal is left out. holding:
    compute the settings; they take most of the time. memo: keeps what depends on `process` and `rows` alone, for further proposals.
    """
    memo = memo or Memo()
    quantities = memo.of("comparable quantities", lambda: _quantities(process, rows))
    now = proposed.row(0, named=True)
    entries = [entry for entry in quantities.entries if entry.feature in now]
    same = _same_everywhere(entries, proposed, rows, memo)
    names_there = [n for n in dict.fromkeys([*(e.feature for e in entries), *quantities.computed]) if n in now]
    before = _medians(reference, names_there)
    known = [n for n in quantities.computed if n not in same and (now.get(n) or 0) > 0 and (before.get(n) or 0) > 0]
    target = {name: float(before[name] or 0.0) for name in known}
    return ScaleComparison(
        tolerance,
        tuple(
            _compared(entry, quantities, now[entry.feature], before[entry.feature], target, tolerance)
            for entry in entries
            if entry.feature not in same
        ),
        _holdings(process, proposed, rows, quantities.units, target, tolerance, names) if holding else (),
        tuple(
            _why_left_out(entry, same[entry.feature], quantities.units[entry.feature], proposed, rows, names)
            for entry in entries
            if entry.feature in same
        ),
    )


@dataclass(frozen=True)
class _Quantities:
    """The comparable quantities of a process, and their ranges in history."""

    entries: tuple[CatalogueEntry, ...]
    units: Mapping[str, Unit]
    computed: tuple[str, ...]
    """Features that an operation computes, in the order of the catalogue."""
    ends: Mapping[str, tuple[float | None, float | None]]
    """Smallest and largest value in history, SI."""


def _quantities(process: Process, rows: pl.DataFrame) -> _Quantities:
    sizes, units = scale_quantities(process), units_of(process)
    entries = [entry for entry in catalogue(process) if entry.role == "similarity" and entry.feature not in sizes]
    names = [entry.feature for entry in entries if entry.feature in rows.columns]
    ends = {name: (_number(rows[name].min()), _number(rows[name].max())) for name in names}
    return _Quantities(tuple(entries), units, tuple(n for n in units if inputs_of(process, n)), ends)


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _holdings(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    units: Mapping[str, Unit],
    target: dict[str, float],
    tolerance: float,
    names: Mapping[str, str],
) -> tuple[Holding, ...]:
    spread = _spread(rows, list(target))
    return tuple(
        line
        for setting in _settings(process, proposed, list(target))
        for line in _held(process, proposed, rows, setting, units[setting], target, spread, tolerance, names)
    )


def _same_everywhere(
    entries: list[CatalogueEntry], proposed: pl.DataFrame, rows: pl.DataFrame, memo: Memo
) -> dict[str, str | None]:
    """Return the quantities that say nothing in history and proposal together: quantity → its twin, or None if constant."""
    known = [entry for entry in entries if proposed[entry.feature][0] is not None]
    columns = [entry.feature for entry in known]
    in_question = memo.of(("in question", *columns), lambda: _in_question(known, rows.select(columns)))
    some = [entry for entry in known if entry.feature in in_question]
    columns = [entry.feature for entry in some]
    return uninformative(some, pl.concat([rows.select(columns), proposed.select(columns)])) if some else {}


def _in_question(entries: list[CatalogueEntry], rows: pl.DataFrame) -> frozenset[str]:
    """Return the quantities that are constant in history or equal another one there, and those that they equal.

    All others also differ with a proposal as a further row. A quantity without any value in history may do either.
    """
    alone = [entry.feature for entry in entries if not rows[entry.feature].count()]
    if alone:
        return frozenset(entry.feature for entry in entries)
    pairs = itertools.combinations(entries, 2)
    twins = {e.feature for pair in pairs if uninformative(pair, rows.select(e.feature for e in pair)) for e in pair}
    return frozenset(twins | set(uninformative(entries, rows)))


def _why_left_out(
    entry: CatalogueEntry, twin: str | None, own: Unit, proposed: pl.DataFrame, rows: pl.DataFrame, names: Mapping[str, str]
) -> str:
    """Return the sentence for a quantity that says nothing. twin: the quantity that it equals; None if it is constant."""
    name, known = entry.feature, rows[entry.feature].count()
    value = with_unit(digits(own.from_si(float(proposed[name][0]))), own.label)
    why = f"has the same value, {value}," if twin is None else f"equals {names[twin]}"
    batches = f"all {known} batches of history" + ("" if known == rows.height else " in which it is known")
    return f"Left out: {names[name]} ({entry.description}). It {why} in {batches} and in the proposal."


def _positive(row: pl.DataFrame, name: str) -> bool:
    return name in row.columns and row[name][0] is not None and float(row[name][0]) > 0


def _medians(rows: pl.DataFrame, names: list[str]) -> dict[str, float | None]:
    """Return the median of each quantity; None without rows or values."""
    return rows.select(pl.col(names).median()).row(0, named=True) if rows.height and names else dict.fromkeys(names)


def _compared(
    entry: CatalogueEntry,
    quantities: _Quantities,
    proposed: float | None,
    reference: float | None,
    target: Mapping[str, float],
    tolerance: float,
) -> ComparedQuantity:
    name, own = entry.feature, quantities.units[entry.feature]
    found = (reference, proposed, *quantities.ends[name])
    before, now, smallest, largest = (None if x is None else own.from_si(float(x)) for x in found)
    ratio = now / before if now is not None and before else None
    matched = abs(proposed / target[name] - 1) <= tolerance if proposed is not None and name in target else None
    return ComparedQuantity(name, entry.unit, entry.description, before, now, ratio, matched, smallest, largest)


def _settings(process: Process, proposed: pl.DataFrame, names: list[str]) -> list[str]:
    """Return the settings (CPP) that at least one of the quantities depends on."""
    used = dict.fromkeys(attribute for name in names for attribute in inputs_of(process, name))
    return [name for name in used if process.attributes[name].role == "CPP" and _positive(proposed, name)]


def _held(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    setting: str,
    unit: Unit,
    target: dict[str, float],
    spread: dict[str, float],
    tolerance: float,
    names: Mapping[str, str],
) -> list[Holding]:
    """Return one line per quantity that depends on the setting: the value needed, and the change of the other quantities."""
    held = [name for name in target if setting in inputs_of(process, name)]
    repeated = proposed[np.zeros(len(held), dtype=int)]
    needed = hold(process, repeated, setting, held, np.array([target[name] for name in held]))
    moved = repeated.with_columns(pl.Series(setting, needed, dtype=pl.Float64))
    then = rebuilt(process, moved, derived=following(process, proposed))
    seen, varied = _seen(process, proposed, rows, setting), {name: spread[name] for name in held}
    return [
        _holding(process, setting, unit, name, float(needed[i]), then[i], target, proposed, seen, varied, tolerance, names)
        for i, name in enumerate(held)
    ]


def _spread(rows: pl.DataFrame, names: list[str]) -> dict[str, float]:
    """Return the standard deviation of the logarithm of each quantity over history. Ratios are ranked relative to it."""
    logs = rows.select(pl.col(name).filter(pl.col(name) > 0).log().std().alias(name) for name in names)
    return {column.name: float(column[0] or 1.0) for column in logs}


def _holding(
    process: Process,
    setting: str,
    unit: Unit,
    held: str,
    needed: float,
    then: pl.DataFrame,
    target: dict[str, float],
    proposed: pl.DataFrame,
    seen: tuple[float, float] | None,
    spread: dict[str, float],
    tolerance: float,
    names: Mapping[str, str],
) -> Holding:
    solved = bool(np.isfinite(needed))
    low, high = seen if seen is not None else (-np.inf, np.inf)
    ratios = {name: float(then[name][0]) / value for name, value in target.items()} if solved else {}
    within = bool(low * (1 - 1e-9) <= needed <= high * (1 + 1e-9)) if solved and seen is not None else None
    shown = None if seen is None else (unit.from_si(low), unit.from_si(high))
    value = unit.from_si(needed) if solved else None
    return Holding(
        held,
        setting,
        unit.label,
        unit.from_si(float(proposed[setting][0])),
        value,
        shown,
        within,
        solved and is_possible(process, setting, needed),
        ratios,
        _sentence(held, setting, value, unit.label, shown if within is False else None, ratios, spread, tolerance, names),
    )


def _seen(process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, setting: str) -> tuple[float, float] | None:
    """Return the smallest and largest value of the setting on this equipment in history."""
    if process.equipment is None or proposed["equipment"][0] is None:
        return None
    values: FloatArray = rows.filter(pl.col("equipment") == proposed["equipment"][0])[setting].drop_nulls().to_numpy()
    return (float(values.min()), float(values.max())) if len(values) else None


def _sentence(
    held: str,
    setting: str,
    needed: float | None,
    unit: str,
    outside: tuple[float, float] | None,
    ratios: Mapping[str, float],
    spread: Mapping[str, float],
    tolerance: float,
    names: Mapping[str, str],
) -> str:
    """Return the line in words: the value needed, and the quantities of the same setting that then change most.

    outside: range seen on the equipment, given only if the value needed lies outside it. spread: quantity → standard deviation of
    its logarithm over history. It sets the order: a ratio of two is small for a power that spans decades.
    """
    if needed is None:
        return f"No {names[setting]} holds {names[held]} constant in this vessel."
    moved = [(n, ratios[n]) for n in spread if n != held and ratios.get(n) and abs(ratios[n] - 1) > tolerance]
    worst = sorted(moved, key=lambda other: -abs(np.log(other[1])) / spread[other[0]])[:MOST_NAMED]
    text = f"Holding {names[held]} constant needs {names[setting]} = {with_unit(digits(needed), unit)}"
    if outside is not None:
        text += f" (this equipment has run at {span(*outside)})"
    if not worst:
        return f"{text}; every other quantity that it moves stays within {percent(tolerance)}."
    return f"{text}; then " + ", ".join(f"{names[name]} ×{digits(ratio)}" for name, ratio in worst) + "."
