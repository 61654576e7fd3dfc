"""The step of each batch that is left out on purpose. Nothing is left out of a step that the entry may not mean."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.left_out import LeftOut, LeftOutBatch
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import OF_STEPS, step_of_source
from pipeline.domain.sources import TransferRows

BATCH, STEP = "batch_id", "step"
"""Columns of the names of batches: the name, and the step, which is null where it is not known or there are no steps."""
_RANK = "_rank"
"""Column with how well the source of a name knows the step: batch rows (0), other rows of steps (1), all others (2)."""


def entries_with_steps(process: Process, named: pl.DataFrame, left_out: LeftOut) -> LeftOut:
    """Return the entries, each with the step of its batch. named: `named_batches` of all sources.

    The step stays None where the process declares none, and where no source says of which step the batch is. Raises
    ScalebridgeError if a batch occurs in no file, if its step is unknown or has no such batch, or if its name occurs in several
    steps and the entry states none.
    """
    return LeftOut(tuple(replace(one, step=_step_of(process, named, one)) for one in left_out.batches))


def named_batches(process: Process, rows: Mapping[str, pl.Series], unreadable: pl.DataFrame) -> pl.DataFrame:
    """Return `BATCH`, `STEP` and how well this is known, of every batch that the files name.

    rows: source → names of the batches in its rows; unreadable: records of cells that cannot be read.
    """
    parts = [pl.DataFrame(schema={BATCH: pl.String, STEP: pl.String, _RANK: pl.Int32})]
    for source in process.sources:
        here = unreadable.filter(pl.col("source") == source)["batch_id"]
        names = [here, *([rows[source].cast(pl.String)] if source in rows else [])]
        parts.append(
            pl.concat(name.alias(BATCH).to_frame() for name in names)
            .drop_nulls()
            .unique(maintain_order=True)
            .with_columns(
                pl.lit(_stated_step(process, source), pl.String).alias(STEP),
                pl.lit(_rank(process, source), pl.Int32).alias(_RANK),
            )
        )
    return pl.concat(parts).unique(maintain_order=True)


def batches_of_steps(named: pl.DataFrame) -> pl.DataFrame:
    """Return `BATCH` and `STEP` of the batches that batch rows name."""
    return named.filter((pl.col(_RANK) == 0) & pl.col(STEP).is_not_null()).select(BATCH, STEP).unique(maintain_order=True)


def _stated_step(process: Process, source: str) -> str | None:
    one = process.sources[source]
    return one.to_step if isinstance(one, TransferRows) else step_of_source(process, source)


def _rank(process: Process, source: str) -> int:
    gives = process.sources[source].gives
    return 0 if gives == "batches" else 1 if gives in OF_STEPS else 2


def _step_of(process: Process, named: pl.DataFrame, one: LeftOutBatch) -> str | None:
    here = named.filter(pl.col(BATCH) == one.batch)
    if here.is_empty():
        raise ScalebridgeError(
            f"{_entry(one)} occurs in no file of process '{process.name}'; {_near(one.batch, named[BATCH])}"
        )
    if not process.steps:
        if one.step is not None:
            raise ScalebridgeError(
                f"{_entry(one)} has step '{one.step}', and process '{process.name}' declares no steps. Remove `step` of the entry"
            )
        return None
    surest = here.drop_nulls(STEP).filter(pl.col(_RANK) == pl.col(_RANK).min())
    likely = [step for step in process.steps if step in set(surest[STEP])]
    if one.step is None:
        if len(likely) > 1:
            raise ScalebridgeError(
                f"{_entry(one)} occurs in several steps: {listed(likely)}. State the `step` in conf/left_out/: one entry per step "
                "in which the batch is left out"
            )
        return likely[0] if likely else None
    if one.step not in process.steps:
        raise ScalebridgeError(
            f"{_entry(one)} has step '{one.step}', which process '{process.name}' does not declare; its steps are "
            f"{listed(process.steps)}"
        )
    if likely and one.step not in set(here[STEP]):
        raise ScalebridgeError(
            f"{_entry(one)} occurs in no file of step '{one.step}'; it occurs in files of {listed(likely)}. Correct the `step` in "
            "conf/left_out/"
        )
    return one.step


def _entry(one: LeftOutBatch) -> str:
    return f"Batch '{one.batch}', which {one.who} left out on {one.when} (`left_out` of params.yaml),"


def _near(name: str, names: pl.Series) -> str:
    known = set(names)
    near = close_to(name, known)
    there = f"the closest names are {near}" if near else f"its batches are {listed(sorted(known))}"
    return f"{there}. Correct the name in conf/left_out/, or remove the entry"
