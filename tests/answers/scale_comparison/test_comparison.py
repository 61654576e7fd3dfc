"""What holding one quantity does to the others."""

import polars as pl
import pytest

from pipeline.answers.result.scale_comparison import Holding
from pipeline.answers.scale_comparison.comparison import scale_comparison
from pipeline.features.catalogue import names_of
from tests.support.example_result import plant_process, rows

PROCESS = plant_process()
LAB = rows(PROCESS, "lab", [3.0, 3.0, 3.0], 5e-6)
PLANT = rows(PROCESS, "plant", [1.2], 5e-4)
NAMES = names_of(PROCESS)
EVERY = pl.concat([LAB, PLANT, PLANT.with_columns(agitation=pl.lit(0.9))])
FOUND = scale_comparison(PROCESS, PLANT, LAB, EVERY, 0.1, NAMES)


def line(hold: str, setting: str) -> Holding:
    return next(h for h in FOUND.holding if (h.quantity, h.setting) == (f"bioreactor.{hold}", setting))


def test_scale_comparison__ratio_and_match_of_each_quantity() -> None:
    by_name = {q.quantity: q for q in FOUND.quantities}
    tip = by_name["bioreactor.tip_speed"]
    assert tip.ratio == pytest.approx(1.2 * 0.5 / (3.0 * 0.07), rel=1e-5)
    assert not tip.matched
    assert by_name["bioreactor.impeller_to_vessel_ratio"].matched


def test_scale_comparison__equal_power_per_volume_raises_tip_speed_and_blend_time() -> None:
    """At equal P/V, N ∝ (V/D⁵)^⅓: tip speed ∝ N·D and blend time of two impellers ∝ (H/D)^2.43/N, by hand."""
    held = line("power_per_volume", "agitation")
    faster = (2.0 / 0.005) ** (1 / 3) * (0.07 / 0.5) ** (5 / 3)
    assert held.needed == pytest.approx(60 * 3.0 * faster, rel=1e-5)
    ratios = held.ratios
    assert ratios["bioreactor.power_per_volume"] == pytest.approx(1)
    assert ratios["bioreactor.tip_speed"] == pytest.approx(faster * 0.5 / 0.07, rel=1e-5)
    taller = (2.0 / 1.18**2) / (0.005 / 0.165**2)
    assert ratios["bioreactor.blend_time"] == pytest.approx((taller * 0.07 / 0.5) ** 2.43 / faster, rel=1e-5)
    assert "Holding power per volume constant needs agitation = " in held.sentence


def test_scale_comparison__says_where_the_equipment_has_not_been_run() -> None:
    held = line("blend_time", "agitation")
    assert held.within_seen is False
    assert held.seen_on_equipment == (54.0, 72.0)
    assert "this equipment has run at 54 – 72" in held.sentence


def test_scale_comparison__leaves_out_what_is_the_same_in_all_batches_and_says_so() -> None:
    """With little gas the gassed power ratio is at its limit, 1, in every batch: "matched" would say nothing."""
    assert (EVERY["bioreactor.gassed_power_ratio"] == 1).all()
    left_out = {"bioreactor.gassed_power_ratio", "bioreactor.gassed_power_per_volume"}
    assert left_out.isdisjoint(line.quantity for line in FOUND.quantities)
    assert left_out.isdisjoint(line.quantity for line in FOUND.holding)
    assert left_out.isdisjoint(name for line in FOUND.holding for name in line.ratios)
    assert FOUND.left_out == (
        "Left out: gassed power ratio (Power under gas over ungassed power, at most 1). "
        "It has the same value, 1, in all 5 batches of history and in the proposal.",
        "Left out: gassed power per volume (Power per liquid volume under gas: intensity of mixing). "
        "It equals power per volume in all 5 batches of history and in the proposal.",
    )


def test_scale_comparison__keeps_a_constant_that_the_proposal_leaves() -> None:
    gassed = rows(PROCESS, "plant", [1.2], 0.5)
    found = scale_comparison(PROCESS, gassed, LAB, EVERY, 0.1, NAMES)
    assert found.left_out == ()
    (ratio,) = [line for line in found.quantities if line.quantity == "bioreactor.gassed_power_ratio"]
    assert ratio.matched is False


def test_scale_comparison__counts_the_batches_in_which_a_constant_is_known() -> None:
    gaps = EVERY.with_columns(pl.when(pl.int_range(pl.len()) > 0).then("bioreactor.gassed_power_ratio"))
    found = scale_comparison(PROCESS, PLANT, LAB, gaps, 0.1, NAMES)
    assert "in all 4 batches of history in which it is known and in the proposal." in found.left_out[0]


def test_scale_comparison__without_reference_there_is_nothing_to_hold() -> None:
    empty = scale_comparison(PROCESS, PLANT, LAB.clear(), PLANT, 0.1, NAMES)
    assert (empty.known, empty.holding) == ((), ())
