"""The states of a culture, by name."""

from typing import NamedTuple

import numpy as np

from pipeline.simulators.virtual_plant.arrays import Array


class State(NamedTuple):
    """One number per batch each. Concentrations: cells 1e9/L (equal to 1e6/mL), small molecules mmol/L, product g/L."""

    volume: Array
    """Relative to the inoculated volume."""
    viable: Array
    dead: Array
    lysed: Array
    glucose: Array
    glutamine: Array
    """Or the amino acid that stands for it in a glutamine-free feed."""
    lactate: Array
    ammonia: Array
    base: Array
    """Added to hold the pH, as sodium."""
    product: Array
    aggregate: Array
    acidic: Array
    galactosylated: Array


STATES = State._fields


def of(states: Array) -> State:
    """Name the rows of an array (states, batches); a step may leave a trace below zero, which counts as none."""
    return State(*np.maximum(states, 0.0))
