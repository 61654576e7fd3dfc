"""The physics of each step: directions, limits, and formulas that can be computed by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy import expansion, formulation, selection, transduction
from pipeline.simulators.cell_therapy.plan import Plan
from pipeline.simulators.cell_therapy.simulation import simulate


def n(*values: float) -> Array:
    return np.array(values)


RANGE = np.linspace(0.05, 0.95, 12)
RISING: dict[str, Callable[[Array], Array]] = {
    "loss with temperature": lambda x: selection.loss_rate(4 + 20 * x, n(1.0)),
    "viability with survival": lambda x: selection.receipt_viability(n(0.97), x),
    "purity with viability": lambda x: selection.selected_purity(n(0.2), x),
    "activation with beads": lambda x: transduction.activated_share(5 * x, n(3.0), n(0.9), n(0.95)),
    "adsorption with cells": lambda x: transduction.adsorbed_share(300 * x, n(80.0)),
    "copies with vectors": lambda x: transduction.copies_per_transduced_cell(3 * x, n(0.5)),
    "share with vectors": lambda x: transduction.transduced_share(3 * x),
    "cells on day 3 with activation": lambda x: transduction.day3_cells(n(150.0), x, n(1.0)),
    "growth with perfusion": lambda x: expansion.medium_factor(n(5.0), x),
    "exhaustion with divisions": lambda x: expansion.exhausted_share(6 * x, n(2.6), n(2.0), n(0.0)),
    "beads left with beads": lambda x: formulation.residual_beads(500 * x, n(2000.0)),
}
FALLING: dict[str, Callable[[Array], Array]] = {
    "survival with time": lambda x: selection.survival(n(0.05), 100 * x, n(0.0)),
    "yield with monocytes": lambda x: selection.selection_yield(n(0.65), x, n(2500.0)),
    "yield with load": lambda x: selection.selection_yield(n(0.65), n(0.2), 20_000 * x),
    "activation with delay": lambda x: transduction.activated_share(n(2.6), 24 * x, n(0.9), n(0.95)),
    "adsorption with volume": lambda x: transduction.adsorbed_share(n(150.0), 300 * x),
    "effective vectors with empty particles": lambda x: transduction.effective_moi(
        n(2.6), n(0.3), n(1.0), n(1.0), n(0.8), 800 * x
    ),
    "growth with density": lambda x: expansion.oxygen_factor(40 * x, n(1.3)),
    "growth with cells per medium": lambda x: expansion.medium_factor(20 * x, n(0.5)),
    "growth with devices": lambda x: expansion.room_factor(n(0.2), 50 * x + 1),
    "memory with divisions": lambda x: expansion.memory_share(n(0.4), 6 * x, n(2.6)),
    "wash with load": lambda x: formulation.wash_recovery(n(0.9), n(5000.0), 9000 * x),
    "survival with hold": lambda x: formulation.hold_survival(12 * x, n(0.2)),
    "thaw with cooling": lambda x: formulation.thaw_survival(1 + 4 * x, n(0.2), n(1.0)),
}


@pytest.mark.parametrize("name", RISING)
def test_rising(name: str) -> None:
    assert (np.diff(RISING[name](RANGE)) > 0).all()


@pytest.mark.parametrize("name", FALLING)
def test_falling(name: str) -> None:
    assert (np.diff(FALLING[name](RANGE)) < 0).all()


def test_transduced_share__follows_poisson() -> None:
    """Half a copy per cell hits 39 % of the cells, and these have 1.27 copies (Fehse et al. 2004)."""
    assert transduction.transduced_share(n(0.5))[0] == pytest.approx(0.3935, abs=1e-4)
    assert transduction.copies_per_transduced_cell(n(0.5), n(1.0))[0] == pytest.approx(1.2707, abs=1e-4)


def test_adsorbed_share__of_few_vectors_is_the_product_of_rate_concentration_and_time() -> None:
    """With 1e3 cells per mL the exponent is small: 1.6e-8 · 1e3 · 10.4 h/ln 2 · (1 − 2^(−24/10.4))."""
    life = 10.4 / np.log(2) * (1 - 2 ** (-24 / 10.4))
    assert transduction.adsorbed_share(n(0.1), n(100.0))[0] == pytest.approx(1.6e-8 * 1e3 * life, rel=1e-3)


def test_survival__frozen_material_does_not_wait() -> None:
    assert selection.survival(n(0.1, 0.1), n(1.0, 200.0), n(1.0, 1.0)).tolist() == [selection.THAW_SURVIVAL] * 2


def grow(**changes: float) -> expansion.Culture:
    usual = {
        "seeded": 150.0,
        "days": 10.0,
        "volume": 400.0,
        "transfer": 1.5,
        "perfusion": 0.5,
        "growth": 1.0,
        "viability": 0.9,
    }
    return expansion.expanded(*(n(one) for one in (usual | changes).values()))


def test_expanded__without_time_nothing_changes() -> None:
    culture = grow(days=expansion.SEEDED_DAY)
    assert (culture.viable[0], culture.divisions[0]) == (150.0, 0.0)


def test_expanded__a_lot_ends_on_its_own_day_whatever_the_others_do() -> None:
    together = expansion.expanded(
        n(150, 150), n(8, 12), n(400, 400), n(1.5, 1.5), n(0.5, 0.5), n(1.0, 1.0), n(0.9, 0.9)
    ).viable
    assert together[0] == pytest.approx(grow(days=8).viable[0])


@pytest.mark.parametrize("cause", ["days", "volume", "transfer", "perfusion", "growth"])
def test_expanded__more_of_each_cause_gives_more_cells(cause: str) -> None:
    usual = {"days": 8.0, "volume": 240.0, "transfer": 0.6, "perfusion": 0.4, "growth": 1.0}[cause]
    few, many = (grow(**{"volume": 240.0, "days": 9.0, cause: usual * factor}) for factor in (1.0, 1.25))
    assert many.viable[0] > few.viable[0]


def test_expanded__cells_and_divisions_agree() -> None:
    """Net growth cannot exceed two to the power of the divisions."""
    culture = grow()
    assert 150 < culture.viable[0] < 150 * 2 ** culture.divisions[0]


def test_expanded__a_finer_step_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    coarse = grow().viable[0]
    monkeypatch.setattr(expansion, "STEP", 0.5)
    assert grow().viable[0] == pytest.approx(coarse, rel=0.03)


@pytest.mark.parametrize(
    ("cause", "factor", "attribute", "sign"),
    [
        ("moi", 1.3, "car_share", 1),
        ("moi", 1.3, "vector_copies", 1),
        ("hold_time", 1.5, "dose", -1),
        ("hold_time", 1.5, "viability", -1),
        ("devices_in_parallel", 2.0, "dose", -1),
        ("naive_share", 0.7, "dose", -1),
        ("cooling_rate", 1.5, "viability", -1),
        ("naive_share", 0.7, "memory_share", -1),
        ("bead_ratio", 1.4, "residual_beads", 1),
        ("container_temperature", 1.4, "dose", -1),
        ("transduction_volume", 1.3, "car_share", -1),
    ],
)
def test_a_cause__moves_its_attribute_in_its_direction_in_nearly_every_lot(
    made: Plan, cause: str, factor: float, attribute: str, sign: int
) -> None:
    changed = simulate({**made.causes, cause: made.causes[cause] * factor}).quality[attribute]
    moved = sign * (changed - simulate(made.causes).quality[attribute])
    assert (moved >= -1e-9).mean() > 0.9
    assert moved.mean() > 0
