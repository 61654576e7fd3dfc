"""The numbers of an answer are those of the calibrated models."""

import pytest

from pipeline.answers.case.case import make_case
from tests.support.pot import proposal
from tests.support.trained_pot import answered, trained_run


def test_step_answer__intervals_are_those_of_the_calibrated_model() -> None:
    run = trained_run()
    row, final = make_case(proposal(), run).row, run.model.finals["titre"]
    predicted = answered().attributes["titre"].predicted
    assert predicted is not None
    for level in run.model.levels:
        ((low, high),) = final.intervals(final.forecast(row), [level])
        found = predicted.interval(100 * level)
        assert found is not None
        assert (found.lower, found.upper) == pytest.approx((low[0], high[0]), rel=1e-5)


def test_step_answer__the_chance_is_that_of_the_intervals_and_what_the_products_support() -> None:
    run = trained_run()
    row, final = make_case(proposal(), run).row, run.model.finals["titre"]
    predicted, forecast = answered().attributes["titre"].predicted, final.forecast(row)
    assert predicted is not None
    assert predicted.chance is not None
    below, above = final.beyond(forecast, (answered().attributes["titre"].specification.lower, None))  # type: ignore[union-attr]
    assert predicted.chance == pytest.approx(1 - below[0] - above[0], rel=1e-5)
    assert 0 < predicted.chance < 1
    assert predicted.supported_chance == pytest.approx(final.calibrations[forecast.kinds[0]].largest_level, rel=1e-5)
    joint = answered().joint
    assert joint is not None
    assert joint.supported == predicted.supported_chance
