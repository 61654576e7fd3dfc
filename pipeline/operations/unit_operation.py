"""A kind of unit operation, described as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipeline.domain.process.operation_kinds import OperationKind
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.quantity_example import QuantityExample, in_unit, inputs_in_si, number_and_unit


@dataclass(frozen=True, kw_only=True)
class UnitOperation(OperationKind):
    """What a kind of unit operation takes, and which quantities it computes. Its name is that of its file."""

    features: tuple[Feature, ...]
    """Quantities of a batch. A process has those whose inputs it feeds."""
    trajectory_features: tuple[TrajectoryFeature, ...] = ()
    """Quantities of the time series of a batch. A process has those whose tags and inputs it feeds."""
    carried: Mapping[str, str] = field(default_factory=dict)
    """Input → the quantity that is kept when a setting is carried over to another vessel, because the same value of the input would
    have another effect there."""
    possible: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Quantity → smallest and largest possible value (SI). A proposal outside is refused."""
    examples: tuple[QuantityExample, ...] = ()
    """Worked examples of the quantities whose formula stands in the file of the operation. Formulas of `pipeline/similarity` have
    theirs in `docs/generator`."""

    def quantities_of(self, batch: Mapping[str, str]) -> dict[str, float]:
        """Return quantity → value in its display unit, for the quantities whose inputs a batch has.

        batch: input → number with a unit, as in records. Raises ScalebridgeError if a unit cannot be converted.
        """
        offered = [feature for feature in self.features if set(feature.inputs) <= batch.keys()]
        return {feature.name: self._value(feature, batch, feature.unit) for feature in offered}

    def computed(self, example: QuantityExample) -> float:
        """Return the result of an example in the unit in which the expected number is written."""
        [feature] = [feature for feature in self.features if feature.name == example.quantity]
        return self._value(feature, example.inputs, number_and_unit(example.expected)[1])

    def _value(self, feature: Feature, batch: Mapping[str, str], label: str) -> float:
        given = inputs_in_si(self.inputs, batch)
        needed = [pl.lit(given[name]) for name in feature.inputs]
        optional = [pl.lit(given.get(name, default)) for name, default in feature.optional.items()]
        return in_unit(feature.compute(*needed, *optional), label)
