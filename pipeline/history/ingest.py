"""Read all sources of a process to typed rows."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.history.connectors.files import RawRows, fingerprints, folder_of, read_source
from pipeline.history.spectra.source import with_spectra
from pipeline.history.typed_rows import TypedRows, needed_columns, type_source


def ingest(process: Process, folder: Path, snapshots: Path | None = None) -> dict[str, TypedRows]:
    """Read every source by the rules of the process definition.

    folder: the raw files of the process. snapshots: the snapshots of its pulled sources. Raises ScalebridgeError if a file or a
    column is missing, before any cell is interpreted.
    """
    places = {name: folder_of(name, source, folder, snapshots) for name, source in process.sources.items()}
    raw = {
        name: read_source(name, source, places[name], needed_columns(name, source, process))
        for name, source in process.sources.items()
    }
    return {name: _typed(name, process, frame, folder, places[name]) for name, frame in raw.items()}


def _typed(name: str, process: Process, raw: RawRows, folder: Path, place: Path) -> TypedRows:
    source = process.sources[name]
    rows, spectra = with_spectra(name, process, raw.rows, folder)
    typed = type_source(name, source, process, replace(raw, rows=rows))
    files = pl.concat([fingerprints(raw.files, place), spectra])
    ledger = typed.ledger.join(files, on="file", how="right", maintain_order="right")
    complete = ledger.select(pl.lit(name).alias("source"), "file", pl.col("read").fill_null(0), "sha256")
    return replace(typed, ledger=complete)
