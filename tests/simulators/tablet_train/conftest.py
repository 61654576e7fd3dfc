"""A small tablet train, made once, and one batch whose inputs a test may change."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.config import TabletTrainConfig
from pipeline.simulators.tablet_train.train import Train, arriving, chain, make, numbers

SMALL = TabletTrainConfig(products=5, blends=60)
Moved = Callable[..., dict[str, FloatArray]]


@pytest.fixture(scope="session")
def small() -> Train:
    return make(SMALL)


@pytest.fixture(scope="session")
def default() -> Train:
    return make(TabletTrainConfig())


@pytest.fixture(scope="session")
def free(small: Train) -> dict[str, dict[str, FloatArray]]:
    """Step → what it takes, without variation from batch to batch."""
    states = chain(small, 0.0)
    steps = list(states)
    before = dict(zip(steps[1:], steps, strict=False))
    return {step: dict(arriving(small, step, states[before[step]])) for step in steps[1:]}


@pytest.fixture(scope="session")
def moved(small: Train) -> Moved:
    """Inputs of a step without variation from batch to batch; those that are named are multiplied by a factor."""

    def changed(step: str, **factors: float) -> dict[str, FloatArray]:
        own = numbers(small.inputs[step], 0.0)
        return own | {name: np.asarray(own[name] * factor) for name, factor in factors.items()}

    return changed
