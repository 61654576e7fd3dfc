"""An answer as one self-contained, printable page. It shows the content of result.json and computes no result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.prediction import SpecificationLimits
from pipeline.domain.display import chance, digits, percent, points, signed, size, with_unit
from pipeline.domain.names.shown import visible
from pipeline.reports.figures.answer import interval_figure, ratio_figure, waterfall_figure
from pipeline.reports.html.course_section import course_section
from pipeline.reports.html.intermediates_section import intermediates_section
from pipeline.reports.html.sections import further_sections

PARTS = {
    "scenarios": ("Scenarios and set-points", "scenarios"),
    "next_runs": ("What to run next", "next-runs"),
    "transfer_map": ("Transfer map", "transfer-map"),
}
"""Part of an answer → title and anchor on the page. A section appears only if the answer has the part."""


@dataclass(frozen=True)
class Pictures:
    """The pictures of the page as SVG."""

    intervals: Mapping[str, Markup]
    waterfalls: Mapping[str, Markup]
    ratios: Markup | None


def page(answer: Answer, pictures: Mapping[str, str] | None = None) -> str:
    """Return an answer as HTML. pictures: name → SVG of its scenarios and courses."""
    parts = {key: title_and_place for key, title_and_place in PARTS.items() if getattr(answer, key) is not None}
    return template("report.html.j2").render(
        answer=answer,
        name=answer.name,
        named=lambda keys: ", ".join(map(answer.name, keys)),
        expected=intermediates_section(answer),
        course=course_section(answer, pictures or {}),
        further=further_sections(answer),
        figures=_pictures(answer),
        parts=parts,
        pictures=pictures or {},
    )


def _pictures(answer: Answer) -> Pictures:
    attributes, bridge = answer.attributes, answer.bridge
    intervals = {
        key: Markup(interval_figure(answer.name(key), one, one.predicted))
        for key, one in attributes.items()
        if one.predicted is not None and one.predicted.intervals
    }
    waterfalls = {
        key: Markup(waterfall_figure(answer.name(key), attributes[key].specification, of_attribute, answer.name))
        for key, of_attribute in ({} if bridge is None else bridge.attributes).items()
        if of_attribute.by_cause
    }
    compared = answer.scale_comparison
    return Pictures(intervals, waterfalls, Markup(ratio_figure(compared, answer.name)) if compared.known else None)


def _data(value: float, text: str) -> Markup:
    """Return a number as text, with its full value for machines and for the test that file and page agree."""
    return Markup('<data value="{}">{}</data>').format(repr(value), text)


def _number(value: float | int | str | None, count: int = 3) -> Markup:
    if value is None:
        return Markup("")
    return escape(value) if isinstance(value, str) else _data(value, digits(value, count))


def _size(value: float | None) -> Markup:
    return Markup("") if value is None else _data(value, size(value))


def _chance(value: float | None, supported: float | None = None) -> Markup:
    return Markup("") if value is None else _data(value, chance(value, supported))


def _percent(value: float | None) -> Markup:
    return Markup("") if value is None else _data(value, percent(value))


def _points(value: float) -> Markup:
    return _data(value, points(value))


def _change(value: float) -> Markup:
    return _data(value, signed(value))


def _span(both: Iterable[float] | None) -> Markup:
    if both is None:
        return Markup("")
    low, high = both
    return Markup("{} – {}").format(_number(low, 4), _number(high, 4))


def _limits(given: SpecificationLimits | None) -> Markup:
    if given is None or (given.lower is None and given.upper is None):
        return Markup("none given")
    low, high = given.lower, given.upper
    if low is None or high is None:
        return Markup("{} {}").format("≤" if low is None else "≥", _number(high if low is None else low))
    return Markup("{} – {}").format(_number(low), _number(high))


@cache
def template(name: str) -> Template:
    """Return a template of this folder with the filters that write numbers."""
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=folder, autoescape=True, trim_blocks=True, finalize=visible)
    environment.filters |= {"num": _number, "chance": _chance, "change": _change, "limits": _limits, "span": _span}
    environment.filters |= {
        "size": _size,
        "percent": _percent,
        "points": _points,
        "with_unit": with_unit,
        "safe_svg": Markup,
    }
    return environment.get_template(name)
