"""The section of steps: at which step of the process each attribute is decided."""

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.steps import DecidedBySteps
from pipeline.domain.display import in_words, percent
from pipeline.reports.html.section import Cell, Section, Table

TITLE = "At which step each attribute is decided"
MEANING = (
    "The models predicted the proposed batch again, each time with the settings and lots of one step varied as in a batch of "
    "history, around the mean of its product and scale. Scale, equipment and the other steps stayed as proposed. A step that "
    "spreads the prediction most decides the attribute from batch to batch. The bridge shows what the change of scale does."
)
NO_MECHANISM = (
    "For each step, the table shows the setting with the largest effect, moved by its standard deviation within product and scale. "
    "These are effects in the model. They do not prove a mechanism."
)


def steps_section(answer: Answer) -> Section | None:
    """Return the section; None where the process declares no steps."""
    given = answer.decided
    if given is None:
        return None
    tried = f"{given.batches} batches of history were tried{', all of the product' if given.of_product else ', of all products'}."
    sentences = [f"{one.sentence}" for one in given.attributes.values()]
    return Section("steps", TITLE, (*sentences, f"{MEANING} {tried}", NO_MECHANISM), (_table(given, answer),))


def _table(given: DecidedBySteps, answer: Answer) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            answer.name(key) if place == 0 else "",
            in_words(effect.step),
            percent(round(effect.share, 2)),
            effect.spread,
            "–" if effect.bridge is None else effect.bridge,
            one.unit,
            "–" if effect.lever is None else effect.lever.sentence,
        )
        for key, one in given.attributes.items()
        for place, effect in enumerate(one.steps)
    )
    return Table(
        "Share: of the variance of the prediction. Spread: standard deviation of the prediction with this step varied. From "
        "the reference: the part of the predicted difference from the reference batches that belongs to the step.",
        ("attribute", "step", "share", "spread", "from the reference", "unit", "largest setting"),
        rows,
    )
