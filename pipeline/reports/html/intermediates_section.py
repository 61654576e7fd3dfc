"""The section of intermediates: what the process is expected to show, why, and what this means for quality."""

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.bridge import CauseShare
from pipeline.answers.result.intermediates import Intermediates
from pipeline.domain.display import percent, signed
from pipeline.reports.html.section import Cell, Section, Table

TITLE = "What the process is expected to show"
MEANING = (
    "A part of the prediction has two steps. First, models forecast intermediates: quantities that are measured while a batch "
    "runs. Then a model predicts the quality attribute from these forecasts and from the plan."
)
ONE_ROW = (
    "Each attribute has its own models of its intermediates, but a batch has one value of each. So the first table shows the mean "
    "of their forecasts. The second table shows the change by the model of each attribute."
)
NO_MECHANISM = (
    "The effects are parts of the differences in the section before, not additions to them. They show what the model learned. "
    "They do not prove a mechanism. Compare the forecasts with what the batch shows."
)
NAMED = 3
"""Largest number of intermediates with a sentence, those with the largest effects. The table shows all."""
CAUSES = 3
"""Largest number of causes in a line of the table. result.json holds all."""
LINES = 4
"""Largest number of intermediates per attribute in the table. result.json holds all."""


def intermediates_section(answer: Answer) -> Section | None:
    """Return the section; None where no model that answers reads intermediates."""
    given = answer.intermediates
    if given is None:
        return None
    sentences = [one.sentence for one in given.expected.values()][:NAMED]
    summary = (MEANING, _weights(given, answer), *sentences, ONE_ROW, NO_MECHANISM)
    return Section("intermediates", TITLE, summary, (_forecasts(given, answer), _effects(given, answer)))


def _weights(given: Intermediates, answer: Answer) -> str:
    """Say which share of the prediction of each attribute goes through intermediates."""
    shares = ", ".join(f"{answer.name(key)} {percent(round(weight, 2))}" for key, weight in given.weights.items())
    return f"Weight of this part in the prediction: {shares}. The other models of the blend do not explain in this way."


def _forecasts(given: Intermediates, answer: Answer) -> Table:
    rows = tuple(
        (
            answer.name(key),
            one.unit,
            "–" if one.measured is None else one.measured,
            one.reference,
            one.proposed,
            one.change,
            _causes(one.causes, answer),
        )
        for key, one in given.expected.items()
    )
    return Table(
        "Reference: means of the reference batches. Largest causes: their shares in the change, in the same unit. The first line "
        "has the largest effect on an attribute, measured in standard deviations of its results.",
        (
            "intermediate",
            "unit",
            "measured, reference",
            "forecast, reference",
            "forecast, proposed",
            "change",
            "largest causes",
        ),
        rows,
        folded="Forecasts of all intermediates",
    )


def _causes(causes: tuple[CauseShare, ...], answer: Answer) -> str:
    return ", ".join(f"{answer.name(cause.cause)} {signed(cause.change)}" for cause in causes[:CAUSES])


def _effects(given: Intermediates, answer: Answer) -> Table:
    rows = tuple(row for key in given.weights for row in _rows(key, given, answer))
    return Table(
        "Part of the predicted difference of an attribute that goes through each intermediate: the effect in the model, times the "
        f"weight of this part. At most {LINES} lines per attribute, the largest effect first.",
        ("attribute", "intermediate", "change", "unit", "effect on the attribute", "unit"),
        rows,
        folded="Effects of intermediates on each attribute",
    )


def _rows(target: str, given: Intermediates, answer: Answer) -> list[tuple[Cell, ...]]:
    """Return the lines of one attribute, the largest effect first."""
    own = [(key, one.unit, one.effects[target]) for key, one in given.expected.items() if target in one.effects]
    largest = sorted(own, key=lambda line: -abs(line[2].effect))[:LINES]
    return [
        (
            answer.name(target) if place == 0 else "",
            answer.name(key),
            effect.change,
            unit,
            effect.effect,
            effect.unit,
        )
        for place, (key, unit, effect) in enumerate(largest)
    ]
