"""A model of measured intermediates: what the process shows is predicted first, and quality is predicted from it.

Peak CO2, base, lactate or the integral of viable cells are measured while a batch runs. They are not known before it. So a first
model per intermediate predicts it from the plan. A second model predicts the target from the plan and from these forecasts. The
second relation is more alike across products than the relation between plan and quality.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.contributions import weighted_sum
from pipeline.models.file_format import SavedIntermediates
from pipeline.models.hierarchical.fitting import LOG_DECADES, fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical, Hierarchical
from pipeline.models.hierarchical.sealed import any_hierarchical_from_dict
from pipeline.models.hierarchical.term_selection import selected
from pipeline.models.hierarchical.variances import Variances
from pipeline.models.target_scale import RECORDED, mean_slope, transformed_scale

LEAST_MEASURED = 20
"""Number of training batches with a measured value from which an intermediate is predicted."""
LEAST_SHARE = 0.5
"""Share of the training batches that must have a measured value."""


@configuration(config=STRICT, frozen=True)
class Intermediates:
    """A hierarchical model that reads forecasts of measured intermediates beside the plan.

    The second stage is fitted to the mean of the measured value and of a first-stage forecast in which all batches of a product at
    a scale are hidden (stacking: Wolpert 1992, Neural Netw. 5, 241). Measured values alone would make it trust the forecasts too
    much. Forecasts alone hide what differs between the batches of a campaign.
    """

    kind: Literal["intermediates"] = "intermediates"
    first: Hierarchical = Field(default_factory=lambda: Hierarchical(rows=200, iterations=12, target_scale="transformed"))
    """Model of each intermediate."""
    second: Hierarchical = Field(default_factory=lambda: Hierarchical(target_scale="transformed"))
    """Model of the target."""


@dataclass(frozen=True)
class FittedIntermediates:
    """A model per intermediate, and the model of the target that reads their forecasts."""

    names: tuple[str, ...]
    """Intermediates that the second model reads."""
    first: tuple[FittedHierarchical, ...]
    """Model of each of them."""
    second: FittedHierarchical
    kind: Literal["intermediates"] = "intermediates"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row. Measured intermediates of the rows are not read."""
        return self.second.predict(self.with_forecasts(rows))

    def with_forecasts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with the forecasts of the intermediates in place of measured values, in SI."""
        forecasts = (model.predict(rows) for model in self.first)
        return rows.with_columns(*(pl.Series(name, one) for name, one in zip(self.names, forecasts, strict=True)))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return a base and the contributions of the features of the plan.

        An intermediate changes the target between the base of its own model and its forecast. The features of its model share this
        change in proportion to their contributions to the intermediate (the rescale rule of DeepLIFT: Shrikumar, Greenside, Kundaje
        2017, ICML 70). What the target would be at the base of an intermediate belongs to the base.
        """
        of_first = [model.contributions(rows) for model in self.first]
        at_base = rows.with_columns(*(pl.Series(name, base) for name, (base, _) in zip(self.names, of_first, strict=True)))
        start, shares = self.second.transformed_contributions(self.with_forecasts(rows))
        _, unmoved = self.second.transformed_contributions(at_base)
        scale, column = self.second.target_scale, self.second.reads.index
        slope = mean_slope(scale, start, shares.sum(axis=1))
        through = [column(name) for name in self.names]
        of_plan = [i for i in range(shares.shape[1]) if i not in through]
        own = pl.DataFrame(slope[:, None] * shares[:, of_plan], schema=[self.second.reads[i] for i in of_plan])
        base = scale.recorded(start) + slope * unmoved[:, through].sum(axis=1)
        changes = (slope * (shares - unmoved)[:, at] for at in through)
        moved = [_divided(change, parts) for change, (_, parts) in zip(changes, of_first, strict=True)]
        return weighted_sum([(1.0, (base, own)), *((1.0, (np.zeros(rows.height), parts)) for parts in moved)])

    @property
    def reads(self) -> tuple[str, ...]:
        """Features of the plan that either stage reads."""
        second = (name for name in self.second.reads if name not in self.names)
        return tuple(dict.fromkeys((*second, *(name for model in self.first for name in model.reads))))

    def to_dict(self) -> SavedIntermediates:
        """Return the model in the form in which it is saved."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "first": [model.to_dict() for model in self.first],
            "second": self.second.to_dict(),
        }


def _divided(change: FloatArray, parts: pl.DataFrame) -> pl.DataFrame:
    """Return the change of the target through an intermediate, shape (n,), divided in proportion to the parts of the intermediate.

    parts: contributions of features to the intermediate. Where they sum to 0, the intermediate and the target do not change.
    """
    values = parts.to_numpy()
    total = values.sum(axis=1)
    ratio = np.divide(change, total, out=np.zeros_like(change), where=total != 0)
    return pl.DataFrame(ratio[:, None] * values, schema=parts.columns)


def intermediates_from_dict(saved: SavedIntermediates, second: FittedHierarchical) -> FittedIntermediates:
    """Return the model that was saved; `second` is its model of the target."""
    first = tuple(any_hierarchical_from_dict(one) for one in saved["first"])
    return FittedIntermediates(tuple(saved["names"]), first, second)


def fit_intermediates(
    config: Intermediates,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    of_plan: FittedHierarchical | None = None,
    before: FittedIntermediates | None = None,
) -> FittedIntermediates:
    """Fit both stages to training rows and their results y, shape (n,).

    of_plan: a model with the configuration of the second stage that was fitted to the plan alone; before: a fit to nearly the same
    rows, whose variances begin the searches. Intermediates are chosen among `task.intermediates` by what their measured values say
    about the results beside the plan. Where none is measured often enough or none is chosen, the second model reads the plan alone.
    """
    names = _chosen(config, rows, y, task)
    if not names:
        return FittedIntermediates((), (), of_plan or fit_hierarchical(config.second, rows, y, task))
    campaigns = rows.select(pl.struct("product", "scale_level").rank("dense")).to_series().to_numpy().astype(np.int64)
    starts = {} if before is None else {name: one.variances for name, one in zip(before.names, before.first, strict=True)}
    first, columns = [], []
    for name in names:
        model, read = _first_stage(config.first, rows, name, task, campaigns, starts.get(name))
        first.append(model)
        columns.append(pl.Series(name, read))
    wider = replace(task, numeric=(*task.numeric, *names), comparable=(*task.comparable, *names))
    start = None if before is None else before.second.variances
    second = fit_hierarchical(config.second, rows.with_columns(*columns), y, wider, start)
    kept = [i for i, name in enumerate(names) if name in second.layout.quantities]
    return FittedIntermediates(tuple(names[i] for i in kept), tuple(first[i] for i in kept), second)


def _chosen(config: Intermediates, rows: pl.DataFrame, y: FloatArray, task: Task) -> list[str]:
    measured = [name for name in task.intermediates if _measured(rows[name])]
    if not measured or np.ptp(y) == 0:
        return []
    scale = transformed_scale(y, task) if config.second.target_scale == "transformed" else RECORDED
    z = scale.transformed(y)
    wider = replace(task, numeric=(*task.numeric, *measured))
    names = selected(rows, (z - z.mean()) / z.std(), wider, config.second.terms, LOG_DECADES)
    return [name for name in names if name in measured]


def _measured(values: pl.Series) -> bool:
    known = len(values) - values.null_count()
    return known >= max(LEAST_MEASURED, LEAST_SHARE * len(values)) and values.n_unique() > 2


def _first_stage(
    model: Hierarchical, rows: pl.DataFrame, name: str, task: Task, campaigns: IntArray, start: Variances | None
) -> tuple[FittedHierarchical, FloatArray]:
    """Return the model of an intermediate, and the values of all training batches that the second stage reads, shape (n,), SI.

    A measured value is replaced by its mean with the forecast that is made without the batches of the product at this scale. The
    value of a batch without a measurement is the forecast of the fitted model.
    """
    known = rows[name].is_not_null().to_numpy()
    measured = rows.filter(pl.Series(known)).drop("censoring", strict=False)
    values = measured[name].cast(pl.Float64).to_numpy()
    own = replace(task.of_intermediate(name), lowest=0.0 if values.min() >= 0 else None)
    fitted = fit_hierarchical(model, measured, values, own, start)
    read = fitted.predict(rows)
    read[known] = values - fitted.blocks_out(measured, values, campaigns[known]) / 2
    return fitted, read
