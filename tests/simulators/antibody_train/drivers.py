"""Drivers and traits of one batch of the platform, to change one at a time."""

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.simulators.antibody_train.noise import BATCH_NOISE
from pipeline.simulators.antibody_train.products import TRAITS
from pipeline.simulators.arrays import Array, Values

Respond = Callable[[Values, Values, Values, Values], Mapping[str, Array]]
TRAIT: dict[str, Array] = {trait.name: np.array([trait.centre]) for trait in TRAITS}
BROTH = {
    name: np.array([value])
    for name, value in {"titre": 3.5, "viability": 84.0, "cells": 20.0, "hmw": 1.6, "hcp": 2e5, "acidic": 21.0}.items()
}


def arrays(**numbers: float) -> dict[str, Array]:
    return {name: np.array([number]) for name, number in numbers.items()}


def quiet(step: str) -> dict[str, Array]:
    """No noise."""
    return {**{name: np.ones(1) for name in BATCH_NOISE[step]}, "acidic": np.zeros(1)}


def change(step: str, respond: Respond, before: Values, drivers: Values, **changed: float) -> dict[str, float]:
    """How each state behind the step moves if some drivers are changed."""
    usual = respond(TRAIT, before, drivers, quiet(step))
    other = respond(TRAIT, before, {**drivers, **arrays(**changed)}, quiet(step))
    return {name: float(other[name][0] - usual[name][0]) for name in usual}
