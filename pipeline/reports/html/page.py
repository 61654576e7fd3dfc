"""An answer as one self-contained, printable page: the same plain data that result.json holds, nothing computed anew."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from pipeline.domain.display import chance_in_words, digits, in_words, pretty_unit, signed, size
from pipeline.reports.figures.answer import interval_figure, ratio_figure, waterfall_figure
from pipeline.reports.html import sections

SIMULATED = {
    "scenarios": ("Before a batch is run: scenarios and set-points", "scenarios"),
    "next_runs": ("What to run next", "next-runs"),
    "transfer_map": ("Transfer map", "transfer-map"),
}
"""Keys of a simulation → title and place on the page; a section appears when its key is in the result."""


def page(result: dict[str, Any], pictures: Mapping[str, str] | None = None) -> str:
    """Write an answer as HTML; `pictures` are those of its simulation, name → SVG."""
    simulated = {key: title_and_place for key, title_and_place in SIMULATED.items() if key in result}
    return template("report.html.j2").render(
        result=result,
        further=_further(result),
        figures=_figures(result),
        simulated=simulated,
        pictures=pictures or {},
        **{key: result[key] for key in simulated},
    )


def _further(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Sections after the domain, each with its title, in the order of the page."""
    units = {name: attribute["unit"] for name, attribute in result["attributes"].items()}
    parts: dict[str, tuple[str, Any]] = {}
    if result.get("explanations"):
        title = "What moves this product, and what only tells products apart"
        parts["explanations"] = (title, sections.explanations(result["explanations"], units))
    if result.get("equivalence"):
        parts["equivalence"] = ("Are two scales equivalent?", sections.equivalence(result["equivalence"]))
    if result.get("record"):
        parts["record"] = ("On what record this stands", sections.record(result["record"]))
    return [{"key": key, "title": title, "part": part} for key, (title, part) in parts.items()]


def _figures(result: dict[str, Any]) -> dict[str, Any]:
    bridge, attributes = result.get("bridge"), result["attributes"]
    drawn: dict[str, Any] = {
        "intervals": {
            n: Markup(interval_figure(n, a)) for n, a in attributes.items() if a["intervals"] and a["predicted"] is not None
        },
        "waterfalls": {},
        "ratios": None,
    }
    if bridge:
        drawn["waterfalls"] = {
            n: Markup(waterfall_figure(n, attributes[n], own)) for n, own in bridge["attributes"].items() if own["by_cause"]
        }
    if result.get("scale_comparison", {}).get("quantities"):
        drawn["ratios"] = Markup(ratio_figure(result["scale_comparison"]))
    return drawn


def _data(value: float, text: str) -> Markup:
    """A number with its full value behind it, for people and machines (and for the test that all three outputs agree)."""
    return Markup('<data value="{}">{}</data>').format(repr(value), text)


def _number(value: float | int | str | None) -> Markup:
    if value is None:
        return Markup("")
    return escape(value) if isinstance(value, str) else _data(value, digits(value))


def _chance(value: float | None) -> Markup:
    return Markup("") if value is None else _data(value, chance_in_words(value))


def _change(value: float) -> Markup:
    return _data(value, signed(value))


def _limits(given: dict[str, Any] | None) -> Markup:
    if given is None:
        return Markup("none given")
    low, high = given["lower"], given["upper"]
    if low is None or high is None:
        return Markup("{} {}").format("≤" if low is None else "≥", _number(high if low is None else low))
    return Markup("{} – {}").format(_number(low), _number(high))


@cache
def template(name: str) -> Template:
    """A template of this folder with the filters that write numbers and names."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    environment.filters |= {"num": _number, "chance": _chance, "change": _change, "limits": _limits}
    environment.filters |= {"words": in_words, "unit": pretty_unit, "size": size, "safe_svg": Markup}
    return environment.get_template(name)
