"""The section of steps: at which step of the process each attribute is decided."""

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.steps import DecidedBySteps
from pipeline.answers.steps.wording import in_percent
from pipeline.domain.display import in_words, percent
from pipeline.reports.html.section import Cell, Section, Table

TITLE = "At which step each attribute is decided"
MEANING = (
    "The results of the batches of all products were compared with what each step was run with: its settings, its lots, and the "
    "quantities that follow from them. All are deviations from the mean of product, scale and place, which is site and equipment. "
    "The share of a step is its part of the variance that is explained in this way. With 90 % it lies in the range. The range is "
    "wide where steps varied together, and where batches are few. Scale and place change all steps at once, so their effect is not "
    "counted. The bridge shows what the change of scale does. What was not recorded may belong to any step."
)
IN_MODELS = (
    "Spread and largest setting are those of the models around the proposed batch. For the spread, the settings and lots of one "
    "step were varied as from batch to batch, with {batches} batches of all products. For each step, the table shows the setting "
    "with the largest effect, moved by its standard deviation within product and scale. These are effects in the model. They do "
    "not prove a mechanism."
)


def steps_section(answer: Answer) -> Section | None:
    """Return the section; None where the process declares no steps."""
    given = answer.decided
    if given is None:
        return None
    sentences = [one.sentence for one in given.attributes.values()]
    in_models = IN_MODELS.format(batches=given.batches)
    return Section("steps", TITLE, (*sentences, MEANING, in_models), (_table(given, answer),))


def _table(given: DecidedBySteps, answer: Answer) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            answer.name(key) if place == 0 else "",
            in_words(effect.step),
            percent(round(effect.share, 2)),
            in_percent(effect.share_range),
            effect.spread,
            "–" if effect.bridge is None else effect.bridge,
            one.unit,
            "–" if effect.lever is None else effect.lever.sentence,
        )
        for key, one in given.attributes.items()
        for place, effect in enumerate(one.steps)
    )
    return Table(
        "Share: of the explained variance from batch to batch. Spread: standard deviation of the prediction with this step "
        "varied. From the reference: the part of the predicted difference from the reference batches that belongs to the step.",
        ("attribute", "step", "share", "range", "spread", "from the reference", "unit", "largest setting"),
        rows,
        folded="Share, spread and largest setting of each step",
        right=(2, 3),
    )
