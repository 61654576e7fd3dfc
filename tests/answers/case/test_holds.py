"""Settings of a proposal that hold a quantity of the reference batches."""

import polars as pl
import pytest

from pipeline.answers.case.holds import holds_of, solved_holds
from pipeline.answers.case.setting_history import SettingHistory
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.proposal import Proposal
from tests.support.example_result import plant_process, rows

PROCESS = plant_process()
LAB, PLANT = rows(PROCESS, "lab", [2.0, 3.0, 4.0], 5e-6), rows(PROCESS, "plant", [1.0], 5e-4)
SETTINGS = SettingHistory(PROCESS, pl.concat([LAB, PLANT]))


def _asked(hold: object, **more: object) -> Proposal:
    given = {"name": "x", "process": PROCESS.name, "product": "P", "scale": "2000 L", "equipment": "plant", "hold": hold}
    made = parse(Proposal, given | more, "proposal")
    assert isinstance(made, Proposal)
    return made


@pytest.mark.parametrize(
    ("hold", "found"),
    [
        ({}, {}),
        ("", {}),
        ({"agitation": "tip_speed"}, {"agitation": "bioreactor.tip_speed"}),
        ("power_per_volume", {"agitation": "bioreactor.power_per_volume"}),
        (
            "power_per_volume, gas_flow = superficial_gas_velocity",
            {"agitation": "bioreactor.power_per_volume", "gas_flow": "bioreactor.superficial_gas_velocity"},
        ),
    ],
)
def test_holds_of__reads_pairs_and_the_short_form(hold: object, found: dict[str, str]) -> None:
    assert holds_of(PROCESS, _asked(hold)) == found


def test_holds_of__the_short_form_means_the_one_setting_that_is_not_stated() -> None:
    asked = _asked("kla_coalescing", settings={"gas_flow": "30 L/min"})
    assert holds_of(PROCESS, asked) == {"agitation": "bioreactor.kla_coalescing"}


def test_holds_of__solves_a_setting_after_those_that_its_quantity_depends_on() -> None:
    found = holds_of(PROCESS, _asked({"gas_flow": "kla_coalescing", "agitation": "tip_speed"}))
    assert list(found) == ["agitation", "gas_flow"]


@pytest.mark.parametrize(
    ("hold", "settings", "words"),
    [
        (
            "kla_coalescing",
            {},
            "agitation, gas_flow can each hold 'kla_coalescing'; write `hold: {agitation: kla_coalescing}` or",
        ),
        (
            "tip_speed",
            {"agitation": "50 rpm"},
            "'agitation' is stated in `settings` and solved by `hold`; keep one of the two",
        ),
        ("viscosity", {}, "there is no quantity 'viscosity' that a setting can hold; available: reynolds_number, tip_speed"),
        ({"ph": "tip_speed"}, {}, "'ph' holds no quantity; settings that do are agitation"),
        ("tip_speed, power", {}, "'agitation' is to hold both 'tip_speed' and 'power'; it can hold one quantity"),
        (
            {"agitation": "kla_coalescing", "gas_flow": "oxygen_transfer_capacity"},
            {},
            "'agitation', 'gas_flow' each change the quantity that another holds; hold one, and state the others",
        ),
    ],
)
def test_holds_of__what_does_not_fit_is_a_sentence(hold: object, settings: dict[str, str], words: str) -> None:
    with pytest.raises(ScalebridgeError, match="Proposal 'x'") as caught:
        holds_of(PROCESS, _asked(hold, settings=settings))
    assert words in str(caught.value)


def test_solved_holds__name_the_quantity_the_batches_and_what_the_vessel_has_run() -> None:
    asked = _asked("tip_speed")
    found = solved_holds(SETTINGS, asked, PLANT, LAB, "P ran at 5 L in 3 batches", holds_of(PROCESS, asked))["agitation"]
    assert found.value == pytest.approx(3.0 * 0.07 / 0.5)
    assert found.why == "holds tip speed at 0.66 m/s, as P ran at 5 L in 3 batches"
    assert found.seen == "plant has run only 60 rpm in 1 batch"


def test_solved_holds__outside_of_the_limits_of_the_vessel_is_a_sentence() -> None:
    asked = _asked("tip_speed", limits={"agitation": ["40 rpm", "100 rpm"]})
    with pytest.raises(ScalebridgeError, match=r"'agitation' would be 25\.2 rpm, outside of its limits 40 rpm to 100 rpm"):
        solved_holds(SETTINGS, asked, PLANT, LAB, "P ran", holds_of(PROCESS, asked))


def test_solved_holds__without_reference_batches_is_a_sentence() -> None:
    asked = _asked("tip_speed")
    with pytest.raises(ScalebridgeError, match="Proposal 'x', hold: 'agitation' cannot hold tip speed"):
        solved_holds(SETTINGS, asked, PLANT, LAB[:0], "in the reference batches", holds_of(PROCESS, asked))
