"""The verdict in a sentence, and what caps the chance."""

from dataclasses import replace

import pytest

from pipeline.answers.overview.verdict import verdict
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.prediction import JointChance, Refused, Sentence
from tests.support.example_result import example

ANSWER = example()


def with_joint(probability: float, of: tuple[str, ...] = ("titre", "hmw")) -> Answer:
    return replace(ANSWER, joint=JointChance(probability, of, 9, 5))


@pytest.mark.parametrize(
    ("probability", "state", "words"),
    [
        (0.93, "expected", "P at 2,000 L is expected to meet all 2 specifications: chance 93 %."),
        (0.61, "at risk", "P at 2,000 L may not meet all 2 specifications: chance 61 %, wanted 90 %."),
        (0.11, "at risk", "P at 2,000 L will probably not meet all 2 specifications: chance 11 %, wanted 90 %."),
    ],
)
def test_verdict__compares_the_joint_chance_with_the_wanted_one(probability: float, state: str, words: str) -> None:
    found = verdict(with_joint(probability), 0.9)
    assert (found.state, found.sentence) == (state, words)


def test_verdict__names_the_attribute_that_caps_the_chance_and_the_others_at_risk() -> None:
    titre = ANSWER.attributes["titre"].predicted
    assert titre is not None
    low = replace(ANSWER.attributes["titre"], outcome=replace(titre, chance=0.14))
    step = replace(ANSWER.step, attributes={**ANSWER.attributes, "titre": low})
    risks = tuple(Sentence(name, "at risk", "…") for name in ("titre", "hmw"))
    found = verdict(replace(with_joint(0.11), steps=(step,), sentences=risks), 0.9)
    assert found.capped_by == "titre"
    assert found.cap == "titre caps it: its own chance is 14 %. Also at risk: HMW (61 %)."


def test_verdict__of_one_specification_names_it_and_no_cap() -> None:
    found = verdict(with_joint(0.4, ("titre",)), 0.9)
    assert "will probably not meet the specification of titre" in found.sentence
    assert found.cap == ""


def test_verdict__without_a_joint_chance_says_why() -> None:
    assert verdict(replace(ANSWER, joint=None), 0.9).sentence == "There is no verdict: no specification is given."
    refused = replace(ANSWER.attributes["titre"], outcome=Refused("never seen"))
    step = replace(ANSWER.step, attributes={**ANSWER.attributes, "titre": refused})
    found = verdict(replace(ANSWER, steps=(step,), joint=None), 0.9)
    assert (found.state, found.sentence) == ("open", "There is no verdict: titre is not answered.")
