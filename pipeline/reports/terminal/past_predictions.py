"""The record of past predictions as tables in the terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.answers.result.past_predictions import PastPredictions
from pipeline.domain.display import digits, span


def show_past_predictions(found: PastPredictions, names: Mapping[str, str], console: Console) -> None:
    """Print the sentence, each prediction with its result, and each answer that is not scored with the reason.

    names: attribute → display name.
    """
    console.print(Text(found.sentence, style="bold"))
    if found.scored:
        table = _table("asked (UTC)", "by", "proposal", "batch", "attribute", "unit")
        for name in ("predicted", "90 % interval", "result"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("")
        for one in found.scored:
            numbers = digits(one.predicted), span(one.lower, one.upper), digits(one.observed)
            named = names.get(one.attribute, one.attribute)
            table.add_row(
                one.asked[:16],
                one.by,
                one.proposal,
                one.batch,
                named,
                one.unit,
                *numbers,
                "inside" if one.inside else "OUTSIDE",
            )
        console.print(table)
    if found.unscored:
        table = _table("asked (UTC)", "by", "proposal", "answer", "state", "why")
        for other in found.unscored:
            table.add_row(other.asked[:16], other.by, other.proposal, other.answer, other.state, other.reason)
        console.print(table)
    for problem in found.unreadable:
        console.print(Text(f"Not read: {problem}"))


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
