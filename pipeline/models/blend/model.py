"""A blend of a few different models, with weights per kind of question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.extrapolation.kinds import TrainingExtent
from pipeline.models.base import FittedModel, Task, far_spectra, spread_of
from pipeline.models.baselines import CarryOver, FittedCarryOver, FittedGlobalMean, GlobalMean
from pipeline.models.contributions import weighted_sum
from pipeline.models.encoding import codes_of
from pipeline.models.file_format import SavedBoosted, SavedGaussian, SavedIntermediates, SavedMember, SavedSuperLearner
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical
from pipeline.models.intermediates import FittedIntermediates, Intermediates
from pipeline.models.residual_boosting import Boosted, FittedBoosted
from pipeline.models.smooth.model import FittedSmoothSurface, SmoothSurface
from pipeline.models.spectral.model import FittedSpectral, Spectral
from pipeline.models.trees.extra_trees import ExtraTrees, FittedExtraTrees
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM

Member = Annotated[
    GlobalMean
    | CarryOver
    | AdditiveTable
    | Hierarchical
    | Intermediates
    | SmoothSurface
    | Boosted
    | LightGBM
    | ExtraTrees
    | Spectral,
    Field(discriminator="kind"),
]
FittedMember = (
    FittedGlobalMean
    | FittedCarryOver
    | FittedHierarchical
    | FittedIntermediates
    | FittedSmoothSurface
    | FittedBoosted
    | FittedLightGBM
    | FittedExtraTrees
    | FittedSpectral
)


@configuration(config=STRICT, frozen=True)
class SuperLearner:
    """A super learner: a blend of models with weights per kind of question.

    van der Laan, Polley, Hubbard (2007), Stat. Appl. Genet. Mol. Biol. 6, 25. The weights are at least 0 and sum to 1. They
    are shrunk towards the prior weights of the configuration, and the more so the fewer independent groups of batches there
    are to learn them from.
    """

    members: tuple[Member, ...] = Field(min_length=1)
    """Simplest first."""
    kind: Literal["super_learner"] = "super_learner"
    folds: int = Field(default=4, ge=2)
    """Number of re-enacted folds per kind of question."""
    caution: float = Field(default=1.0, ge=0)
    """How strongly the weights are shrunk: with this many groups of batches, data and prior weights count equally."""
    prior: tuple[float, ...] = ()
    """Prior weight of each member; equal weights where not given."""
    spectral: Spectral = Field(default_factory=Spectral)
    """One more member, the last, where the features hold a spectrum. No other member reads spectra."""
    spectral_prior: float = Field(default=0.7, ge=0, lt=1)
    """Prior weight of this member; those of the others are scaled to the rest."""

    def __post_init__(self) -> None:
        """Refuse prior weights that do not fit the members."""
        fits = len(self.prior) == len(self.members) and min(self.prior) >= 0 and abs(sum(self.prior) - 1) < 1e-6
        if self.prior and not fits:
            raise ValueError(f"prior needs a weight ≥ 0 for each of {len(self.members)} members, sum 1; it is {self.prior}")
        if min(map(_from_rows, self.members)) > 0:
            raise ValueError("a blend needs a member for any number of batches: from_rows must be 0 for at least one member")

    @property
    def dense(self) -> bool:
        """Whether a member is for dense histories alone."""
        return any(_from_rows(member) > 0 for member in self.members)

    def for_rows(self, count: int) -> "SuperLearner":
        """Return the blend without the members that need more batches than `count`. The other prior weights are scaled to sum 1."""
        return self._with([i for i, member in enumerate(self.members) if _from_rows(member) <= count])

    def for_task(self, task: Task) -> "SuperLearner":
        """Return the blend with the members that the features of a task call for.

        Members of intermediates are left out where none is measured. The spectral member is added where a feature is a spectrum.
        The other prior weights are scaled to sum 1.
        """
        measured = bool(task.intermediates)
        kept = [i for i, member in enumerate(self.members) if measured or not isinstance(member, Intermediates)]
        return (self._with(kept) if kept else self)._with_spectra(task)

    def _with_spectra(self, task: Task) -> "SuperLearner":
        """Return the blend with the spectral member if a feature is a spectrum, else itself."""
        if not task.spectra or self.spectral in self.members:
            return self
        prior = self.prior or (1 / len(self.members),) * len(self.members)
        kept = [i for i, member in enumerate(self.members) if task.numeric or not _reads_numbers_alone(member)]
        rest = (1 - self.spectral_prior) / (sum(prior[i] for i in kept) or 1.0)
        members = (*(self.members[i] for i in kept), self.spectral)
        return replace(self, members=members, prior=(*(prior[i] * rest for i in kept), self.spectral_prior))

    def _with(self, kept: Sequence[int]) -> "SuperLearner":
        """Return the blend with some of its members."""
        if len(kept) == len(self.members):
            return self
        prior = [self.prior[i] for i in kept] if self.prior else []
        return replace(self, members=tuple(self.members[i] for i in kept), prior=tuple(p / sum(prior) for p in prior))

    def with_members(self, count: int) -> "SuperLearner":
        """Return the blend with `count` members, as `for_rows` returned it: those that need the fewest batches."""
        return self.for_rows(sorted(map(_from_rows, self.members))[count - 1])


def _from_rows(member: Member) -> int:
    """Return the number of batches from which a blend uses a member."""
    return member.from_rows if isinstance(member, LightGBM | ExtraTrees | SmoothSurface) else 0


def _reads_numbers_alone(member: Member) -> bool:
    """Tell whether a member has trees without words, which have nothing to read where no feature is a number."""
    trees = member.trees if isinstance(member, Boosted) else member
    return isinstance(trees, LightGBM) and not trees.words


@dataclass(frozen=True)
class FittedSuperLearner:
    """Fitted members, and their weights for each kind of question."""

    members: tuple[FittedMember, ...]
    weights: Mapping[str, tuple[float, ...]]
    """Kind of question → weight of each member."""
    extent: TrainingExtent
    """Extent of the training rows, which decides the kind of question of a row."""
    spread_model: FittedHierarchical | None
    """The model that gives the spread of a row."""
    kind: Literal["super_learner"] = "super_learner"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row.

        A model that several members contain is evaluated once. A model without weight is not evaluated.
        """
        weights, total = self.weights_of(rows), np.zeros(rows.height)
        for model, members in self._models():
            weight = weights[:, members].sum(axis=1)
            if weight.any():
                total += weight * model.predict(rows)
        return total

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Return the spread of each row, in the unit of the target."""
        return spread_of(self.spread_model, rows)

    def far_spectra(self, rows: pl.DataFrame) -> dict[str, BoolArray]:
        """Return spectrum → for each row whether it is too far from the training rows for a prediction, (rows,)."""
        return {name: far for member in self.members for name, far in far_spectra(member, rows).items()}

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the weighted sum of the contributions in all members."""
        weights = self.weights_of(rows)
        return weighted_sum([(weights[:, i], member.contributions(rows)) for i, member in enumerate(self.members)])

    @property
    def reads(self) -> tuple[str, ...]:
        """Features that any member reads."""
        return tuple(dict.fromkeys(name for member in self.members for name in member.reads))

    def to_dict(self) -> SavedSuperLearner:
        """Return the model in the form in which it is saved."""
        return {
            "kind": self.kind,
            "members": [self._saved(member) for member in self.members],
            "weights": {kind: list(weights) for kind, weights in self.weights.items()},
            "known": self.extent.to_dict(),
            "gauge": None if self.spread_model is None else self._saved_once(self.spread_model),
        }

    def _models(self) -> list[tuple[FittedModel, list[int]]]:
        """Return the different models that the members consist of, each with the indices of the members that contain it."""
        found: dict[int, tuple[FittedModel, list[int]]] = {}
        for i, member in enumerate(self.members):
            for model in _parts(member):
                found.setdefault(id(model), (model, []))[1].append(i)
        return list(found.values())

    def _saved(self, member: FittedMember) -> SavedMember:
        """Return a member in the form in which it is saved."""
        if isinstance(member, FittedIntermediates):
            intermediates: SavedIntermediates = {**member.to_dict(), "second": self._saved_once(member.second)}
            return intermediates
        if not isinstance(member, FittedBoosted):
            return member.to_dict()
        boosted: SavedBoosted = {
            "kind": member.kind,
            "base": self._saved_once(member.base),
            "trees": member.trees.to_dict(),
        }
        return boosted

    def _saved_once(self, model: FittedHierarchical) -> SavedGaussian | int:
        """Return the index of the member that is this model, or the model in the form in which it is saved."""
        indices = [i for i, member in enumerate(self.members) if member is model]
        return indices[0] if indices else model.to_dict()

    def weights_of(self, rows: pl.DataFrame) -> FloatArray:
        """Return the weights of the members for the kind of question of each row, (rows, members)."""
        kinds = list(self.weights)
        table = np.array([self.weights[kind] for kind in kinds])
        return np.asarray(table[codes_of(rows.select(self.extent.kind()).to_series(), kinds)])


def _parts(member: FittedMember) -> tuple[FittedModel, ...]:
    """Return the models whose sum a member is."""
    match member:
        case FittedBoosted():
            return member.base, member.trees
        case FittedIntermediates() if not member.names:
            return (member.second,)
        case _:
            return (member,)
