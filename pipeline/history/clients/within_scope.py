"""The history that a run of one client may use: what must not be read is left out, and what must not be seen is replaced."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.scope import Scope
from pipeline.history.assemble import AssembledHistory
from pipeline.history.clients.hidden_names import HIDDEN, hidden_names, named_columns, replaced
from pipeline.history.clients.raw_rows import RawPlaces, file_names, ledger_within, raw_places, with_file_names
from pipeline.history.clients.treatments import OWNER, TREATMENT, treatments
from pipeline.history.occupancy import with_batches_of_vessels
from pipeline.history.sorting import sorted_rows

_ORDER = {
    "batches": ["batch_id"],
    "results": ["batch_id", "attribute"],
    "replicates": ["batch_id", "attribute"],
    "genealogy": ["batch_id", "material", "lot_id"],
    "lots": ["material", "lot_id", "attribute"],
    "deviations": ["batch_id", "began", "cause"],
    "anonymous": ["batch_id"],
    "left_out": ["batch_id", "source", "file"],
    "batch_states": ["batch_id"],
}
"""Tables with names of batches or lots → the columns that they are sorted by. The table of series is sorted apart."""


def within_scope(
    process: Process, found: AssembledHistory, rows: Mapping[str, pl.DataFrame], scope: Scope
) -> tuple[AssembledHistory, pl.DataFrame]:
    """Return what a run of one client may use of a history, and the hidden names (`HIDDEN`).

    rows: typed rows of each source. A batch that is kept out is in no table. Names of anonymous batches, and names that only such
    batches have, are replaced in every table. Raw rows are shown where they belong to a batch that is shown by its name; all others
    are only counted, in the ledger. Raises ScalebridgeError if a batch belongs to no client, or the client has no batch.
    """
    if scope.client is None:
        return found, pl.DataFrame(schema=HIDDEN)
    rows = with_batches_of_vessels(process, rows).rows
    treated = treatments(process, found.batches, rows, scope)
    hidden = hidden_names(process, found.batches, found.genealogy, treated, scope)
    of_rows = pl.concat([treated.select("batch_id", TREATMENT), _treated_steps(found, treated)])
    kept = _kept(found, raw_places(process, rows, of_rows), treated, of_rows)
    notes = [_sentence(scope.client, treated.join(found.batches, on="batch_id", how="semi")), *_of_nobody(found, of_rows)]
    return replace(_renamed(process, kept, hidden, scope), notes=(*notes, *found.notes)), hidden


def _treated_steps(found: AssembledHistory, treated: pl.DataFrame) -> pl.DataFrame:
    """Return `batch_id` and `TREATMENT` of the batches of earlier steps: the most open treatment of what they went into."""
    known = found.ancestors.join(treated, on="batch_id").join(treated, left_on="step_batch", right_on="batch_id", how="anti")
    treatment = pl.col(TREATMENT)
    best = (
        pl.when((treatment == "named").any()).then(pl.lit("named"))
        .when((treatment == "anonymous").any()).then(pl.lit("anonymous"))
        .otherwise(pl.lit("kept_out"))
    )  # fmt: skip
    return known.group_by(pl.col("step_batch").alias("batch_id")).agg(best.cast(treated.schema[TREATMENT]).alias(TREATMENT))


def _kept(found: AssembledHistory, places: RawPlaces, treated: pl.DataFrame, of_rows: pl.DataFrame) -> AssembledHistory:
    """Return a history with the batches that teach alone. What a person reads of raw rows is of batches that are shown.

    of_rows: the treatment of every batch that a raw row may name, those of earlier steps included.
    """
    shown = treated.filter(pl.col(TREATMENT) == "named")
    teaching = treated.filter(pl.col(TREATMENT) != "kept_out")
    own: dict[str, Any] = {name: _of(found.tables()[name], teaching) for name in _ORDER if name not in ("lots", "anonymous")}
    used = own["genealogy"].select("material", "lot_id").unique()
    aside, names = _of(found.quarantine, of_rows.filter(pl.col(TREATMENT) == "named")), file_names(found.ledger, places)
    anonymous = treated.filter(pl.col(TREATMENT) == "anonymous").select("batch_id")
    return replace(
        found,
        **(own | {"left_out": with_file_names(own["left_out"], names), "trajectories": _of(found.trajectories, teaching)}),
        lots=found.lots.join(used, on=["material", "lot_id"], how="semi", maintain_order="left"),
        quarantine=aside,
        anonymous=anonymous.join(own["batches"], on="batch_id", how="semi").sort("batch_id"),
        corrected=found.corrected.join(places.shown, on=["file", "row"], how="semi", maintain_order="left"),
        ledger=with_file_names(ledger_within(found.ledger, found.quarantine, aside, places), names),
        **_steps_of(found, shown),
    )


def _steps_of(found: AssembledHistory, shown: pl.DataFrame) -> dict[str, Any]:
    """Return the tables of steps with what went into batches that are shown by their names."""
    ancestors = _of(found.ancestors, shown)
    own = ancestors.select("step", pl.col("step_batch").alias("batch_id")).unique()
    moved = found.transfers
    for end in ("from", "to"):
        keys = [f"{end}_step", f"{end}_batch"]
        moved = moved.join(own, left_on=keys, right_on=["step", "batch_id"], how="semi", maintain_order="left")
    tables = {name: found.tables()[name] for name in ("step_batches", "step_values") if name in found.tables()}
    kept: dict[str, Any] = {
        name: one.join(own, on=["step", "batch_id"], how="semi", maintain_order="left") for name, one in tables.items()
    }
    return {"ancestors": ancestors, "transfers": moved, **kept}


def _of(table: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    return table.join(batches, on="batch_id", how="semi", maintain_order="left")


def _renamed(process: Process, kept: AssembledHistory, hidden: pl.DataFrame, scope: Scope) -> AssembledHistory:
    """Return a history in which hidden names are replaced. Each table is in its order again."""
    if hidden["instead"].is_null().all():
        return kept
    columns = named_columns(process, kept.batches, scope) | {"batch_id": "batch", "lot_id": "lot"}
    tables: dict[str, Any] = {name: replaced(kept.tables()[name], columns, hidden).sort(key) for name, key in _ORDER.items()}
    series = sorted_rows(replaced(kept.trajectories, columns, hidden), ["batch_id", "tag", "time"])
    return replace(kept, **tables, trajectories=series)


def _of_nobody(found: AssembledHistory, treated: pl.DataFrame) -> Iterator[str]:
    """Say how many rows were set aside of which nobody knows the client."""
    of_nobody = found.quarantine.join(treated, on="batch_id", how="anti").select("source", "file", "row").unique()
    if of_nobody.height:
        yield (
            f"Rows that were set aside and belong to no batch of a known client: {of_nobody.height:,}. They count as left out "
            "and are not shown. A run without a scope shows them."
        )


def _sentence(client: str, treated: pl.DataFrame) -> str:
    """Say what a run does with the batches of all clients. No other client is named."""
    own = pl.col(OWNER) == client
    others = treated.filter(~own)[TREATMENT]
    words = {
        "named": "of other clients teach by their names",
        "anonymous": "of other clients teach without their names",
        "kept_out": "of other clients are not read",
    }
    counts = {text: int((others == name).sum()) for name, text in words.items()}
    parts = [
        f"{treated.filter(own).height:,} of its own teach",
        *(f"{count:,} {text}" for text, count in counts.items() if count),
    ]
    return f"This run is made for client {client}. Of its batches and those of others, {', '.join(parts)}."
