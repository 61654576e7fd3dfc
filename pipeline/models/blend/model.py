"""A blend of few and different models, weighed by how well each answered past questions of the same kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.extrapolation.kinds import TrainingExtent
from pipeline.models.base import FittedModel, spread_of
from pipeline.models.baselines import CarryOver, GlobalMean
from pipeline.models.encoding import places
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical
from pipeline.models.residual_boosting import Boosted, FittedBoosted, added
from pipeline.models.trees.lightgbm import LightGBM

Member = Annotated[GlobalMean | CarryOver | AdditiveTable | Hierarchical | Boosted | LightGBM, Field(discriminator="kind")]


@configuration(config=STRICT, frozen=True)
class SuperLearner:
    """van der Laan, Polley, Hubbard (2007), Stat. Appl. Genet. Mol. Biol. 6, 25; weights per kind of question.

    The weights are ≥ 0, sum to 1, and are drawn to those of the configuration, which hold a share for the mean, the more so
    the fewer independent groups of batches speak for anything else.
    """

    members: tuple[Member, ...] = Field(min_length=1)
    """Simplest first."""
    kind: Literal["super_learner"] = "super_learner"
    folds: int = Field(default=4, ge=2)
    """Re-enactments per kind of question."""
    caution: float = Field(default=1.0, ge=0)
    """How strongly the weights are drawn to the prior ones: so many groups must speak before the data count more."""
    prior: tuple[float, ...] = ()
    """Weight of each member before anything is known; equal where not given."""

    def __post_init__(self) -> None:
        """Refuse prior weights that do not fit the members."""
        fits = len(self.prior) == len(self.members) and min(self.prior) >= 0 and abs(sum(self.prior) - 1) < 1e-6
        if self.prior and not fits:
            raise ValueError(f"prior needs a weight ≥ 0 for each of {len(self.members)} members, sum 1; it is {self.prior}")


@dataclass(frozen=True)
class FittedSuperLearner:
    """Fitted members, and their weights for each kind of question."""

    members: tuple[FittedModel, ...]
    weights: Mapping[str, tuple[float, ...]]
    known: TrainingExtent
    gauge: FittedHierarchical | None
    """The member that says how far a batch is from the evidence."""
    kind: str = "super_learner"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row; what several members share is computed once, what has no weight not at all."""
        weights, total = self._weights(rows), np.zeros(rows.height)
        for part, members in self._parts:
            share = weights[:, members].sum(axis=1)
            if share.any():
                total += share * part.predict(rows)
        return total

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """How hard each row is to predict, in the unit of the target."""
        return spread_of(self.gauge, rows)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Weighted sum of the members' shares."""
        weights = self._weights(rows)
        return added([(weights[:, i], member.contributions(rows)) for i, member in enumerate(self.members)])

    @property
    def reads(self) -> tuple[str, ...]:
        """What any member reads."""
        return tuple(dict.fromkeys(name for member in self.members for name in member.reads))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "members": [self._saved(member) for member in self.members],
            "weights": {shift: list(weights) for shift, weights in self.weights.items()},
            "known": self.known.to_dict(),
            "gauge": self._place(self.gauge),
        }

    @property
    def _parts(self) -> list[tuple[FittedModel, list[int]]]:
        """Models whose sums the members are, each with the places of those members."""
        found: dict[int, tuple[FittedModel, list[int]]] = {}
        for place, member in enumerate(self.members):
            for part in (member.base, member.trees) if isinstance(member, FittedBoosted) else (member,):
                found.setdefault(id(part), (part, []))[1].append(place)
        return list(found.values())

    def _saved(self, member: FittedModel) -> dict[str, Any]:
        """Plain data of a member; a base that is a member itself stands as its place."""
        if isinstance(member, FittedBoosted) and isinstance(place := self._place(member.base), int):
            return {"kind": member.kind, "base": place, "trees": member.trees.to_dict()}
        return member.to_dict()

    def _place(self, model: FittedHierarchical | None) -> int | dict[str, Any] | None:
        """Where a model stands among the members, or the model as plain data where it does not."""
        places = [place for place, member in enumerate(self.members) if member is model]
        return places[0] if places else None if model is None else model.to_dict()

    def _weights(self, rows: pl.DataFrame) -> FloatArray:
        """Weights of each row by the kind of its question: (rows, members)."""
        kinds = list(self.weights)
        table = np.array([self.weights[kind] for kind in kinds])
        return np.asarray(table[places(rows.select(self.known.shift()).to_series(), kinds)])
