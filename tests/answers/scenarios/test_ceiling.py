"""An attribute that no setting changes bounds the joint chance, and then no optimum is searched."""

from dataclasses import dataclass

import polars as pl
import pytest

from pipeline.answers.scenarios.ceiling import ceiling
from pipeline.answers.scenarios.equipment_ranges import parameter_ranges
from pipeline.answers.scenarios.response_curves import curves
from pipeline.answers.scenarios.scenarios import scenarios
from pipeline.features.catalogue import names_of
from tests.support.pot import Formula, pot, ready

LIMITED = {"agitation": ["30 rpm", "90 rpm"]}


@dataclass(frozen=True)
class Carried(Formula):
    """A model that gives the mean of the product, whatever the settings are."""

    value: float = 0.98

    def mean(self, frame: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"titre": [self.value] * frame.height})


def test_ceiling__is_the_chance_of_the_attribute_that_no_setting_changes() -> None:
    setup = ready(Carried(), limits=LIMITED)
    found = ceiling(setup, curves(setup, parameter_ranges(setup)))
    assert found is not None
    assert (found.attributes, found.lowest) == (("titre",), "titre")
    at_set_point = setup.chance(pl.DataFrame({"agitation": [setup.set_point("agitation")]}))[0]
    assert found.chance == pytest.approx(at_set_point, abs=0.01)


def test_ceiling__is_none_where_a_setting_acts() -> None:
    setup = ready(limits=LIMITED)
    assert ceiling(setup, curves(setup, parameter_ranges(setup))) is None


def test_scenarios__below_every_level_no_optimum_is_searched_and_one_line_says_so() -> None:
    setup = ready(Carried(), limits=LIMITED)
    found = scenarios(setup, setup.reference, 1, names_of(pot()))
    assert found.ceiling is not None
    assert found.ceiling.chance < 0.5
    assert (found.box, found.map, found.restoring) == (None, None, None)
    assert found.captions.reached.startswith("No setting changes titre in the model that answers, so no setting can raise")
    assert {found.captions.box, found.captions.design_map, found.captions.restoring, found.captions.response_curves} == {""}
