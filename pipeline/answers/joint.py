"""The chance that one batch meets all specifications."""

import polars as pl

from pipeline.answers.result.prediction import JointChance
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.specification_limits import limits_of
from pipeline.extrapolation.reenactment import NEAREST
from pipeline.forecasting.batch_forecaster import BatchForecaster
from pipeline.forecasting.intervals import residual


def joint_chance(row: pl.DataFrame, run: TrainedRun, forecaster: BatchForecaster) -> JointChance | None:
    """Return the chance that the batch of a feature row (1 row) meets all specifications.

    The single chances are tied as the errors of past batches were. None without a specification, and where an attribute with a
    specification is not forecast: then nothing can be said of all together.
    """
    limited = tuple(limits_of(run.process, tuple(run.model.finals)))
    if not limited or not set(limited) <= set(forecaster.targets):
        return None
    joint = forecaster.joint
    return JointChance(float(forecaster.outcome(row).together[0]), limited, joint.batches, joint.products)


def past_errors(row: pl.DataFrame, run: TrainedRun, targets: list[str]) -> pl.DataFrame:
    """Return the errors of past forecasts that asked the same kind of question as a row, in units of their spread.

    Where no past forecast asked it, those of the most similar kind are taken. One row per batch: batch_id, product and a column
    per target; null where the batch has no result.
    """
    finals = run.model.finals
    one = next(iter(finals.values()))
    kind = most_like(one.kinds(row)[0], run.forecasts["shift"].unique().to_list())
    answering = pl.struct("cqa", "model").is_in([{"cqa": name, "model": finals[name].model.kind} for name in targets])
    return (
        run.forecasts.filter((pl.col("shift") == kind) & answering)
        .with_columns((residual() / pl.col("spread")).alias("error"))
        .unique(["batch_id", "cqa"], keep="first", maintain_order=True)
        .pivot("cqa", on_columns=targets, index=["batch_id", "product"], values="error", maintain_order=True)
    )


def most_like(kind: str, there: list[str]) -> str:
    """Return the kind of question among those of past forecasts that is most similar to another."""
    return next((near for near in NEAREST[kind] if near in there), there[0])
