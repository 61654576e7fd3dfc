"""Scenarios against a formula: what tolerances and lots do can be computed by hand."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.result.scenarios import Scenarios
from pipeline.answers.scenarios.capability import distribution, ppk
from pipeline.answers.scenarios.design_map import design_map, most_telling
from pipeline.answers.scenarios.equipment_ranges import parameter_ranges
from pipeline.answers.scenarios.lots import lots_to_come
from pipeline.answers.scenarios.operating_box import grow, largest_box
from pipeline.answers.scenarios.response_curves import curves, proven_range
from pipeline.answers.scenarios.restoring import restore
from pipeline.answers.scenarios.sampling import draw
from pipeline.answers.scenarios.scenarios import scenarios
from pipeline.answers.scenarios.variation import variations
from pipeline.domain.errors import ScalebridgeError
from pipeline.features.catalogue import names_of
from pipeline.features.table import build
from tests.support.pot import ERROR, Formula, history, normal_cdf, pot, proposal, ready

LIMITED = {"agitation": ["30 rpm", "90 rpm"], "temperature": [34.85, 37.85]}
NAMES = names_of(pot())
WIDE = {"agitation": ["30 rpm", "90 rpm"], "temperature": [34.85, 38.85]}


def test_setup__a_scenario_at_the_set_points_is_the_proposal() -> None:
    made = ready()
    alone = build(pot(), propose(pot(), proposal(), history()).history)
    many = made.rows(pl.DataFrame({"agitation": [made.set_point("agitation")] * 3}))
    assert many.drop("batch_id").equals(pl.concat([alone] * 3).drop("batch_id"))


def test_setup__what_is_derived_follows_the_settings() -> None:
    rows = ready().rows(pl.DataFrame({"agitation": [1.0, 2.0]}))
    assert rows["revolutions"].to_list() == pytest.approx([0.1, 0.2])


def test_variations__are_as_stated_with_widths_that_know_no_zero() -> None:
    found = {v.parameter: v for v in variations(ready(tolerances={"agitation": "6 rpm", "temperature": {"sd": "0.5 degC"}}))}
    assert found["agitation"].operating_range == pytest.approx((0.9, 1.1))
    assert found["temperature"].width == pytest.approx(0.5)
    assert found["temperature"].shape == "normal"


def test_variations__unstated_is_the_spread_of_the_product_at_the_reference_and_says_so() -> None:
    made = ready()
    found = {v.parameter: v for v in variations(made)}
    own = made.reference["agitation"]
    assert found["agitation"].width == pytest.approx(own.std() / own.median())  # the set-point is 1/s
    assert found["temperature"].width == pytest.approx(made.reference["temperature"].std())
    assert "not stated" in found["temperature"].source
    assert "share of the set-point" in found["agitation"].source


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stirring": "2 rpm"}, "agitation, temperature"),
        ({"agitation": "2 L"}, "cannot be converted"),
        ({"agitation": "-2 rpm"}, "above zero"),
    ],
)
def test_variations__a_wrong_tolerance_is_a_sentence(given: dict[str, str], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        variations(ready(tolerances=given))


def test_draw__gives_the_set_points_where_nothing_varies() -> None:
    made = ready()
    drawn = draw(made, [], [], 3, 1)
    assert drawn[made.parameters[0]].to_list() == [made.set_point(made.parameters[0])] * 3


def test_lots__are_drawn_whole() -> None:
    made = ready()
    drawn = draw(made, variations(made), lots_to_come(made), 500, 1)
    assert np.allclose(drawn["zinc"], 3 * drawn["copper"])
    assert set(drawn["copper"]) <= set(history().lots.filter(pl.col("attribute") == "copper")["value"])


def test_lots__named_by_the_proposal_stay() -> None:
    assert lots_to_come(ready(lots={"media": [{"lot": "L01"}]})) == ()


def test_scenarios__the_distribution_is_that_of_the_formula() -> None:
    made = ready(batches=40_000, tolerances={"agitation": "0.001 rpm", "temperature": {"sd": 0.5}})
    [line] = scenarios(made, pl.DataFrame(), 7, NAMES).attributes
    bare, whole = line.without_model_error, line.with_model_error
    assert bare.mean == pytest.approx(1.2, abs=0.003)
    assert bare.sd == pytest.approx(0.1, rel=0.02)
    assert bare.ppk == pytest.approx(0.2 / 0.3, rel=0.03)
    both = np.hypot(0.1, ERROR)
    assert whole.sd == pytest.approx(both, rel=0.02)
    assert whole.chance == pytest.approx(normal_cdf(0.2 / both), abs=0.005)
    assert bare.chance == pytest.approx(normal_cdf(2.0), abs=0.005)


def test_scenarios__no_batch_has_an_impossible_value() -> None:
    made = ready(batches=2_000, tolerances={"temperature": {"sd": 0.5}})
    least = replace(made.process.attributes["titre"], between=(1.19, 5))
    process = replace(made.process, attributes=dict(made.process.attributes) | {"titre": least})
    [line] = scenarios(replace(made, process=process), pl.DataFrame(), 7, NAMES).attributes
    assert line.with_model_error.low_5 == pytest.approx(1.19)
    assert line.histogram.edges[0] >= line.without_model_error.low_5 - 0.2


def test_scenarios__the_same_seed_gives_the_same_answer() -> None:
    made = ready(batches=500, limits=WIDE)
    reference = made.rows(pl.DataFrame({"agitation": [1.2], "temperature": [310.5]}))
    first, again = (scenarios(made, reference, 3, NAMES) for _ in range(2))
    assert first == again


def test_scenarios__materials_move_quality_where_it_depends_on_them() -> None:
    spread = {"agitation": "0.001 rpm", "temperature": 0.001}
    setups = [ready(Formula(slope=slope), batches=2000, tolerances=spread) for slope in (0.0, 1.0)]
    still, moved = (scenarios(setup, pl.DataFrame(), 1, NAMES).attributes[0].without_model_error.sd for setup in setups)
    assert still < 0.001
    assert moved > 0.2


def test_proven_range__ends_where_the_formula_crosses_the_level() -> None:
    made = ready(limits=WIDE)
    along = {c.limit.parameter: c for c in curves(made, parameter_ranges(made), 401)}
    warm = proven_range(along["temperature"], 0.9)
    assert warm is not None
    assert warm.low == pytest.approx(310 - (0.2 - 1.2816 * ERROR) / 0.2, abs=0.011)
    assert warm.high_open
    assert not warm.low_open


def test_proven_range__none_where_the_set_point_fails() -> None:
    made = ready(limits=WIDE, settings={"agitation": "60 rpm", "temperature": 34.9})
    along = {c.limit.parameter: c for c in curves(made, parameter_ranges(made))}
    assert proven_range(along["temperature"], 0.9) is None


def test_pair_map__has_the_edge_of_the_formula() -> None:
    made = ready(limits=WIDE)
    pair = most_telling(curves(made, parameter_ranges(made)))
    assert pair is not None
    found = design_map(made, *pair, points=61)
    x, y = np.meshgrid(found.xs, found.ys)
    speed, warm = (x, y) if found.x.parameter == "agitation" else (y, x)
    titre = 1.2 + 0.2 * (warm - 310) - 0.5 * (speed - 1) ** 2
    assert ((found.chance >= 0.9) == (normal_cdf((titre - 1) / ERROR) >= 0.9)).all()


def test_restore__finds_the_settings_that_give_the_quality_of_the_reference() -> None:
    made = ready(limits=WIDE)
    reference = made.rows(pl.DataFrame({"agitation": [1.0], "temperature": [311.0]}))
    found = restore(made, parameter_ranges(made), reference, 1)
    assert found is not None
    assert found.restored["titre"] == pytest.approx(1.4, abs=0.02)
    assert found.distance_restored < 0.2 * found.distance_proposed
    assert all(m.low <= found.settings[m.parameter] <= m.high for m in parameter_ranges(made))


def test_grow__stops_at_what_fails() -> None:
    low, high = grow(np.array([[0.8, 0.5], [0.5, 0.1]]), np.array([0.5, 0.5]), steps=100)
    assert (high[0], high[1], low[0]) == pytest.approx((0.79, 1.0, 0.0), abs=0.011)
    assert low[1] == pytest.approx(0.11, abs=0.011)


def test_largest_box__is_inside_the_region_and_nearly_as_large_as_can_be() -> None:
    """A disc of radius 0.4: its largest box from the centre is a square of area 2 r²."""
    found = largest_box(lambda p: 1.0 - ((p - 0.5) ** 2).sum(axis=1) / 0.16 * 0.1, np.array([0.5, 0.5]), (0.9,), 1)
    assert found.box is not None
    assert found.box.verified >= 0.98
    assert 0.75 * 0.32 < found.box.volume <= 1.05 * 0.32


def test_largest_box__says_where_no_setting_reaches_the_level() -> None:
    found = largest_box(lambda p: np.full(len(p), 0.3), np.array([0.5, 0.5]), (0.9, 0.5), 1)
    assert found.box is None
    assert found.best_chance == 0.3


def played(lower: float, warm: float = 310 - 273.15) -> Scenarios:
    """Titre is at most 1.4 within the limits, at 1/s and 311 K."""
    at = {"agitation": "60 rpm", "temperature": warm}
    return scenarios(ready(Formula(lower=lower), batches=500, limits=LIMITED, settings=at), pl.DataFrame(), 1, NAMES)


def test_reached__nothing_reaches_the_wanted_level_and_the_caption_says_so() -> None:
    found = played(lower=1.38)
    best = found.reached
    assert best is not None
    assert best.level == 0.6
    assert best.best_chance == pytest.approx(normal_cdf(0.02 / ERROR), abs=0.01)
    settings = {line.parameter: line.value for line in best.best_settings}
    assert settings == pytest.approx({"agitation": 60, "temperature": 37.85}, rel=0.03)
    assert not best.at_set_points
    assert all(line.proven_acceptable_range is not None for line in found.ranges)
    caption = found.captions.reached
    assert "No settings found within the limits reach P(all in spec) of 90 %. The best found reach 6" in caption
    assert "Ranges are therefore given for 60 %" in caption


def test_reached__set_points_that_reach_the_level_are_the_middle_of_the_ranges() -> None:
    best, warm = played(lower=1.0).reached, played(lower=1.38, warm=37.85).reached
    assert best is not None
    assert warm is not None
    assert (best.level, best.at_set_points, warm.at_set_points) == (0.9, True, True)


def test_reached__below_the_lowest_level_there_are_no_ranges() -> None:
    found = played(lower=2.0)
    assert found.reached is not None
    assert found.reached.level is None
    assert all(line.proven_acceptable_range is None for line in found.ranges)
    assert "no range can be given" in found.captions.reached


def test_ppk__is_none_without_limit_or_spread() -> None:
    assert ppk(1, 0, 0, 2) is None
    assert distribution(np.full(5000, 1.118e-4) * (1 + 1e-16 * np.arange(5000)), None, 1e-4).ppk is None
    assert ppk(1, 1, None, None) is None
    assert distribution(np.array([1.0, 2.0, 3.0]), None, 2.0).inside == pytest.approx(2 / 3)
