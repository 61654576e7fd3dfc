"""The section of the noise floor: how far the reported results scatter, beside the error of the model."""

from pipeline.answers.result.answer import Answer
from pipeline.domain.display import span
from pipeline.reports.html.section import Cell, Section, Table

MEANING = (
    "Noise floor: the error that no model can go below. A perfect forecast of the true value still misses the reported results, "
    "since these scatter around it."
)
UNKNOWN = (
    "The noise floor is not known here: history has no replicates, and the process definition states no repeatability of an "
    "attribute."
)
NONE = "–"


def noise_section(answer: Answer) -> Section:
    """Return the section, with one line per quality attribute if the noise floor of any is known."""
    found = answer.noise_floors
    summary = (MEANING, *(one.sentence for one in found.values())) if found else (UNKNOWN,)
    rows = tuple(_row(key, answer) for key in answer.attributes)
    table = Table(
        "Root mean square error on batches that the model had not seen, and the noise floor of these batches with its 90 % "
        "interval. One result: standard deviation of one reported result at the predicted value. Stated, from replicates: that of "
        "a single result. Where both are known, the stated one counts.",
        ("attribute", "unit", "error", "noise floor", "90 % interval", "source", "one result", "stated", "from replicates"),
        rows,
    )
    return Section("noise", "Noise floor", summary, (table,) if found else ())


def _row(key: str, answer: Answer) -> tuple[Cell, ...]:
    one = answer.noise_floors.get(key)
    name, unit = answer.name(key), answer.attributes[key].unit
    if one is None:
        return (name, unit, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
    return (
        name,
        unit,
        _or_none(one.rmse),
        _or_none(one.hidden),
        _interval(one.hidden_low, one.hidden_high),
        one.source,
        _or_none(one.deviation),
        one.stated or NONE,
        _or_none(one.estimated),
    )


def _or_none(value: float | None) -> Cell:
    return NONE if value is None else value


def _interval(low: float | None, high: float | None) -> str:
    return NONE if low is None or high is None else span(low, high)
