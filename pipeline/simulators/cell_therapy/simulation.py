"""One pass through the steps: from the properties of the starting material and the settings to the infusion bag.

Everything here is determined by its inputs. Noise of batches, counts and assays is added when results are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.simulators.arrays import Array, Values
from pipeline.simulators.cell_therapy import expansion, formulation, selection, transduction

INPUTS: Mapping[str, tuple[str, ...]] = {
    "donor": (
        "prior_lines",
        "collected_cells",
        "naive_share",
        "monocyte_share",
        "collected_viability",
        "donor_growth",
        "donor_permissivity",
        "donor_fragility",
    ),
    "selection": ("transit_time", "container_temperature", "frozen", "site_yield", "lost_in_selection"),
    "transduction": (
        "activation_delay",
        "bead_ratio",
        "wanted_cells",
        "moi",
        "transduction_volume",
        "particle_ratio",
        "infectivity",
        "expression",
        "lost_in_transduction",
    ),
    "expansion": (
        "devices",
        "culture_volume",
        "oxygen_transfer",
        "perfusion_rate",
        "culture_days",
        "room",
        "devices_in_parallel",
        "medium_cytokine",
        "growth",
        "selection_by_car",
        "exhaustion",
        "lost_in_expansion",
    ),
    "formulation": ("hold_time", "wash_recovery", "wash_capacity", "cooling_rate", "lost_in_formulation"),
}
"""Step → the causes that act there. `lost_in_…` is the share of the cells of a lost bag: it is in no booked loss."""
STEPS = ("selection", "transduction", "expansion", "formulation")
CQAS = ("dose", "viability", "car_share", "vector_copies", "t_cell_purity", "residual_beads", "memory_share")


@dataclass(frozen=True)
class Outcome:
    """What truly happened. Cells in 1e6, viable; of the expansion per device."""

    quality: Values
    """CQA → value at the infusion bag: 1e6 CAR+ cells, shares, copies, beads per 1e6 cells."""
    cells: Values
    """Amounts of viable cells at each step: `<step>_taken`, `<step>_given` and `<step>_lost`."""
    controls: Values
    """Further values in the course of the lot, such as the viability at receipt."""


def simulate(x: Values) -> Outcome:
    """Run all patient lots through the steps. x: the causes in `INPUTS`, each with one number per patient lot."""
    received = _received(x)
    picked = _picked(x, received)
    return _bagged(x, received | picked | _grown(x, received | picked))


def _received(x: Values) -> dict[str, Array]:
    rate = selection.loss_rate(x["container_temperature"], x["donor_fragility"])
    alive = selection.survival(rate, x["transit_time"], x["frozen"])
    viability = selection.receipt_viability(x["collected_viability"], alive)
    loaded = x["collected_cells"] * alive
    given = loaded * selection.selection_yield(x["site_yield"], x["monocyte_share"], loaded)
    return {
        "receipt_viability": viability,
        "selected_purity": selection.selected_purity(x["monocyte_share"], viability),
        "selection_taken": loaded,
        "selection_given": given * (1 - x["lost_in_selection"]),
        "selection_lost": loaded - given,
    }


def _picked(x: Values, y: Values) -> dict[str, Array]:
    """Activation and transduction."""
    cells = np.minimum(x["wanted_cells"], 0.95 * y["selection_given"])
    activated = transduction.activated_share(
        x["bead_ratio"], x["activation_delay"], y["selected_purity"], y["receipt_viability"]
    )
    adsorbed = transduction.adsorbed_share(cells, x["transduction_volume"])
    moi = transduction.effective_moi(
        x["moi"], adsorbed, x["infectivity"], x["donor_permissivity"], activated, x["particle_ratio"]
    )
    share = transduction.transduced_share(moi)
    taken = transduction.day3_cells(cells, activated, x["growth"] * x["donor_growth"])
    return {
        "activated_cells": cells,
        "activated_share": activated,
        "transduced_share": share,
        "copies": transduction.copies_per_transduced_cell(moi, x["expression"]),
        "transduction_taken": taken,
        "transduction_given": taken * transduction.WASH_YIELD * (1 - x["lost_in_transduction"]),
        "transduction_lost": taken * (1 - transduction.WASH_YIELD),
        "seeded_viability": 0.80 + 0.15 * activated,
    }


def growth_factor(x: Values) -> Array:
    """Growth rate of the cells in the device, relative to the average [-]: donor, product, medium and room."""
    young = 0.80 + 0.45 * x["naive_share"]
    medium = (x["medium_cytokine"] / 100) ** 0.25
    lines = 1 - 0.018 * (x["prior_lines"] - 2)
    return np.asarray(
        x["growth"] * x["donor_growth"] * young * lines * medium * expansion.room_factor(x["room"], x["devices_in_parallel"])
    )


def _grown(x: Values, y: Values) -> dict[str, Array]:
    seeded, growth = y["transduction_given"] / x["devices"], growth_factor(x)
    device = (x["culture_volume"], x["oxygen_transfer"], x["perfusion_rate"], growth, y["seeded_viability"])
    week = expansion.expanded(seeded, np.minimum(x["culture_days"], 7.0), *device)
    end = expansion.expanded(seeded, x["culture_days"], *device)
    kept = formulation.HARVEST_YIELD - formulation.SAMPLES
    return {
        "seeded_cells": seeded,
        "day7_cells": week.viable,
        "final_density": end.viable / x["culture_volume"],
        "culture_viability": end.viable / (end.viable + end.dead),
        "divisions": end.divisions,
        "expansion_taken": end.viable,
        "expansion_given": end.viable * kept * (1 - x["lost_in_expansion"]),
        "expansion_lost": end.viable * (1 - kept),
    }


def _bagged(x: Values, y: Values) -> Outcome:
    lines, beads = x["prior_lines"], x["bead_ratio"]
    exhausted = expansion.exhausted_share(y["divisions"], beads, lines, x["exhaustion"])
    loaded = y["expansion_given"] * x["devices"]
    held = formulation.hold_survival(x["hold_time"], exhausted)
    washed = formulation.wash_recovery(x["wash_recovery"], x["wash_capacity"], loaded)
    thawed = formulation.thaw_survival(x["cooling_rate"], exhausted, x["donor_fragility"])
    filled = loaded * washed * held * (1 - x["lost_in_formulation"])
    car = expansion.car_share(y["transduced_share"], y["divisions"], x["selection_by_car"])
    fold = y["expansion_taken"] / y["seeded_cells"]
    quality = {
        "dose": filled * thawed * car,
        "viability": _bag_viability(y["culture_viability"], held * thawed),
        "car_share": car,
        "vector_copies": y["copies"],
        "t_cell_purity": y["selected_purity"] + (1 - y["selected_purity"]) * (1 - 1 / (1 + 0.35 * fold)),
        "residual_beads": formulation.residual_beads(beads * y["activated_cells"], loaded),
        "memory_share": expansion.memory_share(x["naive_share"], y["divisions"], beads),
    }
    cells = {key: one for key, one in y.items() if key.rsplit("_", 1)[0] in STEPS}
    cells |= {"formulation_taken": loaded, "formulation_given": filled, "formulation_lost": loaded * (1 - washed * held)}
    return Outcome(quality, cells, {**y, "exhausted_share": exhausted, "fold": fold})


def _bag_viability(culture: Array, alive: Array) -> Array:
    """Viable share after wash, hold and thaw [-]. The wash removes 60 % of the dead cells of the culture."""
    dead = 0.4 * (1 - culture) + culture * (1 - alive)
    return np.asarray(culture * alive / (culture * alive + dead))
