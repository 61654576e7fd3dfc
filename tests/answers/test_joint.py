"""The numbers of an answer are those of the forecaster."""

import pytest

from pipeline.answers.answer import decide
from pipeline.answers.case.proposed_batch import propose
from pipeline.features.table import build
from tests.support.pot import proposal
from tests.support.trained_pot import basis, ready


def test_answer__intervals_are_those_of_the_forecaster() -> None:
    made = ready()
    row = build(made.process, propose(made.process, proposal(), made.history).history)
    final = made.trained.served.finals["titre"]
    given = decide(proposal(), basis())["attributes"]["titre"]["intervals"]
    for level in made.trained.served.levels:
        ((low, high),) = final.intervals(final.say(row), [level])
        found = given[f"{100 * level:g}"]
        assert (found["lower"], found["upper"]) == pytest.approx((low[0], high[0]), rel=1e-5)
