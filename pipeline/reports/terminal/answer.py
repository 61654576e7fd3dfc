"""The answer in a terminal: what an engineer reads first."""

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.answers.applicability.verdict import not_inside
from pipeline.domain.display import in_words, pretty_unit, size

WIDE = 130
"""Columns of a terminal that shows every table whole."""


def show(result: dict[str, Any], console: Console) -> None:
    """Print an answer."""
    console.print(Group(*_parts(result, wide=console.width >= WIDE)))


def terminal() -> Console:
    """The terminal; a log or a pipe, which has no width of its own, gets a wide one."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=WIDE)


def _parts(result: dict[str, Any], *, wide: bool) -> Iterable[RenderableType]:
    scale, proposal = result["scale"], result["proposal"]
    reference = "no batch"
    if scale["reference"] is not None:
        products = ", ".join(scale["reference_product"])
        reference = f"{size(scale['reference'])} {scale['unit']} ({scale['reference_batches']} batches of {products})"
    yield Text(f"\n{proposal['name']}: {proposal['product']} at {size(scale['proposed'])} {scale['unit']}", style="bold")
    if proposal["question"]:
        yield Text(proposal["question"])
    yield Text(f"compared with {reference}\n")
    yield _attributes(result, wide=wide)
    if joint := result["joint_probability_within_specification"]:
        of = ", ".join(map(in_words, joint["of"]))
        yield Text(f"Chance that one batch meets all of them: {_percent(joint['probability'])} ({of})")
    elif silent := not_answered(result):
        yield Text(f"No chance that one batch meets all of them is given: {', '.join(map(in_words, silent))} not answered")
    yield from _comparison(result)
    yield from _domain(result["domain"], scale["unit"])
    yield from _gaps(result)


def _attributes(result: dict[str, Any], *, wide: bool) -> Table:
    """One line per quality attribute; a narrow terminal gets the 90 % interval alone."""
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    given: dict[str, Any] = next((a["intervals"] for a in result["attributes"].values() if a["answered"]), {})
    shown = [level for level in given if wide or level == "90"]
    for name in ("attribute", "unit"):
        table.add_column(name, no_wrap=True)
    for name in ("reference", "predicted", *(f"{level} % interval" for level in shown), "limits", "P(in spec)"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, a in result["attributes"].items():
        carried, limits = "" if a["carry_over"] is None else f"{a['carry_over']:.3g}", _limits(a["specification"])
        about = (in_words(name), pretty_unit(a["unit"]), carried)
        if not a["answered"]:
            table.add_row(*about, "not answered", *("" for _ in shown), limits, "")
            continue
        chance = "" if a["probability_within_specification"] is None else _percent(a["probability_within_specification"])
        intervals = [_interval(a["intervals"][level]) for level in shown]
        table.add_row(*about, f"{a['predicted']:.3g}", *intervals, limits, chance)
    if not all(i["supported"] for a in result["attributes"].values() for i in a["intervals"].values()):
        table.caption = "* an estimate, no promise: too few products in history, or none that took such a step"
        table.caption_justify = "left"
    return table


def not_answered(result: dict[str, Any]) -> list[str]:
    """Attributes that are not answered for."""
    return [name for name, a in result["attributes"].items() if not a["answered"]]


def _interval(given: dict[str, Any]) -> str:
    return f"{given['lower']:.3g} – {given['upper']:.3g}" + ("" if given["supported"] else " *")


def _limits(given: dict[str, Any] | None) -> str:
    if given is None:
        return "none given"
    low, high = given["lower"], given["upper"]
    if low is None:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g} – {high:g}"


def _percent(chance: float) -> str:
    return "> 99 %" if chance > 0.995 else "< 1 %" if chance < 0.005 else f"{100 * chance:.0f} %"


def _comparison(result: dict[str, Any]) -> Iterable[RenderableType]:
    lines = [line for line in result["comparison"] if line["proposed"] is not None]
    if not lines:
        return
    table = Table(box=None, padding=(0, 1), header_style="bold")
    table.add_column("comparable quantity", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for name in ("reference", "proposed", "ratio", "seen in history"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        ratio = "" if line["ratio"] is None else f"{line['ratio']:.3g}"
        seen = f"{line['smallest']:.3g} – {line['largest']:.3g}"
        reference = "" if line["reference"] is None else f"{line['reference']:.3g}"
        table.add_row(
            in_words(line["quantity"]), pretty_unit(line["unit"]), reference, f"{line['proposed']:.3g}", ratio, seen
        )
    yield Text("")
    yield table


def _domain(domain: dict[str, Any], unit: str) -> Iterable[RenderableType]:
    """The status with its sentence, each variable that is not inside, and the nearest batches with their results."""
    yield Text("")
    yield Text(f"Domain: {domain['status']}. {domain['sentence']}", style="" if domain["status"] == "inside" else "bold")
    for line in not_inside(domain):
        value = (
            line["proposed"] if isinstance(line["proposed"], str) else f"{line['proposed']:.3g} {pretty_unit(line['unit'])}"
        )
        seen = "" if line["smallest"] is None else f"; history has {line['smallest']:.3g} to {line['largest']:.3g}"
        yield Text(f"  {line['status']}: {in_words(line['variable'])} = {value.strip()}{seen} ({line['why']})")
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("nearest batch", "product"):
        table.add_column(name, no_wrap=True)
    targets = list(domain["nearest"][0]["results"]) if domain["nearest"] else []
    for name in (f"scale [{unit}]", "distance", *targets):
        table.add_column(in_words(name), justify="right")
    for line in domain["nearest"]:
        results = ("" if value is None else f"{value:.3g}" for value in line["results"].values())
        table.add_row(line["batch_id"], line["product"], size(line["scale"]), f"{line['distance']:.2g}", *results)
    yield table


def _gaps(result: dict[str, Any]) -> Iterable[RenderableType]:
    for name in not_answered(result):
        yield Text(f"{in_words(name)} is not answered: {result['attributes'][name]['refused_because']}", style="bold")
    if not result["known_product"]:
        yield Text("The product is new: no batch of it is known, and the intervals are those of products never seen.")
    if assumed := result["assumed_from_reference"]:
        yield Text("Assumed as at the reference: " + ", ".join(f"{in_words(k)} = {v}" for k, v in assumed.items()))
    if missing := result["not_stated"]:
        yield Text("Not stated, treated as unknown: " + ", ".join(map(in_words, missing)))
