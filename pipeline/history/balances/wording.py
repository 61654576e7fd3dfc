"""Balances in words: one sentence per batch, and one per balance."""

import math
from collections.abc import Mapping

import polars as pl

from pipeline.domain.display import counted, in_words, percent, shown
from pipeline.domain.process.balances import Balance
from pipeline.domain.units import Unit

BROKEN = ("impossible", "too low", "too high")
"""Verdicts of a balance that does not close, the gravest first."""
_WORDS = {
    "step": ("taken", "given", "yield"),
    "handed over": ("given", "taken by the next steps", "share"),
    "received": ("received in its transfers", "taken by its own record", "ratio"),
}
"""Kind of balance → what the two amounts and their ratio are."""
_WHAT = {"step": "", "handed over": ", handed over", "received": ", received"}


def sentence(row: Mapping[str, object], unit: Unit) -> str:
    """Say what was taken and given in a batch, and what was expected. row: a row of the table of balances, in SI.

    >>> from pipeline.domain.units import unit
    >>> amounts = {"kind": "step", "step": "capture", "batch_id": "CA-031", "taken": 1.24, "given": 1.31, "lost": None}
    >>> found = {"closure": 1.0565, "expected": 0.93, "lower": 0.88, "upper": 0.97, "possible": 1.043, "verdict": "impossible"}
    >>> sentence(amounts | found, unit("g"))
    'capture batch CA-031: 1,240 g taken, 1,310 g given: yield 1.06, expected 0.93 (0.88 to 0.97); errors explain at most 1.04'
    >>> sentence(amounts | found | {"given": 1.0, "lost": 0.1, "closure": 0.887, "verdict": "closes"}, unit("g"))
    'capture batch CA-031: 1,240 g taken, 1,000 g given, 100 g lost: closure 0.89, expected 0.93 (0.88 to 0.97)'
    """
    came, went, ratio = _WORDS[str(row["kind"])]
    parts = [f"{_amount(row['taken'], unit)} {came}", f"{_amount(row['given'], unit)} {went}"]
    if row["lost"] is not None:
        parts, ratio = [*parts, f"{_amount(row['lost'], unit)} lost"], "closure"
    places = _decimals(row)
    return (
        f"{in_words(str(row['step']))} batch {row['batch_id']}: {', '.join(parts)}: "
        f"{ratio} {_written(row['closure'], places)}{_expected(row, places)}"
    )


def _expected(row: Mapping[str, object], places: int) -> str:
    words = ""
    if row["lower"] is not None and row["kind"] != "handed over":
        middle, lower, upper = (_written(row[name], places) for name in ("expected", "lower", "upper"))
        words = f", expected {middle} ({lower} to {upper})"
    if row["verdict"] == "impossible":
        words += f"; errors explain at most {_written(row['possible'], places)}"
    return words


def _amount(value: object, unit: Unit) -> str:
    return shown(value if isinstance(value, float) else None, unit, 4)


def _decimals(row: Mapping[str, object]) -> int:
    """Decimals that show the width of the limits: two, or more where they are narrow."""
    lower, upper, possible = row["lower"], row["upper"], row["possible"]
    widths = [upper - lower] if isinstance(lower, float) and isinstance(upper, float) else []
    widths += [2 * (possible - 1)] if isinstance(possible, float) and row["verdict"] == "impossible" else []
    narrowest = min([width for width in widths if width > 0], default=1.0)
    return min(max(2, math.ceil(-math.log10(narrowest / 5))), 5)


def _written(value: object, places: int) -> str:
    return f"{value:,.{places}f}" if isinstance(value, float) else "unknown"


def headline(step: str, name: str, kind: str, balance: Balance, table: pl.DataFrame) -> str:
    """Say how many balances of one kind were judged, and how many do not close. table: rows of this step, balance and kind."""
    judged = table.filter(pl.col("verdict") != "not judged").height
    broken = table.filter(pl.col("verdict").is_in(BROKEN)).height
    what = f"{in_words(step)}, {in_words(name)}{_WHAT[kind]}"
    if not judged:
        return f"{what}: no batch could be judged."
    declared = f"{'at most ' if kind == 'handed over' else ''}{percent(balance.false_alarms)}"
    return (
        f"{what}: {broken:,} of {judged:,} judged batches {'does' if broken == 1 else 'do'} not close. "
        f"The check also reports {declared} of batches without a fault."
    )


def not_judged(table: pl.DataFrame) -> list[str]:
    """Say how many batches were not judged, and why: one sentence per reason. table: rows of one step, balance and kind."""
    counts = table.filter(pl.col("verdict") == "not judged").group_by("reason").len().sort("reason")
    return [
        f"{counted(number, 'batch')} {'was' if number == 1 else 'were'} not judged: {why}."
        for why, number in counts.iter_rows()
    ]
