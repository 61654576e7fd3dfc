"""The bridge on functions whose shares are known."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.bridge import bridge as module
from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.causes import UNSTATED, VESSEL, MixedBatches, causes_of, changed
from pipeline.answers.bridge.summary import bridge_summary
from pipeline.features.catalogue import names_of
from tests.support.example_result import Known, plant_process, rows

PROCESS = plant_process()
LAB = rows(PROCESS, "lab", [3.0, 3.5, 4.0], 5e-6)
PLANT = rows(PROCESS, "plant", [1.2], 5e-4, ph=7.1, manganese=2e-3)
NAMES = names_of(PROCESS)
STATED = {"agitation", "gas_flow", "ph"}


def test_causes__every_column_that_is_not_computed_has_one() -> None:
    causes = causes_of(PROCESS, LAB.columns)
    columns = [name for cause in causes for name in cause.columns]
    assert len(columns) == len(set(columns))
    computed = {name for name in LAB.columns if name.startswith("bioreactor.")} | {"log10_scale", "batch_id"}
    assert set(columns) == set(LAB.columns) - computed
    by_name = {cause.name: cause for cause in causes}
    assert {"scale", "tank_diameter", "power_number", "equipment"} <= set(by_name[VESSEL].columns)
    assert set(by_name["media"].columns) == {"copper", "manganese", "base_osmolality"}


def test_between__a_vessel_alone_keeps_power_and_gas_per_volume() -> None:
    causes = changed(causes_of(PROCESS, LAB.columns), PLANT, LAB)
    between = MixedBatches.of(PROCESS, PLANT, LAB, causes)
    alone = np.array([[cause.name == VESSEL for cause in causes]])
    made = between.rows(alone)
    for name in ("bioreactor.power_per_volume", "bioreactor.gas_flow_per_volume"):
        assert made[name].to_numpy() == pytest.approx(LAB[name].to_numpy())
    assert made["bioreactor.blend_time"].to_numpy() != pytest.approx(LAB["bioreactor.blend_time"].to_numpy())
    whole = between.rows(np.ones((1, len(causes)), dtype=bool))
    assert whole.drop("batch_id").head(1).equals(PLANT.drop("batch_id"))


def test_bridge__sums_agree_at_every_level() -> None:
    made = bridge(PROCESS, Known(), PLANT, LAB, STATED)
    plain = bridge_summary(PROCESS, made, PLANT, LAB, NAMES)
    for target in Known().targets:
        difference = Known().mean(PLANT)[target][0] - Known().mean(LAB)[target].mean()
        assert made.shares[target].sum() == pytest.approx(difference, rel=1e-9)
        own = plain.attributes[target]
        for level in ("by_cause", "by_quantity", "by_operation"):
            assert sum(line.change for line in getattr(own, level)) == pytest.approx(own.difference, rel=1e-4)
        for line in own.by_cause:
            assert sum(part.change for part in line.through) == pytest.approx(line.change, rel=1e-3, abs=1e-5)


def test_bridge__names_cause_and_quantity() -> None:
    made = bridge(PROCESS, Known(), PLANT, LAB, STATED)
    assert [cause.name for cause in made.causes][-1] == UNSTATED
    shares = dict(zip([c.name for c in made.causes], made.shares["titre"].sum(axis=1), strict=True))
    assert shares["ph"] == pytest.approx(0.03)
    used = {made.quantities[j] for j in np.flatnonzero(np.abs(made.shares["titre"]).sum(axis=0) > 1e-12)}
    assert used == {"bioreactor.kla_coalescing", "bioreactor.blend_time", "ph", "manganese"}


def test_bridge__sampling_agrees_with_every_coalition(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bridge(PROCESS, Known(), PLANT, LAB, STATED)
    monkeypatch.setattr(module, "_by_cause", lambda f, b, most=0, own=module._by_cause: own(f, b, 1))
    sampled = bridge(PROCESS, Known(), PLANT, LAB, STATED)
    assert (whole.exact, sampled.exact) == (True, False)
    for target in Known().targets:
        a, b = (one.shares[target].sum(axis=1) for one in (whole, sampled))
        assert b.sum() == pytest.approx(a.sum())
        assert b == pytest.approx(a, abs=0.1 * np.abs(a).max())


def test_bridge__the_same_again() -> None:
    first, second = (bridge(PROCESS, Known(), PLANT, LAB, STATED) for _ in range(2))
    assert all((first.shares[t] == second.shares[t]).all() for t in Known().targets)


def by_quantity(reference: pl.DataFrame) -> dict[str, float]:
    made = bridge(PROCESS, Known(), PLANT, reference, STATED)
    return dict(zip(made.quantities, made.shares["titre"].sum(axis=0), strict=True))


def test_bridge__shares_by_quantity_do_not_depend_on_the_order_of_the_reference_batches() -> None:
    reference = rows(PROCESS, "lab", [2.0 + 0.1 * i for i in range(30)], 5e-6)
    mixed = reference.sample(fraction=1.0, shuffle=True, seed=3)
    assert by_quantity(mixed) == pytest.approx(by_quantity(reference), rel=1e-9, abs=1e-12)


def test_bridge__every_reference_batch_counts_the_same_in_the_shares_by_quantity() -> None:
    """One cause differs, and the model adds kLa and blend time: a share is the change of its own term from the mean of all 30.

    The last 6 of the 30 reference batches run faster. The first 24 alone would give another share.
    """
    proposed = rows(PROCESS, "plant", [1.2], 5e-4)
    reference = rows(PROCESS, "plant", [1.0] * 24 + [2.0] * 6, 5e-4)
    kla, blend = "bioreactor.kla_coalescing", "bioreactor.blend_time"
    change = {name: proposed[name][0] - reference[name].mean() for name in (kla, blend)}
    made = bridge(PROCESS, Known(), proposed, reference, STATED)
    assert [cause.name for cause in made.causes] == ["agitation"]
    shares = dict(zip(made.quantities, made.shares["titre"].sum(axis=0), strict=True))
    assert shares[blend] == pytest.approx(-0.02 * change[blend], rel=1e-9)
    assert shares[kla] == pytest.approx((50 + 400 * 1e-3) * change[kla], rel=1e-9)


def test_bridge__few_reference_batches_are_drawn_equally_often() -> None:
    assert np.bincount(module._drawn(7)).tolist() == [4] * 7
    assert np.bincount(module._drawn(30)).tolist() == [1] * 30


def test_bridge__of_very_many_reference_batches_an_even_sample_is_drawn() -> None:
    drawn = module._drawn(500)
    assert (len(drawn), drawn[0], drawn[-1]) == (module.MOST_BATCHES, 0, 499)
    assert set(np.diff(drawn)) <= {10, 11}


def test_bridge__without_a_difference_has_no_cause() -> None:
    made = bridge(PROCESS, Known(), LAB.head(1), LAB.head(1), STATED)
    assert made.causes == ()
    assert bridge_summary(PROCESS, made, LAB.head(1), LAB.head(1), NAMES).attributes["titre"].by_cause == ()


def test_bridge__needs_reference_batches() -> None:
    with pytest.raises(ValueError, match="reference batches"):
        bridge(PROCESS, Known(), PLANT, pl.DataFrame(schema=LAB.schema), STATED)
