"""The features of a unit operation for one batch, whose inputs are written with usual units."""

from collections.abc import Mapping
from types import ModuleType

import polars as pl

from pipeline.domain.units import Substance, unit
from pipeline.operations.feature import Feature
from pipeline.operations.registry import unit_operations


def features_of_one_batch(module: ModuleType, kind: str, batch: Mapping[str, str]) -> dict[str, float]:
    """Return feature → value in its display unit, for the features whose inputs the batch has.

    The inputs are converted as those of a process: from the unit in which they are written to the SI form of the input.
    """
    given = inputs_of_one_batch(kind, batch)
    offered = [feature for feature in module.FEATURES if set(feature.inputs) <= given.keys()]
    return {feature.name: _value(feature, given) for feature in offered}


def inputs_of_one_batch(kind: str, batch: Mapping[str, str]) -> dict[str, float]:
    """Return input → value in the SI form of the input."""
    return {name: _taken(kind, name, text) for name, text in batch.items()}


def _taken(kind: str, name: str, text: str) -> float:
    number, _, label = text.partition(" ")
    label = label or "dimensionless"
    conversion = unit_operations()[kind].inputs[name].taken(label, Substance(gas_state=True))
    return conversion.to_si(unit(label).to_si(float(number)))


def _value(feature: Feature, given: Mapping[str, float]) -> float:
    needed = [pl.lit(given[name]) for name in feature.inputs]
    optional = [pl.lit(given.get(name, default)) for name, default in feature.optional.items()]
    return unit(feature.unit).from_si(float(pl.select(feature.compute(*needed, *optional)).item()))
