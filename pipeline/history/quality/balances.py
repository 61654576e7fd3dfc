"""Balances on the page of the data quality and among its numbers. A process without balances has neither."""

from dataclasses import dataclass

import polars as pl

from pipeline.domain.display import counted
from pipeline.domain.process.balances import Balance
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit
from pipeline.history.balances.wording import BROKEN, headline, not_judged, sentence

SHOWN = 50
"""Number of batches of one balance that the page shows. The table has all."""


@dataclass(frozen=True)
class BalanceFinding:
    """What the page says about one balance of a step, of one kind."""

    headline: str
    broken: tuple[tuple[str, str], ...]
    """Verdict and sentence of batches whose balance does not close, the gravest first."""
    more: int
    """Number of such batches that the page does not show."""
    notes: tuple[str, ...]


def balance_findings(process: Process, table: pl.DataFrame) -> list[BalanceFinding]:
    """Say what was found of each declared balance. table: the table of balances."""
    return [
        _finding(
            step,
            name,
            balance,
            process.attributes[balance.given[0]].si,
            str(kind),
            table.filter(_is(step, name) & (pl.col("kind") == kind)),
        )
        for step, declared in process.steps.items()
        for name, balance in declared.balances.items()
        for kind in table.filter(_is(step, name))["kind"].unique().sort()
    ]


def _is(step: str, name: str) -> pl.Expr:
    return (pl.col("step") == step) & (pl.col("balance") == name)


def _finding(step: str, name: str, balance: Balance, unit: Unit, kind: str, table: pl.DataFrame) -> BalanceFinding:
    order = pl.col("verdict").cast(pl.Enum(BROKEN), strict=False).alias("_gravity")
    broken = table.with_columns(order).drop_nulls("_gravity").sort("_gravity", "batch_id")
    above = table.filter((pl.col("closure") > 1) & (pl.col("verdict") != "impossible")).height
    notes = not_judged(table)
    if above and kind != "received":
        more = "more was taken by the next steps than it gave" if kind == "handed over" else "more came out than went in"
        batches = counted(above, "further batch")
        notes.append(f"In {batches}, {more}. The error of measurement explains this, or the batch was not judged.")
    return BalanceFinding(
        headline(step, name, kind, balance, table),
        tuple((str(row["verdict"]), sentence(row, unit)) for row in broken.head(SHOWN).iter_rows(named=True)),
        max(broken.height - SHOWN, 0),
        tuple(notes),
    )


def balance_counts(table: pl.DataFrame) -> dict[str, int]:
    """Count the balances by what is said about them."""
    verdict = table["verdict"].cast(pl.String)
    return {
        "judged": int((verdict != "not judged").sum()),
        "do_not_close": int(verdict.is_in(BROKEN).sum()),
        "impossible": int((verdict == "impossible").sum()),
        "not_judged": int((verdict == "not judged").sum()),
    }


def in_one_line(table: pl.DataFrame) -> str:
    """Say in one sentence how many balances do not close."""
    found = balance_counts(table)
    if not found["judged"]:
        return f"Balances: none of {table.height:,} could be judged."
    apart = f", {found['impossible']:,} of them with more out than in" if found["impossible"] else ""
    return f"Balances: {found['do_not_close']:,} of {found['judged']:,} do not close{apart}."
