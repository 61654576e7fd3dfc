"""The chance that one batch meets all specifications."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.answers.result.prediction import JointChance
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.display import with_error
from pipeline.domain.specification_limits import limits_of
from pipeline.extrapolation.reenactment import NEAREST
from pipeline.forecasting.batch_forecaster import BatchForecaster
from pipeline.forecasting.calibrated_model import Forecast
from pipeline.forecasting.intervals import residual
from pipeline.forecasting.joint_chance import mean_chance


def joint_chance(run: TrainedRun, forecasts: Mapping[str, Forecast], forecaster: BatchForecaster) -> JointChance | None:
    """Return the chance that the proposed batch meets all specifications.

    The chances of the attributes are combined with the correlation of the errors of past batches. Where a lot is not known, this is
    done for each past lot, and the chance is the mean. Returns None if no attribute
    has a specification, or if an attribute with a specification is not answered (`forecaster` does not forecast it).
    """
    limits = limits_of(run.process, (*run.model.finals, *run.model.unanswered))
    if not limits or not set(limits) <= set(forecaster.targets):
        return None
    sides = [run.model.finals[name].beyond(forecasts[name], ends) for name, ends in limits.items()]
    below, above = (np.stack(side, axis=1) for side in zip(*sides, strict=True))
    joint = forecaster.joint
    chance = mean_chance(below, above, joint.correlation)
    supported = supported_chance(run, {name: forecasts[name].kinds[0] for name in limits})
    value = with_error(chance.value, chance.error)
    return JointChance(value, tuple(limits), joint.batches, joint.products, chance.error, supported)


def supported_chance(run: TrainedRun, kinds: Mapping[str, str]) -> float | None:
    """Return the largest chance that the past errors of all attributes support.

    kinds: attribute → kind of question that is asked of it. The result is None where there is no attribute.
    """
    return min((run.model.finals[name].calibrations[kind].largest_level for name, kind in kinds.items()), default=None)


def past_kind(row: pl.DataFrame, run: TrainedRun) -> str:
    """Return the kind of question of a row; if there is no past forecast of that kind, the most similar kind that has some."""
    if not run.model.finals:
        return ""
    any_model = next(iter(run.model.finals.values()))
    known = run.memo.of("kinds of past forecasts", lambda: run.forecasts["shift"].unique().to_list())
    return most_like(any_model.kinds(row)[0], known)


def past_errors(kind: str, run: TrainedRun, targets: list[str]) -> pl.DataFrame:
    """Return the errors of past forecasts of a kind of question, divided by their spread.

    The errors are those of the kinds of model that answer now, whichever model a fold chose: the correlation is used with
    intervals that are calibrated on errors of the same models. One row per batch: batch_id, product and a column per target; null
    if the batch has no result.
    """
    finals = run.model.finals
    answering = pl.struct("cqa", "model").is_in([{"cqa": name, "model": finals[name].model.kind} for name in targets])
    return (
        run.forecasts.filter((pl.col("shift") == kind) & answering)
        .with_columns((residual() / pl.col("spread")).alias("error"))
        .unique(["batch_id", "cqa"], keep="first", maintain_order=True)
        .pivot("cqa", on_columns=targets, index=["batch_id", "product"], values="error", maintain_order=True)
    )


def most_like(kind: str, known_kinds: list[str]) -> str:
    """Return the kind of question among those of past forecasts that is most similar to another."""
    return next((near for near in NEAREST[kind] if near in known_kinds), known_kinds[0] if known_kinds else kind)
