"""The learning task, and the interface of every fitted model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.domain.scale import DEFAULT_TOLERANCE
from pipeline.models.file_format import SavedModel, SavedTask


@dataclass(frozen=True)
class Task:
    """One target, the features that it is predicted from, and what the process definition says about them."""

    target: str
    numeric: tuple[str, ...]
    """Numeric features."""
    categorical: tuple[str, ...]
    """Text features."""
    lowest: float | None = None
    """Smallest possible value of the target, SI. Predictions and intervals do not go below it."""
    highest: float | None = None
    """Largest possible value of the target, SI. Predictions and intervals do not go above it."""
    comparable: tuple[str, ...] = ()
    """Numeric features that stay comparable across scales. A product may have its own slope on each of them."""
    groups: tuple[str, ...] = ()
    """Groupings that are pooled partially: product, lineage, site, vessel, lots."""
    refuse: tuple[str, ...] = ()
    """Groupings whose unknown levels are refused."""
    rising: tuple[str, ...] = ()
    """Features that can only raise the target."""
    falling: tuple[str, ...] = ()
    """Features that can only lower the target."""
    scale_tolerance: float = DEFAULT_TOLERANCE
    """Tolerance within which two scales are the same."""
    intermediates: tuple[str, ...] = ()
    """Numeric features that are measured while a batch runs and not known at the horizon. Training batches alone have them."""
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Intermediate → features of later process steps, which have no influence on it."""
    spectra: tuple[str, ...] = ()
    """Spectra: features with a value per channel, which only the spectral member of a blend reads."""
    by_device: bool = False
    """Equipment that is new to its lineage asks the question of a new place, also where another lineage ran on it."""

    def clipped(self, values: FloatArray) -> FloatArray:
        """Return the values, with those outside the possible range moved to its limit."""
        if self.lowest is None and self.highest is None:
            return values
        return np.asarray(np.clip(values, self.lowest, self.highest))

    def of_intermediate(self, name: str) -> "Task":
        """Return the task of predicting an intermediate: without the features of steps after its own, and without its limits."""
        hidden = set(self.later.get(name, ()))

        def kept(features: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(one for one in features if one not in hidden)

        return replace(
            self,
            target=name,
            lowest=None,
            highest=None,
            numeric=kept(self.numeric),
            categorical=kept(self.categorical),
            comparable=kept(self.comparable),
            spectra=kept(self.spectra),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """All features that are one number or text, the numeric ones first."""
        return (*self.numeric, *self.categorical)

    def to_dict(self) -> SavedTask:
        """Return the task in the form in which it is saved."""
        saved: SavedTask = {
            "target": self.target,
            "numeric": list(self.numeric),
            "categorical": list(self.categorical),
            "lowest": self.lowest,
            "highest": self.highest,
            "comparable": list(self.comparable),
            "groups": list(self.groups),
            "refuse": list(self.refuse),
            "rising": list(self.rising),
            "falling": list(self.falling),
        }
        if self.spectra:
            saved["spectra"] = list(self.spectra)
        if self.intermediates:
            saved["intermediates"] = list(self.intermediates)
        if self.later:
            saved["later"] = {name: list(features) for name, features in self.later.items()}
        if self.by_device:
            saved["by_device"] = True
        return saved

    @classmethod
    def from_dict(cls, saved: SavedTask, scale_tolerance: float) -> "Task":
        """Return the task that was saved; `scale_tolerance` is saved with the training extent."""
        return cls(
            saved["target"],
            tuple(saved["numeric"]),
            tuple(saved["categorical"]),
            saved["lowest"],
            saved["highest"],
            tuple(saved["comparable"]),
            tuple(saved["groups"]),
            tuple(saved["refuse"]),
            tuple(saved["rising"]),
            tuple(saved["falling"]),
            scale_tolerance,
            spectra=tuple(saved.get("spectra", ())),
            intermediates=tuple(saved.get("intermediates", ())),
            later={name: tuple(features) for name, features in saved.get("later", {}).items()},
            by_device=saved.get("by_device", False),
        )


class FittedModel(Protocol):
    """A model after fitting."""

    @property
    def kind(self) -> str:
        """Kind of the model, as in its configuration."""
        ...

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row, shape (n,), in SI."""
        ...

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return a base per row, shape (n,), and one column of contributions per feature.

        The base plus the contributions of a row are its prediction.
        """
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """Features that have contributions."""
        ...

    def to_dict(self) -> SavedModel:
        """Return the model in the form in which it is saved."""
        ...


def spread_of(model: FittedModel | None, rows: pl.DataFrame) -> FloatArray:
    """Return the spread that a model expects of each row, shape (n,), or 1 where the model gives none."""
    spread = getattr(model, "spread", None)
    return np.ones(rows.height) if spread is None else np.asarray(spread(rows))


def far_spectra(model: FittedModel, rows: pl.DataFrame) -> dict[str, BoolArray]:
    """Return spectrum → for each row whether it is too far from the training rows, (rows,); empty where a model reads none."""
    far = getattr(model, "far_spectra", None)
    return {} if far is None else dict(far(rows))
