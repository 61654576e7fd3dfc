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
    """At equal P/V, N ∝ (V/D⁵)^⅓: tip speed ∝ N·D and blend time ∝ T²/(N·D²), by hand."""
    held = line("power_per_volume", "agitation")
    faster = (2.0 / 0.005) ** (1 / 3) * (0.07 / 0.5) ** (5 / 3)
    assert held.needed == pytest.approx(60 * 3.0 * faster, rel=1e-5)
    ratios = held.ratios
    assert ratios["bioreactor.power_per_volume"] == pytest.approx(1)
    assert ratios["bioreactor.tip_speed"] == pytest.approx(faster * 0.5 / 0.07, rel=1e-5)
    assert ratios["bioreactor.blend_time"] == pytest.approx((1.18 / 0.165) ** 2 * (0.07 / 0.5) ** 2 / faster, rel=1e-5)
    assert "Holding power per volume constant needs agitation = " in held.sentence


def test_scale_comparison__says_where_the_equipment_has_not_been_run() -> None:
    held = line("blend_time", "agitation")
    assert held.within_seen is False
    assert held.seen_on_equipment == (54.0, 72.0)
    assert "this equipment has run at 54 – 72" in held.sentence


def test_scale_comparison__without_reference_there_is_nothing_to_hold() -> None:
    empty = scale_comparison(PROCESS, PLANT, LAB.clear(), PLANT, 0.1, NAMES)
    assert (empty.known, empty.holding) == ((), ())
