"""The verdict of an answer in a sentence, and what caps the chance."""

from dataclasses import dataclass
from typing import Literal

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.scenarios import Scenarios
from pipeline.domain.display import chance, percent

LIKELY = 0.5
"""A joint chance below this means that a miss is more likely than none."""


@dataclass(frozen=True)
class Verdict:
    """What the answer comes to."""

    state: Literal["expected", "at risk", "open"]
    sentence: str
    capped_by: str | None
    cap: str


def verdict(answer: Answer, wanted: float) -> Verdict:
    """Return the verdict. wanted: the joint chance from which the specifications count as expected to be met."""
    joint = answer.joint
    if joint is None:
        return Verdict("open", _open(answer), None, "")
    together = chance(joint.probability, joint.supported)
    what = f"all {len(joint.of)} specifications"
    if len(joint.of) == 1:
        what = f"the specification of {answer.name(joint.of[0])}"
    if joint.probability >= wanted:
        return Verdict("expected", f"{_subject(answer)} is expected to meet {what}: chance {together}.", None, "")
    start = "will probably not" if joint.probability < LIKELY else "may not"
    sentence = f"{_subject(answer)} {start} meet {what}: chance {together}, wanted {percent(wanted)}."
    worst = min(joint.of, key=lambda name: _chance(answer, name))
    return Verdict("at risk", sentence, worst, _cap(answer, worst, joint.of))


def _subject(answer: Answer) -> str:
    product = answer.proposal.product if answer.proposal.product_stated else "The batch"
    return f"{product}{answer.step.where}"


def _open(answer: Answer) -> str:
    if answer.refused:
        names = ", ".join(map(answer.name, answer.refused))
        verb = "is" if len(answer.refused) == 1 else "are"
        return f"There is no verdict: {names} {verb} not answered."
    return "There is no verdict: no specification is given."


def _chance(answer: Answer, name: str) -> float:
    predicted = answer.attributes[name].predicted
    return 1.0 if predicted is None or predicted.chance is None else predicted.chance


def _cap(answer: Answer, worst: str, of: tuple[str, ...]) -> str:
    """Say which attribute caps the joint chance, whether a setting can help, and which others are at risk."""
    if len(of) == 1:
        return _no_setting(answer, worst)
    sentence = f"{answer.name(worst)} caps it: its own chance is {_in_words(answer, worst)}."
    others = [name for name in of if name != worst and _at_risk(answer, name)]
    if others:
        listed = ", ".join(f"{answer.name(name)} ({_in_words(answer, name)})" for name in others)
        sentence += f" Also at risk: {listed}."
    return f"{sentence} {_no_setting(answer, worst)}".strip()


def _no_setting(answer: Answer, worst: str) -> str:
    played = answer.scenarios
    if not isinstance(played, Scenarios) or played.ceiling is None or worst not in played.ceiling.attributes:
        return ""
    return (
        f"No setting changes {answer.name(worst)} in the model that answers, so no setting can raise the chance above this."
    )


def _at_risk(answer: Answer, name: str) -> bool:
    return any(line.attribute == name and line.state == "at risk" for line in answer.sentences)


def _in_words(answer: Answer, name: str) -> str:
    predicted = answer.attributes[name].predicted
    if predicted is None or predicted.chance is None:
        return "not known"
    return chance(predicted.chance, predicted.supported_chance)
