"""Two answers side by side: two proposals, or the same proposal by two models."""

from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.domain.display import chance_in_words, digits, in_words, pretty_unit, signed
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.reports.html.page import template

COLUMNS = ("", "unit", "first", "second", "difference")


def comparison(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Put two answers side by side as text: names, and rows (what, unit, first, second, difference).

    Raises ScalebridgeError where they have no quality attribute in common.
    """
    names = [name for name in first["attributes"] if name in second["attributes"]]
    if not names:
        raise ScalebridgeError(
            f"The two answers have no attribute in common: {listed(first['attributes'])} and {listed(second['attributes'])}"
        )
    both = (first, second)
    rows = [_row("scale", first["scale"]["unit"], *(one["scale"]["proposed"] for one in both))]
    joint = [one["joint_probability_within_specification"] for one in both]
    if all(joint):
        rows.append(_chances("P(all in spec)", *(one["probability"] for one in joint)))
    for name in names:
        a, b = (one["attributes"][name] for one in both)
        rows.append(_row(in_words(name), a["unit"], a["predicted"], b["predicted"]))
        rows.append(("  90 % interval", pretty_unit(a["unit"]), _interval(a), _interval(b), ""))
        if None not in (a["probability_within_specification"], b["probability_within_specification"]):
            rows.append(_chances("  P(in spec)", *(x["probability_within_specification"] for x in (a, b))))
    rows.append(("place in history", "", *(one["domain"]["status"] for one in both), ""))
    quantities = [{line["quantity"]: line for line in one["comparison"] if line["proposed"] is not None} for one in both]
    for name in quantities[0]:
        if name in quantities[1]:
            line = quantities[0][name]
            rows.append(_row(in_words(name), line["unit"], line["proposed"], quantities[1][name]["proposed"]))
    return {"names": [_title(one) for one in both], "rows": rows}


def show_comparison(table: dict[str, Any], console: Console) -> None:
    """Print the two side by side."""
    shown = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("", "unit"):
        shown.add_column(name, no_wrap=True)
    for name in (*table["names"], "difference"):
        shown.add_column(name, justify="right")
    for row in table["rows"]:
        shown.add_row(*row)
    console.print(shown)


def comparison_page(table: dict[str, Any]) -> str:
    """The same table as a page."""
    return template("compare.html.j2").render(table=table)


def _title(one: dict[str, Any]) -> str:
    return str(one["proposal"]["name"])


def _row(what: str, unit: str, first: float | None, second: float | None) -> tuple[str, ...]:
    texts = ["none" if value is None else digits(value) for value in (first, second)]
    difference = "" if first is None or second is None else signed(second - first)
    return (what, pretty_unit(unit), *texts, difference)


def _chances(what: str, first: float, second: float) -> tuple[str, ...]:
    return (what, "", chance_in_words(first), chance_in_words(second), signed(round(second - first, 2)))


def _interval(attribute: dict[str, Any]) -> str:
    given = attribute["intervals"].get("90")
    return f"{digits(given['lower'])} – {digits(given['upper'])}" if given else "none"
