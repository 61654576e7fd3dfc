"""What stays alike between two scales, what cannot, and what it would cost to hold each quantity.

No single criterion of scale-up can be held without breaking another one (Paul, Atiemo-Obeng, Kresta 2004, Handbook of Industrial
Mixing, chapter 18): the table says by how much, with the formulas that the model is fed with.
"""

from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.scale_comparison.hold import hold, inputs_of, rebuilt
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import digits, in_words, label, number
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import units_of

MATCHED = 0.1
"""Two values count as matched where their ratio is within this share of one; 10 % is how well the formulas are known at best."""


def conflicts(process: Process, proposed: pl.DataFrame, reference: pl.DataFrame, rows: pl.DataFrame) -> dict[str, Any]:
    """Compare every quantity at both scales and solve each for the settings that could hold it.

    proposed: 1 feature row; reference: the batches compared with (medians); rows: all history, for the range that the equipment
    has been run at. Returns plain data in display units: `tolerance`, `quantities` and `holding`.
    """
    names = [name for name in _quantities(process) if _known(proposed, name) and _median(reference, name) is not None]
    target = {name: float(_median(reference, name) or 0.0) for name in names}
    spread = _spread(rows, names)
    return {
        "tolerance": MATCHED,
        "quantities": [_compared(process, proposed, name, target[name]) for name in names],
        "holding": [
            line
            for setting in _settings(process, proposed, names)
            for line in _held(process, proposed, rows, setting, target, spread)
        ],
    }


def _quantities(process: Process) -> list[str]:
    return [name for name in units_of(process) if len(inputs_of(process, name)) > 0]


def _known(row: pl.DataFrame, name: str) -> bool:
    return name in row.columns and row[name][0] is not None and float(row[name][0]) > 0


def _median(rows: pl.DataFrame, name: str) -> float | None:
    value = rows[name].median() if rows.height else None
    return None if value is None or float(value) <= 0 else float(value)  # type: ignore[arg-type]


def _compared(process: Process, proposed: pl.DataFrame, name: str, reference: float) -> dict[str, Any]:
    own = units_of(process)[name]
    ratio = float(proposed[name][0]) / reference
    return {
        "quantity": name,
        "unit": label(own),
        "reference": number(own.from_si(reference)),
        "proposed": number(own.from_si(float(proposed[name][0]))),
        "ratio": number(ratio),
        "matched": bool(abs(ratio - 1) <= MATCHED),
    }


def _settings(process: Process, proposed: pl.DataFrame, names: list[str]) -> list[str]:
    """Settings that a person may change and that a quantity depends on."""
    used = dict.fromkeys(attribute for name in names for attribute in inputs_of(process, name))
    return [name for name in used if process.attributes[name].role == "CPP" and _known(proposed, name)]


def _held(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    setting: str,
    target: dict[str, float],
    spread: dict[str, float],
) -> list[dict[str, Any]]:
    """One line per quantity that the setting could hold: the setting needed and what happens to the other quantities."""
    held = [name for name in target if setting in inputs_of(process, name)]
    repeated = proposed[np.zeros(len(held), dtype=int)]
    needed = hold(process, repeated, setting, held, np.array([target[name] for name in held]))
    then = rebuilt(process, repeated.with_columns(pl.Series(setting, needed, dtype=pl.Float64)))
    seen = _seen(process, proposed, rows, setting)
    lines = [
        _line(process, setting, name, float(needed[i]), then[i : i + 1], target, proposed, seen)
        for i, name in enumerate(held)
    ]
    return [line | {"sentence": sentence(line, {name: spread[name] for name in held})} for line in lines]


def _spread(rows: pl.DataFrame, names: list[str]) -> dict[str, float]:
    """How far history has varied each quantity, standard deviation of its logarithm: what a ratio has to be seen against."""
    logs = rows.select(pl.col(name).filter(pl.col(name) > 0).log().std().alias(name) for name in names)
    return {column.name: float(column[0] or 1.0) for column in logs}


def _line(
    process: Process,
    setting: str,
    held: str,
    needed: float,
    then: pl.DataFrame,
    target: dict[str, float],
    proposed: pl.DataFrame,
    seen: tuple[float, float] | None,
) -> dict[str, Any]:
    own = units_of(process)[setting]
    solved = bool(np.isfinite(needed))
    low, high = seen if seen is not None else (-np.inf, np.inf)
    ratios = {name: number(float(then[name][0]) / value) for name, value in target.items()} if solved else {}
    return {
        "hold": held,
        "setting": setting,
        "unit": label(own),
        "proposed": number(own.from_si(float(proposed[setting][0]))),
        "needed": number(own.from_si(needed)) if solved else None,
        "seen_on_equipment": None if seen is None else [number(own.from_si(low)), number(own.from_si(high))],
        "within_seen": bool(low * (1 - 1e-9) <= needed <= high * (1 + 1e-9)) if solved and seen is not None else None,
        "possible": solved and _possible(process, setting, needed),
        "ratios": ratios,
    }


def _possible(process: Process, setting: str, needed: float) -> bool:
    between = process.attributes[setting].between
    low, high = (-np.inf, np.inf) if between is None else (process.attributes[setting].si.to_si(x) for x in between)
    return bool(low <= needed <= high)


def _seen(process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, setting: str) -> tuple[float, float] | None:
    """Smallest and largest value that history has run on this equipment: what it is known to be able to do."""
    if process.equipment is None or proposed["equipment"][0] is None:
        return None
    own: FloatArray = rows.filter(pl.col("equipment") == proposed["equipment"][0])[setting].drop_nulls().to_numpy()
    return (float(own.min()), float(own.max())) if len(own) else None


def sentence(line: dict[str, Any], spread: dict[str, float], most: int = 4) -> str:
    """The line in words: what is needed, and which quantities of the same setting then move most.

    spread: quantity → how far history has varied it, for the order: a ratio of two is little for a power that spans decades.
    """
    held, setting = in_words(line["hold"]), in_words(line["setting"])
    if line["needed"] is None:
        return f"No {setting} holds {held} constant in this vessel."
    others = [(name, line["ratios"][name]) for name in spread if name != line["hold"] and line["ratios"].get(name)]
    moved = [(name, ratio) for name, ratio in others if abs(ratio - 1) > MATCHED]
    worst = sorted(moved, key=lambda other: -abs(np.log(other[1])) / spread[other[0]])[:most]
    text = f"Holding {held} constant needs {setting} = {digits(line['needed'])} {line['unit']}".strip()
    if line["within_seen"] is False:
        low, high = line["seen_on_equipment"]
        text += f" (this equipment has run at {digits(low)} to {digits(high)})"
    if not worst:
        return f"{text}; every other quantity that it moves stays within {100 * MATCHED:.0f} %."
    return f"{text}; then " + ", ".join(f"{in_words(name)} ×{digits(ratio)}" for name, ratio in worst) + "."
