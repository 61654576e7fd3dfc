"""The published run as answers read it: models, history, scores, configuration and hashes."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.answers.monitor_of_run import MonitorOfRun
from pipeline.answers.predicting_run import PredictingRun, predicting_parts, scope_of
from pipeline.answers.result.record import Hashes
from pipeline.assessment.acceptance_ledger import AcceptanceConfig, limits_hash, limits_of, parsed_entry, read_ledger
from pipeline.assessment.noise_floor import AssayNoise, assay_noise
from pipeline.domain.config_files import load, read_json, read_key
from pipeline.domain.hashes import hash_of, hash_of_file, hash_of_files, hash_of_ledger
from pipeline.domain.left_out import LeftOut
from pipeline.domain.places import Places
from pipeline.domain.reading.stored import read_table
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scope import EVERYONE, Scope
from pipeline.history.store import read_left_out
from pipeline.publication.bundle import Bundle
from pipeline.publication.code import hashes_of_code
from pipeline.publication.origin import read_origin, refuse_other_code
from pipeline.publication.runs import current_run

RECORDED = ("process", "decision", "transfer", "left_out")
"""Keys of the configuration that an answer depends on. The record contains their hash."""
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Protocol → attribute → metric, on batches that the model had not seen."""


@dataclass(frozen=True)
class TrainedRun(PredictingRun):
    """Everything that an answer is made from. It is read once and passed to all parts."""

    forecasts: pl.DataFrame
    """Forecasts of hidden batches by all models. They give the correlation of the errors of the attributes."""
    scores: Scores
    """Scores of the model that answers."""
    importance: pl.DataFrame
    """Importance on all batches: cqa, unit, then the columns of `assessment.importance.importance`."""
    stability: pl.DataFrame
    """Ranks of features over refits: cqa, then the columns of `assessment.importance_stability.stability`."""
    noise: AssayNoise
    """How far the results scatter."""
    acceptance: AcceptanceConfig
    """Acceptance limits that were fixed before scoring."""
    left_out: LeftOut
    """Batches that the history leaves out on purpose."""
    cost: RunCost
    seed: int
    hashes: Hashes
    scope: Scope = EVERYONE
    """For which client the run is made."""
    monitor: MonitorOfRun | None = None
    """What expected courses come from; None for a run that is not read from files."""


def read_trained_run(places: Places, bundle: Bundle | None = None) -> TrainedRun:
    """Read a published run of a project: `bundle`, or the current one.

    Raises ScalebridgeError if nothing was published, a file of the run is damaged, the model was trained by other code than the
    one that is installed, or the acceptance limits are not those in the ledger.
    """
    bundle = bundle or current_run(places)
    of_run = bundle.places
    refuse_other_code(read_origin(of_run.origin))
    entry = parsed_entry(of_run.acceptance.read_text(encoding="utf-8"), str(of_run.acceptance))
    acceptance = limits_of(entry, hash_of_file(of_run.forecasts), read_ledger(places.acceptance_ledger))
    parts = predicting_parts(of_run, records=True)
    return TrainedRun(
        **parts,
        forecasts=read_table(of_run.forecasts),
        scores=read_json(of_run.metrics),
        importance=read_table(of_run.importance),
        stability=read_table(of_run.stability),
        noise=assay_noise(parts["process"], read_table(of_run.replicates)),
        acceptance=acceptance,
        left_out=read_left_out(of_run.history),
        cost=load(of_run.config, "cost", RunCost),
        seed=load(of_run.config, "seed", int),
        scope=scope_of(of_run),
        hashes=_hashes(bundle, acceptance),
        monitor=MonitorOfRun(of_run.monitor, parts["process"]),
    )


def _hashes(bundle: Bundle, acceptance: AcceptanceConfig) -> Hashes:
    of_run = bundle.places
    return Hashes(
        data=hash_of_ledger(read_table(of_run.ledger)),
        configuration=hash_of({key: read_key(of_run.config, key) for key in RECORDED}),
        acceptance=limits_hash(acceptance),
        code=hash_of(hashes_of_code(bundle.manifest.answering)),
        model=hash_of_files(of_run.model, (".json",)),
        run=bundle.run,
    )
