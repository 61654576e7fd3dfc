"""The numbers of an answer as the page shows them: values of the answer, texts of the report."""

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.profile.point import Point, held_values, proposal_of
from pipeline.domain.display import chance, digits, span
from pipeline.service.pages.numbers import ShownNumbers, shown_numbers
from tests.support.stirred_pot import stirred_run

RUN = stirred_run()
POINT = Point("P", 100.0, "B", "There", {"temperature": 36.9, "gas_flow": 20.0}, {"agitation": "tip_speed"})


def _shown(point: Point = POINT) -> ShownNumbers:
    proposal = proposal_of(RUN.process, point)
    case = make_case(proposal, RUN)
    held = held_values(RUN.process, case)
    return shown_numbers(answer(case, RUN, depth="numbers"), "id", "run", proposal, held)


def test_numbers__are_those_of_the_answer_written_as_in_the_report() -> None:
    made, [titre] = answer(make_case(proposal_of(RUN.process, POINT), RUN), RUN, depth="numbers"), _shown().attributes
    predicted = made.attributes["titre"].predicted
    assert predicted is not None
    assert predicted.chance is not None
    interval = predicted.interval()
    assert interval is not None
    assert titre.predicted is not None
    assert titre.chance is not None
    assert (titre.predicted.value, titre.predicted.text) == (predicted.value, digits(predicted.value))
    assert titre.interval == span(interval.lower, interval.upper)
    assert titre.chance.text == chance(predicted.chance, predicted.supported_chance)
    assert (titre.limits, titre.lower, titre.upper) == ("≥ 1", 1.0, None)


def test_numbers__say_what_is_held_assumed_and_compared() -> None:
    found = _shown()
    assert found.title == "P at 100 L in B, There"
    assert [(one.setting, one.quantity) for one in found.held] == [("agitation", "tip speed")]
    assert "agitation" not in {one.attribute for one in found.assumed}
    tip = next(one for one in found.quantities if one.name == "bioreactor.tip_speed")
    assert (tip.matched, tip.ratio_text) == (True, "×1")
    assert found.reference_text == "Reference: 16 batches of P at 1 L."
    assert found.chance is not None
    assert found.chance_text == "chance that one batch meets the one specification given, that of titre"


def test_numbers__name_what_leaves_history() -> None:
    found = _shown(Point("P", 100.0, "B", "There", {"agitation": 400.0, "temperature": 36.9}))
    assert found.domain in ("edge", "refused")
    assert any("history" in one.text for one in found.leaving)
