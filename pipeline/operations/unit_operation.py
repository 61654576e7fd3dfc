"""A kind of unit operation, described as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.domain.process.operation_kinds import OperationKind
from pipeline.operations.feature import Feature, TrajectoryFeature


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
