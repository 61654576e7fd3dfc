"""An answer as one self-contained, printable page. It shows the content of result.json and computes no result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.bridge import AttributeBridge
from pipeline.answers.result.past_predictions import PastPredictions
from pipeline.answers.result.prediction import SpecificationLimits
from pipeline.answers.result.scenarios import Scenarios
from pipeline.answers.result.transfer_map import Finding
from pipeline.domain.display import chance, digits, percent, points, signed, size, with_unit
from pipeline.domain.names.shown import visible
from pipeline.domain.process.axis_words import WORDS
from pipeline.domain.site_knowledge import PARTS as SITE_PARTS
from pipeline.reports.figures.answer import interval_figure, ratio_figure, waterfall_figure
from pipeline.reports.figures.history import history_figure, past_figure
from pipeline.reports.html.course_section import course_section
from pipeline.reports.html.first_page import foot, models_in_words, refusals
from pipeline.reports.html.intermediates_section import intermediates_section
from pipeline.reports.html.section import Section, Table
from pipeline.reports.html.sections import further_sections
from pipeline.reports.html.settings_table import settings_table
from pipeline.reports.html.steps_section import steps_section

PARTS = {
    "scenarios": ("What to set", "scenarios"),
    "next_runs": ("What to run next", "next-runs"),
    "transfer_map": ("Transfer map", "transfer-map"),
}
"""Part of an answer → title and anchor on the page. A section appears only if the answer has the part."""
GOOD_PPK = 2.0
"""A Ppk above this is not written as a number: the tail of a distribution that it speaks of is not known."""


@dataclass(frozen=True)
class Pictures:
    """The pictures of the page as SVG."""

    intervals: Mapping[str, Markup]
    waterfalls: Mapping[str, Markup]
    ratios: Markup | None
    history: Markup | None
    past: Markup | None


MIDDLE = ("steps", "intermediates", "courses")
"""Sections between the comparison of the scales and the transfer map, in the order of the page."""


def page(
    answer: Answer,
    pictures: Mapping[str, str] | None = None,
    *,
    asked: date | None = None,
    given: PastPredictions | None = None,
) -> str:
    """Return an answer as HTML.

    pictures: name → SVG of its scenarios and courses. asked: the day of the question. given: the record of earlier answers.
    """
    shown = pictures or {}
    figures = _pictures(answer)
    sections = (steps_section(answer), intermediates_section(answer), course_section(answer, shown))
    middle = [one for one in sections if one is not None]
    further = further_sections(answer)
    predicted = [one.predicted for one in answer.attributes.values() if one.predicted is not None]
    return template("report.html.j2").render(
        answer=answer,
        name=answer.name,
        words=WORDS[answer.step.change],
        named=lambda keys: ", ".join(map(answer.name, keys)),
        contents=_contents(answer, figures, (*middle, *further)),
        middle=middle,
        further=further,
        figures=figures,
        pictures=shown,
        models=models_in_words(answer),
        refusals=refusals(answer),
        estimated=any(not interval.supported for one in predicted for interval in one.intervals),
        unmoved=_unmoved(answer),
        holds=_holds(answer),
        settings=settings_table(answer.scenarios, answer) if isinstance(answer.scenarios, Scenarios) else None,
        gap_table=_gaps(answer),
        page_foot=foot(answer, asked),
        given=given,
    )


def _contents(answer: Answer, figures: Pictures, sections: Iterable[Section]) -> list[tuple[str, str]]:
    """Return anchor and title of each section of the page, in order."""
    parts = {key: (place, title) for key, (title, place) in PARTS.items() if getattr(answer, key) is not None}
    why = ("bridge", "Why") if answer.bridge else ("in-words", "In words")
    found = [("answer", "Answer"), why, *(parts[key] for key in ("scenarios", "next_runs") if key in parts)]
    compared = WORDS[answer.step.change].noun.removeprefix("the ").capitalize()
    found += [("domain", "Domain"), *([("scale", compared)] if figures.ratios else [])]
    own = {one.key: one.title for one in sections}
    middle = [(key, own[key]) for key in MIDDLE if key in own]
    rest = [(key, title) for key, title in own.items() if key not in MIDDLE]
    return [*found, *middle, parts["transfer_map"], *rest, ("words", "Words")]


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
        if _moves(of_attribute)
    }
    compared = answer.scale_comparison
    between = WORDS[answer.step.change].between
    ratios = Markup(ratio_figure(compared, answer.name, between)) if compared.known else None
    return Pictures(intervals, waterfalls, ratios, *_history(answer))


def _history(answer: Answer) -> tuple[Markup | None, Markup | None]:
    """Return the history of the attribute that is shown first, and its past scale-ups; None where there is nothing to draw."""
    overview = answer.overview
    if overview is None or overview.shown is None or overview.shown not in overview.history:
        return None, None
    key, unit = overview.shown, answer.scale.unit if answer.scale.stated else ""
    name, own = answer.name(key), overview.history[overview.shown]
    product = answer.proposal.product if answer.proposal.product_stated else "the batch"
    drawn = history_figure(name, answer.attributes[key], own, overview.place, answer.scale.proposed, unit, product)
    past = Markup(past_figure(name, own, unit)) if own.past else None
    return Markup(drawn) if own.own.values or own.others.values else None, past


def _moves(given: AttributeBridge) -> bool:
    return bool(given.by_cause) and any(cause.change != 0 for cause in given.by_cause)


def _unmoved(answer: Answer) -> list[str]:
    """Return a sentence for the attributes that no cause changes, each reason once."""
    if answer.bridge is None:
        return []
    still = [key for key, one in answer.bridge.attributes.items() if not _moves(one)]
    carried = [answer.name(key) for key in still if answer.bridge.attributes[key].by_cause]
    same = [answer.name(key) for key in still if not answer.bridge.attributes[key].by_cause]
    found = []
    if carried:
        found.append(
            f"{', '.join(carried)}: the model that answers gives the mean of the product, since no larger model was better on "
            "hidden batches. So no cause has an effect."
        )
    if same:
        found.append(f"{', '.join(same)}: nothing that the model knows differs.")
    return found


def _holds(answer: Answer) -> list[str]:
    """Return what each setting would need to hold a quantity that is not matched, one text per setting."""
    compared = answer.scale_comparison
    unmatched = {line.quantity for line in compared.known if not line.matched}
    by_setting: dict[str, list[str]] = {}
    for line in compared.holding:
        if line.needed is None or not line.possible or line.quantity not in unmatched:
            continue
        new = " (not run yet)" if line.within_seen is False else ""
        text = f"{with_unit(digits(line.needed), line.unit)} for {answer.name(line.quantity)}{new}"
        by_setting.setdefault(line.setting, []).append(text)
    return [f"{answer.name(setting)} {', '.join(texts)}" for setting, texts in by_setting.items()]


def _gaps(answer: Answer) -> Table | None:
    """Return what the receiving side lacks: attributes with the same gap in one line. None without a gap."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for line in answer.transfer_map.attributes:
        side = line.receiving
        for part in SITE_PARTS:
            one: Finding = getattr(side, part)
            if one.state != "present":
                found.setdefault((part, one.state, one.reason), []).append(answer.name(line.attribute))
    rows = tuple(
        (*gap, ", ".join(names)) for gap, names in sorted(found.items(), key=lambda one: SITE_PARTS.index(one[0][0]))
    )
    title = f"Gaps at the receiving {answer.transfer_map.place}."
    return Table(title, ("lacking", "state", "why", "attributes"), rows) if rows else None


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


def _ppk(value: float | None) -> Markup:
    if value is None:
        return Markup("")
    return Markup(f"above {GOOD_PPK:g}") if value > GOOD_PPK else _data(value, digits(value))


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
        "ppk": _ppk,
        "with_unit": with_unit,
        "safe_svg": Markup,
    }
    return environment.get_template(name)
