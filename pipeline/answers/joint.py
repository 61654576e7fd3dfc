"""The chance that one batch meets all specifications."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.trained_run import Trained
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import six_digits
from pipeline.domain.process.process import Process
from pipeline.domain.specification_limits import Ends, limits_of
from pipeline.extrapolation.reenactment import NEAREST
from pipeline.forecasting.calibrated_model import Forecast
from pipeline.forecasting.intervals import residual
from pipeline.forecasting.joint_chance import JointErrors, chance_together


def joint_probability(
    process: Process, row: pl.DataFrame, said: Mapping[str, Forecast], trained: Trained
) -> dict[str, Any] | None:
    """The chance that all specifications are met by one batch: the single chances, tied as past errors of a batch were."""
    limits = limits_of(process, tuple(trained.served.finals))
    if not limits:
        return None
    joint = JointErrors.of(past_errors(row, trained, list(limits)), list(limits))
    below, above = (
        np.column_stack(side)
        for side in zip(*(_beyond(trained, said[name], name, ends) for name, ends in limits.items()), strict=True)
    )
    return {
        "probability": six_digits(float(chance_together(below, above, joint.correlation)[0])),
        "of": list(limits),
        "products": joint.products,
        "batches": joint.batches,
    }


def _beyond(trained: Trained, said: Forecast, target: str, ends: Ends) -> tuple[FloatArray, FloatArray]:
    """P(under the lower limit) and P(over the upper one), shape (1,) each."""
    return trained.served.finals[target].calibrations[said.kinds[0]].beyond(said.predicted, *ends, said.spread)


def past_errors(row: pl.DataFrame, trained: Trained, targets: list[str]) -> pl.DataFrame:
    """Errors of past forecasts that asked the kind of question that a row asks, or one most like it, in units of their spread.

    One row per batch: batch_id, product and a column per target; null where the batch has no result of it.
    """
    one = next(iter(trained.served.finals.values()))
    fitting = pl.col("shift") == most_like(one.kinds(row)[0], trained.forecasts["shift"].unique().to_list())
    own = pl.struct("cqa", "model").is_in([{"cqa": n, "model": trained.served.finals[n].model.kind} for n in targets])
    return (
        trained.forecasts.filter(fitting & own)
        .with_columns((residual() / pl.col("spread")).alias("error"))
        .unique(["batch_id", "cqa"], keep="first", maintain_order=True)
        .pivot("cqa", on_columns=targets, index=["batch_id", "product"], values="error", maintain_order=True)
    )


def most_like(shift: str, there: list[str]) -> str:
    """The kind of question among those of past forecasts that is most like another."""
    return next((near for near in NEAREST[shift] if near in there), there[0])
