"""The train from culture to drug substance: one step after the other, with what is pooled and split between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train import beds, capture, culture, filtration, harvest, polishing
from pipeline.simulators.antibody_train.campaigns import STEPS, Campaigns
from pipeline.simulators.antibody_train.noise import batch_noise
from pipeline.simulators.arrays import Array, Values, columns

Change = Callable[[Values], Values]
"""Changes the drivers of a step, to ask what would happen."""
POOLED = ("hmw", "hcp", "acidic", "titre", "viability", "cells", "turbidity", "concentration")
"""States that the next step receives, as the mean over what it takes, weighted by mass."""


@dataclass(frozen=True)
class StepRun:
    """What happened at one step, one number per batch of the step."""

    before: dict[str, Array]
    """State of what was taken. Empty for the culture."""
    drivers: dict[str, Array]
    """Quantities through which equipment and settings acted."""
    after: dict[str, Array]
    """State of what was given."""
    taken: Array
    """Mass of product taken [g]; for the culture what the cells made."""
    given: Array
    """Mass of product given [g]."""
    lost: Array
    """Mass of product in side streams that are measured [g]."""


@dataclass(frozen=True)
class Decisions:
    """What the operators decide when they know the mass that arrives."""

    cycles: dict[str, Array] = field(default_factory=dict)
    """Step → number of cycles on its column. Empty: decided from the mass."""


@dataclass(frozen=True)
class TrainRun:
    """All steps of all batches."""

    steps: dict[str, StepRun]
    decisions: Decisions


@dataclass(frozen=True)
class Simulation:
    """What does not depend on the question: the batches with equipment, settings and materials, the transfers, the products."""

    seed: int
    campaigns: Campaigns
    rows: dict[str, pl.DataFrame]
    """Step → its batches with equipment, settings and properties of materials."""
    products: pl.DataFrame

    def traits(self, step: str) -> dict[str, Array]:
        """Traits of the product of each batch of a step."""
        joined = self.rows[step].select("product").join(self.products, on="product", how="left", maintain_order="left")
        return columns(joined.drop("product"))


def _culture(rows: Values, trait: Values, noise: Values, change: Change) -> StepRun:
    drivers = dict(change(culture.drivers(rows)))
    after = culture.respond(trait, drivers, noise)
    made = after["titre"] * rows["culture_volume"] * 1000
    return StepRun({}, drivers, after, made, made, np.zeros_like(made))


def _taking(
    step: str,
    rows: dict[str, Array],
    trait: Values,
    before: dict[str, Array],
    mass: Array,
    cycles: Array | None,
    change: Change,
) -> tuple[dict[str, Array], Array | None]:
    """Drivers of a step that takes a mass [g], and the number of cycles on its column."""
    if step == "harvest":
        return dict(change(harvest.drivers(rows))), None
    if step == "filtration":
        return dict(change(filtration.drivers(rows, mass))), None
    volume = beds.bed_volume(rows["diameter"], rows[f"{step}_bed_height"])
    count = capture.cycles(mass, rows[f"{step}_target_load"], volume) if cycles is None else cycles
    if step == "capture":
        return dict(change(capture.drivers(rows | {"load_concentration": before["titre"]}, mass, count))), count
    return dict(change(polishing.drivers(rows, mass, count))), count


RESPONSES = {
    "harvest": harvest.respond,
    "capture": capture.respond,
    "polishing": polishing.respond,
    "filtration": filtration.respond,
}


def simulate(
    simulation: Simulation,
    noise: float,
    kept: Mapping[str, Array] | None = None,
    decisions: Decisions | None = None,
    changes: Mapping[str, Change] | None = None,
) -> TrainRun:
    """Run all batches through all steps.

    `noise` is the factor on the variation from batch to batch. `kept` states for a step which share of what it gives is kept by
    each batch: below 1 where product is lost and nobody notes it. `decisions` repeats those of an earlier run. `changes` alters
    the drivers of steps, to ask what would happen.
    """
    kept, changes = kept or {}, changes or {}
    made = (decisions or Decisions()).cycles
    counts = {step: rows.height for step, rows in simulation.rows.items()}
    factors = batch_noise(simulation.seed, noise, counts)
    first = columns(simulation.rows["culture"])
    runs = {
        "culture": _culture(first, simulation.traits("culture"), factors["culture"], changes.get("culture", lambda d: d))
    }
    cycles: dict[str, Array] = {}
    for earlier, step in pairwise(STEPS):
        links, last = simulation.campaigns.links[step], runs[earlier]
        carried = {name: value for name, value in (last.before | last.after).items() if name in POOLED}
        before, mass = links.pooled(carried, last.given), links.taken(last.given)
        trait, change = simulation.traits(step), changes.get(step, lambda d: d)
        rows = columns(simulation.rows[step])
        drivers, count = _taking(step, rows, trait, before, mass, made.get(step), change)
        after = RESPONSES[step](trait, before, drivers, factors[step])
        given = mass * after["step_yield"] * kept.get(step, 1.0)
        runs[step] = StepRun(before, drivers, after, mass, given, mass * after.get("lost", np.zeros_like(mass)))
        if count is not None:
            cycles[step] = count
    return TrainRun(runs, Decisions(cycles))
