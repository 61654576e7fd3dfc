"""The stirred pot with a model that has learned its history: small, and real enough to answer a proposal whole."""

from functools import cache
from typing import Any

import polars as pl

from pipeline.decisions.basis import Basis
from pipeline.decisions.choices import Choices
from pipeline.decisions.config import AcceptanceConfig, DecisionConfig
from pipeline.decisions.record import Hashes
from pipeline.decisions.stability import stability
from pipeline.domain.cost import Cost
from pipeline.domain.plain import parse
from pipeline.domain.transfer import Transfer
from pipeline.explanations import importance
from pipeline.features import build
from pipeline.forecast import Forecaster, learn
from pipeline.intervals import IntervalConfig
from pipeline.models.ridge import Ridge
from pipeline.models.task import Task
from pipeline.proposals.answer import Trained
from pipeline.proposals.files import Ready
from pipeline.scale_levels import scale_levels
from pipeline.serving import served
from pipeline.shifts import SHIFTS
from tests.decisions.helpers import history, pot

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
    made = served(process, {"titre": final}, rows, IntervalConfig().levels, {"titre": ("ridge", "none")})
    return Ready(process, tables, Trained(made, rows, forecasts, tables.results))


def basis(sites: dict[str, Any] | None = None) -> Basis:
    made = ready()
    final: Forecaster = made.trained.served.finals["titre"]
    unit = made.process.attributes["titre"].si
    ranks = stability(final.model, [final.model], made.trained.rows, unit).select(pl.lit("titre").alias("cqa"), pl.all())
    moves = importance(final.model, made.trained.rows, unit).select(pl.lit("titre").alias("cqa"), pl.all())
    choices = Choices(parse(Transfer, {"sites": sites or {}}, "transfer"), Cost("bench runs", "example"), 1)
    return Basis(made, DecisionConfig(), choices, {}, moves, ranks, AcceptanceConfig(), Hashes("d", "c", "a", "k", "m"))
