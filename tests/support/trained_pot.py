"""The stirred pot with a model that has learned its history: small, and real enough to answer a proposal whole."""

from functools import cache
from typing import Any

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.next_runs.config import NextRunsConfig
from pipeline.answers.trained_run import Basis, Choices, Hashes, Ready, Trained
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.assessment.importance import importance
from pipeline.assessment.importance_stability import stability
from pipeline.domain.config_files import parse
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import scale_levels
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.extrapolation.kinds import SHIFTS
from pipeline.features.table import build
from pipeline.forecasting.forecaster import CalibratedModel, learn
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import trained_model
from pipeline.models.base import Task
from pipeline.models.ridge import Ridge
from tests.support.pot import history, pot

READS = ("agitation", "temperature", "copper")


@cache
def ready() -> Ready:
    process, tables = pot(), history(48)
    rows = build(process, tables)
    rows = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
    known = rows.join(tables.results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    final = learn(known, Task("titre", READS, ()), Ridge(), IntervalConfig(), 1, SHIFTS)
    said = pl.Series("predicted", final.predict(known))
    cqa, model, shift = (pl.lit(x).alias(n) for x, n in (("titre", "cqa"), ("ridge", "model"), ("new_scale", "shift")))
    forecasts = known.with_columns(said, cqa, model, shift, pl.lit(1.0).alias("spread"))
    made = trained_model(process, {"titre": final}, rows, IntervalConfig().levels, {"titre": ("ridge", "none")})
    return Ready(process, tables, Trained(made, rows, forecasts, tables.results))


def basis(sites: dict[str, Any] | None = None) -> Basis:
    made = ready()
    final: CalibratedModel = made.trained.served.finals["titre"]
    unit = made.process.attributes["titre"].si
    ranks = stability(final.model, [final.model], made.trained.rows, unit).select(pl.lit("titre").alias("cqa"), pl.all())
    moves = importance(final.model, made.trained.rows, unit).select(pl.lit("titre").alias("cqa"), pl.all())
    choices = Choices(
        parse(SiteKnowledge, {"sites": sites or {}}, "transfer"), RunCost("bench runs", "example"), 1, NextRunsConfig()
    )
    return Basis(made, DecisionConfig(), choices, {}, moves, ranks, AcceptanceConfig(), Hashes("d", "c", "a", "k", "m"))
