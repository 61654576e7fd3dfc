"""The stirred pot with a measured intermediate: foam follows from the plan, and titre and haze follow from the foam."""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.result.answer import Answer
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.extrapolation.kinds import KINDS
from pipeline.features.table import build
from pipeline.forecasting.calibrated_model import CalibratedModel, fit_calibrated
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import tasks_of, trained_model
from pipeline.history.tables import History
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.intermediates import FittedIntermediates, Intermediates, fit_intermediates
from pipeline.models.registry import CarryOver
from tests.support.pot import definition, history, proposal
from tests.support.trained_pot import trained_run

CONFIG = Intermediates()
COST = {"titre": -0.02, "haze": 0.01}
"""Change of an attribute [g/L] per millimetre of foam."""


def foaming_process() -> Process:
    """The definition of the pot with haze, and with foam, which is known while a batch runs."""
    made = definition()
    foam = {
        "role": "IPC",
        "horizon": "in_process",
        "description": "height of the foam",
        "unit": "mm",
        "column": "batches.foam",
    }
    haze = {"role": "CQA", "horizon": "release", "description": "haze", "unit": "g/L", "column": "batches.haze"}
    made["attributes"] |= {"foam": foam, "haze": haze}
    process = parse(Process, made, "pot")
    assert isinstance(process, Process)
    return process


@cache
def foaming_history() -> History:
    """Foam [m] rises by 15 mm per turn per second, and by 4 mm per kelvin. Every fourth batch has no result of haze."""
    made, rng = history(96), np.random.default_rng(3)
    warm, stirred = pl.col("temperature") - 310.0, pl.col("agitation")
    noise = pl.Series(rng.normal(size=made.batches.height))
    batches = made.batches.with_columns(foam=1e-3 * (40 + 15 * stirred + 4 * warm + 0.5 * noise))
    return replace(made, batches=batches, results=pl.concat([_results(batches, "titre", 1), _results(batches, "haze", 4)]))


def _results(batches: pl.DataFrame, target: str, gap: int) -> pl.DataFrame:
    """Results [g/L] of an attribute; of every `gap`-th batch there is none, where gap is above 1."""
    error = pl.Series(0.01 * np.random.default_rng(gap).normal(size=batches.height))
    value = 5 + COST[target] * 1e3 * pl.col("foam") + error
    found = batches.select("batch_id", attribute=pl.lit(target), value=value, censoring=pl.lit("none"))
    return found.filter(pl.int_range(pl.len()) % gap > 0) if gap > 1 else found


Members = tuple[FittedHierarchical, FittedIntermediates]
"""A model of the plan, and the member that forecasts the foam."""


@cache
def foaming_rows() -> pl.DataFrame:
    """The feature rows."""
    process = foaming_process()
    rows = build(process, foaming_history())
    return rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))


def observed(target: str) -> pl.DataFrame:
    """The feature rows with results of an attribute."""
    own = foaming_history().results.filter(pl.col("attribute") == target).select("batch_id", "censoring", observed="value")
    return foaming_rows().join(own, on="batch_id").sort("batch_id")


@cache
def _learned(target: str) -> tuple[CalibratedModel, Members]:
    """The past errors of a baseline, and the members of a blend."""
    task = next(task for task in tasks_of(foaming_process(), "plan", foaming_rows()) if task.target == target)
    known = observed(target)
    y = known["observed"].to_numpy()
    of_plan = fit_hierarchical(CONFIG.second, known, y, task)
    members = (of_plan, fit_intermediates(CONFIG, known, y, task, of_plan))
    return fit_calibrated(known, task, CarryOver(), IntervalConfig(), 1, KINDS), members


def foaming_member(target: str = "titre") -> FittedIntermediates:
    """The member of the blend that forecasts the foam."""
    return _learned(target)[1][1]


def foaming_run(weight: float = 0.25, member: FittedIntermediates | None = None) -> TrainedRun:
    """A trained run whose blends have a model of the plan and a member that forecasts the foam.

    weight: of this member in the prediction; member: in place of that of the titre.
    """
    finals = {}
    for target in COST:
        final, (of_plan, own) = _learned(target)
        used = member if member is not None and target == "titre" else own
        blend = FittedSuperLearner((of_plan, used), dict.fromkeys(KINDS, (1 - weight, weight)), final.extent, None)
        finals[target] = replace(final, model=blend)
    chosen = dict.fromkeys(COST, ("super_learner", "none"))
    run, rows = trained_run(), foaming_rows()
    return replace(
        run,
        process=foaming_process(),
        history=foaming_history(),
        rows=rows,
        model=trained_model(finals, rows, IntervalConfig().levels, chosen),
        forecasts=pl.concat([run.forecasts, run.forecasts.with_columns(cqa=pl.lit("haze"))]),
    )


@cache
def foaming_answer() -> Answer:
    """The answer to the proposal of the pot."""
    run = foaming_run()
    return answer(make_case(proposal(), run), run)
