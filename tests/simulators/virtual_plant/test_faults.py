"""Each fault of a batch shows in the culture after its onset, and not before."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.config import USUAL_CAUSES, PlantConfig
from pipeline.simulators.virtual_plant.culture import Culture, culture_of
from pipeline.simulators.virtual_plant.environment import Environment, environment
from pipeline.simulators.virtual_plant.faults import (
    CAUSES,
    FIRST_FEED,
    FOAM_LASTS,
    FOAM_PRESSURE,
    RESTARTED,
    THROTTLED,
    TRIP_LASTS,
    TRIPPED,
    faults,
)
from pipeline.simulators.virtual_plant.further_tags import further_sensed
from pipeline.simulators.virtual_plant.historian import sensed
from pipeline.simulators.virtual_plant.states import State
from tests.support.culture_course import course

ONSET = 100.0
FURTHER_CAUSES = [cause for cause in CAUSES if cause not in USUAL_CAUSES]


def _with_fault(rows: pl.DataFrame, cause: str, onset: float = ONSET) -> Culture:
    never = {name: np.full(rows.height, np.inf) for name in CAUSES}
    return culture_of(rows, never | {cause: np.full(rows.height, onset)})


@dataclass(frozen=True)
class Moment:
    """A culture at one hour: its states, its environment, and what its tags show."""

    state: State
    meets: Environment
    shown: dict[str, np.ndarray]


HOURS = (0.0, 72.0, 94.0, 104.0, 108.0, 124.0, 172.0, 200.0, 260.0)
"""Hours at which the tests look."""
Look = Callable[[str | None, float], Moment]
"""Function that gives the moment of the cultures with a fault, or without one for None, at an hour."""


@pytest.fixture(scope="module")
def at(large: pl.DataFrame) -> Look:
    """The batches of the largest scale, each fault simulated once."""
    courses: dict[str | None, tuple[Culture, np.ndarray]] = {}

    def look(cause: str | None, hour: float) -> Moment:
        if cause not in courses:
            onset = 0.0 if cause == "inoculum of low viability" else ONSET
            culture = culture_of(large) if cause is None else _with_fault(large, cause, onset)
            courses[cause] = culture, course(culture, np.array(HOURS))
        culture, values = courses[cause]
        state = states.of(values[HOURS.index(hour)])
        meets = environment(culture, state, hour)
        tags = sensed(culture, state, meets, hour) | further_sensed(culture, state, meets, hour)
        return Moment(state, meets, tags)

    return look


@pytest.mark.parametrize("cause", USUAL_CAUSES)
def test_faults__each_has_its_effect(cause: str, large: pl.DataFrame) -> None:
    faulty = _with_fault(large, cause)
    sound = culture_of(large)
    hit, well = (states.of(course(culture, np.array([98.0, 139.0]))[1]) for culture in (faulty, sound))
    now = environment(faulty, hit, 139.0)
    mark = {
        "sparger clogging": now.kla < 0.5 * environment(sound, well, 139.0).kla,
        "temperature excursion": hit.viable != well.viable,
        "feed pump fault": hit.volume < well.volume,
        "ph probe drift": hit.acidic != well.acidic,
        "contamination": hit.viable < 0.8 * well.viable,
    }[cause]
    assert mark.all()
    before = [course(culture, np.array([75.0])) for culture in (faulty, sound)]
    assert np.allclose(*before, rtol=1e-2, atol=1e-6)


@pytest.mark.parametrize("cause", [cause for cause in FURTHER_CAUSES if cause != "inoculum of low viability"])
def test_faults__show_nothing_before_their_onset(cause: str, at: Look) -> None:
    hit, well = (at(one, ONSET - 6) for one in (cause, None))
    for tag, values in well.shown.items():
        assert np.allclose(hit.shown[tag], values, rtol=1e-4, atol=1e-3), tag


def test_oxygen_probe_drift__the_reading_stays_and_the_true_oxygen_falls(at: Look) -> None:
    hit, well = (at(one, ONSET + 100) for one in ("oxygen probe drift", None))
    assert np.allclose(hit.shown["dissolved_oxygen"], well.shown["dissolved_oxygen"])
    assert np.allclose(hit.meets.oxygen, well.meets.oxygen / 2)  # the reading rises by 1 % per hour
    assert (hit.meets.supply < well.meets.supply).all()
    assert (hit.shown["oxygen_in_gas"] <= well.shown["oxygen_in_gas"]).all()
    late = [at(one, 260.0).state for one in ("oxygen probe drift", None)]
    dead = [one.dead / (one.viable + one.dead) for one in late]
    assert (dead[0] > 1.1 * dead[1]).all()


def test_agitation_trip__speed_falls_and_is_restarted_below_the_set_point(at: Look) -> None:
    tripped, well = (at(one, ONSET + TRIP_LASTS / 2) for one in ("agitation trip", None))
    assert np.allclose(tripped.shown["agitation"], TRIPPED * well.shown["agitation"])
    assert (tripped.meets.kla < 0.35 * well.meets.kla).all()
    assert np.allclose(tripped.meets.motion.tip_speed, TRIPPED * well.meets.motion.tip_speed)
    assert np.allclose(tripped.meets.motion.blend_time, well.meets.motion.blend_time / TRIPPED)
    assert (tripped.shown["oxygen_in_gas"] > 1.5 * well.shown["oxygen_in_gas"]).all()
    later, well = (at(one, ONSET + 72) for one in ("agitation trip", None))
    assert np.allclose(later.shown["agitation"], RESTARTED * well.shown["agitation"])
    assert (later.meets.kla < 0.9 * well.meets.kla).all()
    assert np.allclose(later.shown["gas_flow"], well.shown["gas_flow"])


def test_foam_out__pressure_rises_gas_is_throttled_and_carbon_dioxide_stays_until_the_filter_is_changed(
    at: Look,
) -> None:
    closed, well = (at(one, ONSET + FOAM_LASTS / 2) for one in ("vent filter foam-out", None))
    assert np.allclose(closed.shown["head_pressure"], well.shown["head_pressure"] + FOAM_PRESSURE / 100)
    assert np.allclose(closed.shown["gas_flow"], THROTTLED * well.shown["gas_flow"])
    assert (closed.shown["co2"] > 1.5 * well.shown["co2"]).all()
    assert (closed.meets.kla < 0.8 * well.meets.kla).all()
    changed, well = (at(one, ONSET + FOAM_LASTS + 8) for one in ("vent filter foam-out", None))
    assert np.allclose(changed.shown["head_pressure"], well.shown["head_pressure"], atol=0.01)
    assert np.allclose(changed.shown["gas_flow"], well.shown["gas_flow"], rtol=1e-4)
    assert (changed.state.base > well.state.base).all()  # what was added stays


def test_wrong_feed_lot__amino_acids_are_lacking_while_flow_and_weight_are_as_planned(at: Look) -> None:
    hit, well = (at(one, ONSET + 72) for one in ("wrong feed lot", None))
    assert np.allclose(hit.shown["feed_flow"], well.shown["feed_flow"])
    assert np.allclose(hit.shown["weight"], well.shown["weight"], rtol=0.01)
    assert (hit.state.glutamine < 0.8 * well.state.glutamine).all()
    assert (hit.state.glucose < well.state.glucose).all()


def test_inoculum_of_low_viability__has_all_cells_of_which_fewer_live(at: Look) -> None:
    hit, well = (at(one, 0.0) for one in ("inoculum of low viability", None))
    total = [one.state.viable + one.state.dead for one in (hit, well)]
    assert np.allclose(*total)
    assert np.allclose(hit.state.viable / total[0], 0.72, atol=0.01)
    hit, well = (at(one, 72.0) for one in ("inoculum of low viability", None))
    assert (hit.state.viable < 0.85 * well.state.viable).all()


def test_feed_pump_fault__shows_in_the_flow_and_in_the_weight(at: Look) -> None:
    hit, well = (at(one, ONSET + 72) for one in ("feed pump fault", None))
    assert np.allclose(hit.shown["feed_flow"], 0.45 * well.shown["feed_flow"])
    assert (hit.shown["weight"] < 0.99 * well.shown["weight"]).all()


def test_ph_probe_drift__shows_in_the_true_ph_and_not_in_that_of_the_probe(at: Look) -> None:
    hit, well = (at(one, ONSET + 72) for one in ("ph probe drift", None))
    assert np.allclose(hit.shown["ph"], well.shown["ph"], atol=0.06)
    assert (hit.meets.ph > well.meets.ph + 0.05).all()


SMALL = {"products": 6, "batches": 2000, "families": 2, "deviations": 0.5}


def _drawn(**changes: object) -> pl.DataFrame:
    config = PlantConfig(**(SMALL | changes))  # type: ignore[arg-type]
    return faults(config, pl.DataFrame({"batch_id": [f"B{i}" for i in range(config.batches)]}))


def test_faults__a_plant_has_the_causes_of_its_configuration_and_the_usual_five_without_one() -> None:
    assert set(_drawn()["cause"]) == set(USUAL_CAUSES)
    assert set(_drawn(causes=CAUSES)["cause"]) == set(CAUSES)
    only = _drawn(causes=("agitation trip",))
    assert set(only["cause"]) == {"agitation trip"}
    assert only["batch_id"].equals(_drawn()["batch_id"])  # the same batches are faulty, whatever the causes are


def test_faults__each_cause_begins_when_it_can() -> None:
    drawn = dict(_drawn(causes=CAUSES).group_by("cause").agg("onset_hours").iter_rows())
    assert set(drawn.pop("inoculum of low viability")) == {0.0}
    feed = np.array(drawn.pop("wrong feed lot"))
    assert feed.min() == FIRST_FEED
    assert 0.3 < np.mean(feed == FIRST_FEED) < 0.7
    for cause, hours in drawn.items():
        assert min(hours) >= 48, cause
        assert max(hours) <= 240, cause


Config = Callable[[], PlantConfig]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: PlantConfig(causes=("agitation trip", "agitation trip")), "`causes` names agitation trip more than once"),
        (lambda: PlantConfig(further_tags=("weight", "weight")), "`further_tags` names weight more than once"),
        (lambda: PlantConfig(causes=()), "at least 1 item"),
        (lambda: PlantConfig(causes=("sabotage",)), "sparger clogging"),  # type: ignore[arg-type]
    ],
)
def test_plant_config__causes_and_tags_are_known_and_named_once(make: Config, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()
