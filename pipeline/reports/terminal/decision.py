"""The bridge and the conflicts of scale in a terminal: the same numbers as on the page."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.domain.display import digits, in_words, pretty_unit, signed

CAUSES = 4
"""Causes in one line of the terminal; the page has all."""


def show_decision(result: dict[str, Any], console: Console) -> None:
    """Print why the prediction differs, what holding a quantity would cost, and the answer in words."""
    console.print(Group(*_parts(result)))


def _parts(result: dict[str, Any]) -> Iterable[RenderableType]:
    if result.get("bridge"):
        yield Text("")
        yield _bridge(result["bridge"])
    compared = result.get("scale_comparison", {"quantities": [], "holding": []})
    open_ones = {line["quantity"] for line in compared["quantities"] if not line["matched"]}
    if lines := [line for line in compared["holding"] if line["needed"] is not None and line["hold"] in open_ones]:
        yield Text("\nHolding one quantity constant breaks others:", style="bold")
        yield from (Text(f"  {line['sentence']}") for line in lines)
    yield Text("")
    for line in result["sentences"]:
        yield Text(line["sentence"], style="bold" if line["state"] in ("at risk", "not answered") else "")


def _bridge(bridge: dict[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("from reference to proposed", "unit"):
        table.add_column(name, no_wrap=True)
    table.add_column("change", justify="right", no_wrap=True)
    table.add_column("of it by cause")
    for name, own in bridge["attributes"].items():
        causes = ", ".join(f"{in_words(line['cause'])} {signed(line['change'])}" for line in own["by_cause"][:CAUSES])
        arrow = f"{in_words(name)} {digits(own['reference'])} → {digits(own['proposed'])}"
        table.add_row(arrow, pretty_unit(own["unit"]), signed(own["difference"]), causes)
    return table
