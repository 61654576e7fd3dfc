"""The numbers of an answer as the what-if page shows them. Each number comes with its text, written as in the report."""

from dataclasses import replace

from pydantic.dataclasses import dataclass

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.domain import Status, VariableStatus
from pipeline.answers.result.prediction import AttributeAnswer, Interval, JointChance, Predicted
from pipeline.answers.result.profile import HeldValue
from pipeline.answers.result.scale_comparison import ComparedQuantity
from pipeline.answers.result.values import MaybeNumber, UnitLabel
from pipeline.domain.display import chance, digits, limits, noun, size, span, with_unit
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.strict_config import STRICT

LEVEL = 90.0
"""Level of the interval that the table shows [%]."""


@dataclass(config=STRICT, frozen=True)
class Shown:
    """A number and its text."""

    value: MaybeNumber
    text: str


@dataclass(config=STRICT, frozen=True)
class ShownAttribute:
    """A quality attribute in the table."""

    name: str
    shown: str
    """Display name."""
    unit: UnitLabel
    reference: Shown | None
    predicted: Shown | None
    """None where the attribute is refused."""
    interval: str
    supported: bool
    """History has enough products to promise the level of the interval."""
    intervals: tuple[Interval, ...]
    lower: MaybeNumber
    upper: MaybeNumber
    limits: str
    chance: Shown | None
    state: str
    """`at risk`, `expected within`, `no limits` or `not answered`."""
    sentence: str
    refused: str | None


@dataclass(config=STRICT, frozen=True)
class ShownLimits:
    """The specification of a quality attribute."""

    name: str
    lower: MaybeNumber
    upper: MaybeNumber


@dataclass(config=STRICT, frozen=True)
class ShownQuantity:
    """A comparable quantity in the table."""

    name: str
    shown: str
    unit: UnitLabel
    reference: str
    proposed: str
    ratio: MaybeNumber
    ratio_text: str
    matched: bool


@dataclass(config=STRICT, frozen=True)
class ShownVariable:
    """A variable that leaves what history has seen."""

    shown: str
    status: Status
    text: str


@dataclass(config=STRICT, frozen=True)
class ShownAssumption:
    """What the proposal does not state."""

    attribute: str
    shown: str
    """Display name."""
    text: str
    """The value and its origin."""


@dataclass(config=STRICT, frozen=True)
class ShownNumbers:
    """Everything that moves while a slider moves."""

    id: str
    """Id of the answer."""
    run: str
    title: str
    """Product, scale and what it is compared with."""
    proposal: Proposal
    """What was asked, as `POST /answers` takes it."""
    held: tuple[HeldValue, ...]
    attributes: tuple[ShownAttribute, ...]
    chance: Shown | None
    """The joint chance. None: none is given, and `chance_text` says why."""
    chance_text: str
    domain: Status
    domain_text: str
    leaving: tuple[ShownVariable, ...]
    notes: tuple[str, ...]
    quantities: tuple[ShownQuantity, ...]
    matched_within: str
    reference_text: str
    assumed: tuple[ShownAssumption, ...]


def shown_numbers(answer: Answer, id_: str, run: str, proposal: Proposal, held: tuple[HeldValue, ...]) -> ShownNumbers:
    """Return the numbers of an answer as the page shows them."""
    sentences = {one.attribute: one for one in answer.sentences}
    assumed = tuple(
        ShownAssumption(one.attribute, answer.name(one.attribute), f"{one.value}, {one.origin}")
        for one in answer.assumptions
        if one.source != "hold"
    )
    comparison, joint = answer.scale_comparison, answer.joint
    return ShownNumbers(
        id_,
        run,
        _title(answer),
        proposal,
        tuple(replace(one, quantity=answer.name(one.quantity)) for one in held),
        tuple(
            _attribute(key, answer.name(key), one, sentences[key].state, sentences[key].text)
            for key, one in answer.attributes.items()
        ),
        None if joint is None else Shown(joint.probability, chance(joint.probability, joint.supported)),
        _chance_text(answer, joint),
        answer.domain.status,
        answer.domain.sentence,
        tuple(_variable(answer.name(one.variable), one) for one in answer.domain.variables if one.status != "inside"),
        answer.notes,
        tuple(_quantity(answer.name(one.quantity), one) for one in comparison.known),
        f"{comparison.tolerance:.0%}".replace("%", " %"),
        _reference(answer),
        assumed,
    )


def shown_limits(process: Process) -> tuple[ShownLimits, ...]:
    """Return the specification of each quality attribute; no limits where none is given."""
    given = {name: process.attributes[name].specification for name in process.targets}
    return tuple(
        ShownLimits(name, None, None) if one is None else ShownLimits(name, one.lower, one.upper)
        for name, one in given.items()
    )


def _title(answer: Answer) -> str:
    what = answer.proposal.product if answer.proposal.product_stated else "One batch"
    at = f" at {with_unit(size(answer.scale.proposed), answer.scale.unit)}" if answer.scale.stated else ""
    where = f" in {answer.step.equipment}" if answer.step.equipment else ""
    return f"{what}{at}{where}{f', {answer.step.site}' if answer.step.site else ''}"


def _reference(answer: Answer) -> str:
    """Return the sentence about the reference batches."""
    change = answer.scale
    if change.reference is None:
        return "History has no batch to compare with."
    number = f"{change.reference_batches} {noun(change.reference_batches, 'batch')}"
    of = f" of {', '.join(change.reference_products)}" if answer.proposal.product_stated else ""
    at = f" at {with_unit(size(change.reference), change.unit)}" if change.stated else ""
    return f"Reference: {number}{of}{at}{answer.step.reference_place}."


def _attribute(key: str, shown: str, one: AttributeAnswer, state: str, sentence: str) -> ShownAttribute:
    given, predicted = one.specification, one.predicted
    lower, upper = (None, None) if given is None else (given.lower, given.upper)
    interval = None if predicted is None else predicted.interval(LEVEL)
    return ShownAttribute(
        key,
        shown,
        one.unit,
        None if one.reference is None else Shown(one.reference, digits(one.reference)),
        None if predicted is None else Shown(predicted.value, digits(predicted.value)),
        "" if interval is None else span(interval.lower, interval.upper),
        interval is None or interval.supported,
        () if predicted is None else predicted.intervals,
        lower,
        upper,
        limits(lower, upper),
        _chance(predicted),
        state,
        sentence,
        None if one.refused is None else one.refused.reason,
    )


def _chance(predicted: Predicted | None) -> Shown | None:
    if predicted is None or predicted.chance is None:
        return None
    return Shown(predicted.chance, chance(predicted.chance, predicted.supported_chance))


def _chance_text(answer: Answer, joint: JointChance | None) -> str:
    if joint is not None:
        if len(joint.of) == 1:
            return f"chance that one batch meets the one specification given, that of {answer.name(joint.of[0])}"
        return f"chance that one batch meets all {len(joint.of)} specifications"
    if answer.refused:
        refused = ", ".join(map(answer.name, answer.refused))
        return f"No chance that one batch meets all specifications is given: {refused} not answered."
    return "No specification is given, so no chance of meeting one."


def _variable(shown: str, one: VariableStatus) -> ShownVariable:
    if isinstance(one.proposed, str) or one.smallest is None or one.largest is None or one.proposed is None:
        return ShownVariable(shown, one.status, f"{one.proposed}: {one.why}")
    value = with_unit(digits(one.proposed, 4), one.unit)
    seen = with_unit(span(one.smallest, one.largest, 4), one.unit)
    return ShownVariable(shown, one.status, f"{value}, history {seen}: {one.why}")


def _quantity(shown: str, one: ComparedQuantity) -> ShownQuantity:
    return ShownQuantity(
        one.quantity,
        shown,
        one.unit,
        "" if one.reference is None else digits(one.reference),
        "" if one.proposed is None else digits(one.proposed),
        one.ratio,
        "" if one.ratio is None else f"×{digits(one.ratio)}",
        bool(one.matched),
    )
