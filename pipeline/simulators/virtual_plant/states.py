"""The states of a culture, by name."""

from typing import NamedTuple

import numpy as np

from pipeline.simulators.arrays import Array


class State(NamedTuple):
    """The states, each as an array over batches. Units: cells 1e9/L (= 1e6/mL), small molecules mmol/L, product g/L."""

    volume: Array
    """Volume over the inoculated volume."""
    viable: Array
    dead: Array
    lysed: Array
    glucose: Array
    glutamine: Array
    """Glutamine, or the amino acid that replaces it in a feed without glutamine."""
    lactate: Array
    ammonia: Array
    base: Array
    """Base added to hold the pH, as sodium."""
    product: Array
    aggregate: Array
    acidic: Array
    galactosylated: Array


STATES = State._fields


def of(states: Array) -> State:
    """Name the rows of an array (states, batches). Values slightly below zero, which a step can leave, become zero."""
    return State(*np.maximum(states, 0.0))
