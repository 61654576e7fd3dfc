"""A model for a client: without the rows and the names of others, in the form that MLflow serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.answers.predicting_run import PredictingRun, scope_of
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.domain.reading.text_file import read_text
from pipeline.domain.scope import Scope
from pipeline.domain.whole_files import write_by, write_whole
from pipeline.forecasting.sealing import seal_trained
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.history.clients.hidden_names import named_columns, other_words
from pipeline.history.clients.treatments import owner_column
from pipeline.models.sealing import KeptNames
from pipeline.publication.bundle import MANIFEST, Bundle, manifest_of, open_bundle
from pipeline.publication.runs import BUILDING
from pipeline.publication.shown_names import refuse_shown_names

KEYS = ("process", "decision", "transfer", "horizon")
"""Keys of the configuration that a prediction reads."""


@dataclass(frozen=True)
class Exported:
    """What was exported, and how it compares with the run that it is from."""

    client: str
    bundle: Bundle
    own: int
    """Number of batches of the client, whose rows are in the export."""
    removed: int
    """Number of batches of others whose rows are not in it."""
    predicted: float
    """Largest change of a prediction of the own batches, as a share of the spread."""
    spread: float
    """Largest change of a spread of the own batches, as a share of it."""


def export_part(run: PredictingRun, bundle: Bundle, hidden: Path, folder: Path) -> Exported:
    """Write the part of a published run that a client may have into a folder of its own below `folder`.

    The rows of the client's own batches stay. Rows and names of all others are removed, also from inside the models. hidden: the
    table of hidden names of the project, which is searched for as well. Raises ScalebridgeError if the run has no client, a model
    cannot be without its rows, or a file would show a name of others.
    """
    scope = scope_of(bundle.places)
    if scope.client is None:
        raise ScalebridgeError(
            f"The published run {bundle.run} is made for no client, so nothing tells whose rows may leave. Choose a `scope` in "
            "params.yaml (conf/scope/), and run `dvc repro`"
        )
    own = _own(run, scope)
    model = seal_trained(run.model, KeptNames(_names_of(run, own, scope)))
    building = Places.under(folder / BUILDING)
    for name, table in _tables(run, own).items():
        target = building.features if name == "features" else building.history / f"{name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_by(target, table.write_parquet)
    building.config.mkdir(parents=True)
    for key in KEYS:
        write_whole(building.config / f"{key}.yaml", read_text(bundle.places.config / f"{key}.yaml"))
    model.save(building.model)
    write_whole(building.origin, read_text(bundle.places.origin))
    manifest = manifest_of(folder / BUILDING, bundle.manifest.answering)
    refuse_shown_names(folder / BUILDING, manifest.files, _others(run, own, scope, hidden), f"The export for {scope.client}")
    write_whole(folder / BUILDING / MANIFEST, manifest.as_text())
    (folder / BUILDING).rename(folder / manifest.run)
    rows = run.rows.join(own, on="batch_id", how="semi")
    written = open_bundle(folder / manifest.run)
    changes = _changes(run.model, TrainedModel.load(written.places.model), rows)
    return Exported(scope.client, written, own.height, run.history.batches.height - own.height, *changes)


def _own(run: PredictingRun, scope: Scope) -> pl.DataFrame:
    """Return the names of the client's own batches: batch_id."""
    column = owner_column(run.process, run.history.batches, scope)
    levels = run.history.batches[column].drop_nulls().unique()
    own = [level for level in levels if scope.owner(level) == scope.client]
    return run.history.batches.filter(pl.col(column).is_in(own)).select("batch_id")


def _names_of(run: PredictingRun, own: pl.DataFrame, scope: Scope) -> dict[str, frozenset[str]]:
    """Return column of the feature table → its levels in the own batches, for the columns that hold names of a client."""
    lots = [name for name in run.rows.columns if name.endswith("_lot")]
    named = named_columns(run.process, run.history.batches, scope)
    columns = [name for name in (*named, *lots) if name in run.rows.columns]
    rows = run.rows.join(own, on="batch_id", how="semi")
    return {name: frozenset(rows[name].cast(pl.String).drop_nulls()) for name in columns}


def _tables(run: PredictingRun, own: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the tables that a prediction reads, with the rows of the own batches."""
    history = run.history
    kept = {"features": run.rows, "batches": history.batches, "results": history.results, "genealogy": history.genealogy}
    tables = {name: table.join(own, on="batch_id", how="semi", maintain_order="left") for name, table in kept.items()}
    used = tables["genealogy"].select("material", "lot_id").unique()
    lots = history.lots.join(used, on=["material", "lot_id"], how="semi", maintain_order="left")
    return tables | {"lots": lots, "anonymous": history.anonymous.clear()}


def _others(run: PredictingRun, own: pl.DataFrame, scope: Scope, hidden: Path) -> set[str]:
    """Return the names that the export must not show: those of batches that are not the client's own."""
    batches, lots = run.history.batches, run.history.genealogy.select("batch_id", "lot_id")
    columns = named_columns(run.process, batches, scope)
    every = {column: batches.select("batch_id", pl.col(column).cast(pl.String).alias("name")) for column in columns}
    every |= {"batch_id": batches.select("batch_id", pl.col("batch_id").alias("name"))}
    every |= {"lot_id": lots.rename({"lot_id": "name"})}
    mine = {name for table in every.values() for name in table.join(own, on="batch_id", how="semi")["name"].drop_nulls()}
    words = set(other_words(batches, columns))
    known = {name for table in every.values() for name in table["name"].drop_nulls()}
    listed = pl.read_parquet(hidden).filter(~pl.col("common"))["name"].to_list() if hidden.is_file() else []
    return (known | set(listed)) - mine - words


def _changes(before: TrainedModel, after: TrainedModel, rows: pl.DataFrame) -> tuple[float, float]:
    """Return the largest change of a prediction, as a share of its spread, and of a spread, as a share of it."""
    changes: Mapping[str, tuple[float, float]] = {target: _change(before, after, target, rows) for target in before.finals}
    return max((one for one, _ in changes.values()), default=0.0), max((one for _, one in changes.values()), default=0.0)


def _change(before: TrainedModel, after: TrainedModel, target: str, rows: pl.DataFrame) -> tuple[float, float]:
    old, new = (model.finals[target].forecast(rows) for model in (before, after))
    moved = np.abs(new.predicted - old.predicted) / old.spread
    return float(moved.max(initial=0.0)), float(np.abs(new.spread / old.spread - 1).max(initial=0.0))
