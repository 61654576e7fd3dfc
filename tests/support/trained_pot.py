"""The stirred pot with a model that was trained on its history. It can answer a whole proposal."""

from functools import cache

import polars as pl

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.limits import DecisionConfig
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.result.record import Hashes
from pipeline.answers.trained_run import TrainedRun
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.assessment.importance import importance
from pipeline.assessment.importance_stability import stability
from pipeline.assessment.noise_floor import NO_NOISE
from pipeline.domain.config_files import parse
from pipeline.domain.left_out import LeftOut
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import scale_levels
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.extrapolation.kinds import KINDS
from pipeline.features.table import build
from pipeline.forecasting.calibrated_model import fit_calibrated
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import trained_model
from pipeline.models.base import Task
from pipeline.models.ridge import Ridge
from tests.support.definitions import PlainData
from tests.support.pot import history, pot, proposal

READS = ("agitation", "temperature", "copper")
HASHES = Hashes("d", "c", "a", "k", "m")


@cache
def _learned() -> TrainedRun:
    process, tables = pot(), history(48)
    rows = build(process, tables)
    rows = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
    known = rows.join(tables.results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    final = fit_calibrated(known, Task("titre", READS, ()), Ridge(), IntervalConfig(), 1, KINDS)
    predicted = pl.Series("predicted", final.predict(known))
    named = {"cqa": "titre", "model": "ridge", "answered_by": "ridge", "shift": "new_scale", "protocol": "largest_scale_out"}
    texts = [pl.lit(text).alias(column) for column, text in named.items()]
    forecasts = known.with_columns(predicted, *texts, pl.lit(1.0).alias("spread"))
    unit = process.attributes["titre"].si
    ranks = stability(final.model, [final.model], rows, unit).select(pl.lit("titre").alias("cqa"), pl.all())
    moves = importance(final.model, rows, unit).select(pl.lit("titre").alias("cqa"), pl.all())
    return TrainedRun(
        process=process,
        history=tables,
        model=trained_model({"titre": final}, rows, IntervalConfig().levels, {"titre": ("ridge", "none")}),
        rows=rows,
        forecasts=forecasts,
        scores={},
        importance=moves,
        stability=ranks,
        decision=DecisionConfig(),
        acceptance=AcceptanceConfig("largest_scale_out"),
        noise=NO_NOISE,
        sites=SiteKnowledge(),
        left_out=LeftOut(),
        cost=RunCost("bench runs", "example"),
        seed=1,
        hashes=HASHES,
    )


def trained_run(sites: PlainData | None = None) -> TrainedRun:
    """The trained pot; sites: what people of a site know."""
    from dataclasses import replace

    return replace(_learned(), sites=parse(SiteKnowledge, {"sites": sites or {}}, "transfer"))


def answered(sites: PlainData | None = None, *, depth: Depth = "causes", **changes: object) -> Answer:
    """The answer to the pot's proposal with changes."""
    run = trained_run(sites)
    return answer(make_case(proposal(**changes), run), run, depth=depth)
