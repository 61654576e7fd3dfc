"""Set-points that hold quantities, against formulas solved by hand."""

import polars as pl
import pytest

from pipeline.answers.scale_comparison.held_settings import held_settings, holding
from pipeline.domain.errors import ScalebridgeError
from tests.support.example_result import plant_process, rows

PROCESS = plant_process()
LAB, PLANT = rows(PROCESS, "lab", [2.0, 3.0, 4.0], 5e-6), rows(PROCESS, "plant", [1.0], 5e-4)


@pytest.mark.parametrize("quantity", ["bioreactor.tip_speed", "tip_speed"])
def test_held_settings__hold_the_median_of_the_reference(quantity: str) -> None:
    """Tip speed ∝ N·D: 3 turns per second of the lab's impeller of 0.07 m are 0.42 of one of 0.5 m."""
    found = held_settings(PROCESS, PLANT, LAB, {"agitation": quantity}, "P ran at 5 L in 3 batches")["agitation"]
    assert found.value == pytest.approx(3.0 * 0.07 / 0.5)
    assert found.why == "holds tip speed at 0.66 m/s, as P ran at 5 L in 3 batches"


def test_held_settings__are_solved_one_after_the_other() -> None:
    """The gas flow that holds a quantity of both is solved at the speed that is held, and not at the proposed one."""
    both = held_settings(PROCESS, PLANT, LAB, {"agitation": "tip_speed", "gas_flow": "kla_coalescing"})
    alone = held_settings(PROCESS, PLANT, LAB, {"gas_flow": "kla_coalescing"})
    assert both["gas_flow"].value > alone["gas_flow"].value


@pytest.mark.parametrize(
    ("holds", "words"),
    [
        ({"agitaton": "tip_speed"}, "'agitaton' holds no quantity; settings that do are agitation"),
        (
            {"agitation": "gas_flow_per_volume"},
            "'agitation' does not change 'gas_flow_per_volume'; it can hold reynolds_number",
        ),
    ],
)
def test_held_settings__of_a_wrong_name_say_which_there_are(holds: dict[str, str], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        held_settings(PROCESS, PLANT, LAB, holds)


def test_held_settings__without_a_value_in_the_reference_or_of_the_proposal_are_refused() -> None:
    unknown = PLANT.with_columns(pl.lit(None, dtype=pl.Float64).alias("bioreactor.tip_speed"))
    for proposed, reference, words in (
        (PLANT, LAB[:0], "in the reference batches"),
        (unknown, LAB, "for the proposed batch"),
    ):
        with pytest.raises(ScalebridgeError, match=f"'agitation' cannot hold tip speed: its value is not known {words}"):
            held_settings(PROCESS, proposed, reference, {"agitation": "tip_speed"})


def test_held_settings__that_no_vessel_can_run_are_refused() -> None:
    fast = LAB.with_columns(pl.col("bioreactor.tip_speed") * 1e9)
    with pytest.raises(ScalebridgeError, match=r"No value of 'agitation' holds tip speed at .* m/s in this vessel"):
        held_settings(PROCESS, PLANT, fast, {"agitation": "tip_speed"})


@pytest.mark.parametrize(
    ("quantity", "settings"),
    [
        ("power_per_volume", ["agitation"]),
        ("bioreactor.gas_flow_per_volume", ["gas_flow"]),
        ("kla_coalescing", ["agitation", "gas_flow"]),
    ],
)
def test_holding__are_the_settings_that_a_quantity_needs(quantity: str, settings: list[str]) -> None:
    assert holding(PROCESS, quantity) == settings


def test_holding__of_an_unknown_quantity_lists_those_that_there_are() -> None:
    with pytest.raises(
        ScalebridgeError, match="there is no quantity 'viscosity' that a setting can hold; available: reynolds"
    ):
        holding(PROCESS, "viscosity")
