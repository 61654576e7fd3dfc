"""Add what was pulled to the snapshot of a source. A killed pull leaves the snapshot as it was before.

The order is: a file under a name that nobody reads, its final name, the manifest. Only files that the manifest names are read.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.locks import one_at_a_time
from pipeline.domain.whole_files import PART
from pipeline.history.snapshots.changes import INDEX, Changes, changes, live_content
from pipeline.history.snapshots.manifest import (
    Manifest,
    Pulled,
    ReplacedRows,
    SnapshotFile,
    read_manifest,
    write_manifest,
)
from pipeline.history.snapshots.reading import verify
from pipeline.history.snapshots.stream import Written, write_stream

_OWN = re.compile(r"\d{5,}-[0-9a-f]{16}(\.replaced)?\.parquet")
"""Names of the files that this module writes."""


@dataclass(frozen=True)
class Rule:
    """How pulled rows belong to those that were pulled before."""

    key: tuple[str, ...] = ()
    """Columns that identify a row."""
    watermark: str | None = None
    """Column that grows with each change. With it, the newest version of a key counts."""
    whole: bool = True
    """Whether the pull holds all rows of the source. If so, it takes the place of all earlier files."""


@dataclass(frozen=True)
class Added:
    """A pull that added a file."""

    file: str
    rows: int
    """Rows of the new file."""
    replaced: int
    """Rows of earlier files that have a newer version now, or that a pull of all rows took the place of."""
    older: int
    """Pulled rows that were left out, since the same pull holds a newer version of them."""
    total: int
    """Rows of the source as they are now."""


@dataclass(frozen=True)
class Unchanged:
    """A pull that brought nothing new."""

    total: int
    """Rows of the source as they are now."""


@dataclass(frozen=True)
class OpenSnapshot:
    """The snapshot of a source, while nobody else can add to it."""

    folder: Path
    manifest: Manifest | None
    """None if the source was never pulled."""


@contextmanager
def open_snapshot(folder: Path, wait: float = 0.0) -> Iterator[OpenSnapshot]:
    """Keep other programs from adding to the snapshot of a source, and remove what a killed pull left behind.

    folder: `data/snapshots/<process>/<source>`; it is made if it does not exist. wait: how long to wait for another program [s].
    Raises ScalebridgeError if another program adds to it, or if a file is not as it was written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f".{folder.name}.lock")
    with one_at_a_time(lock, f"adds to the snapshot of source '{folder.name}'", wait):
        folder.mkdir(exist_ok=True)
        manifest = read_manifest(folder)
        _remove_left(folder, manifest)
        if manifest is not None:
            verify(folder, manifest)
        yield OpenSnapshot(folder, manifest)


def add_snapshot(
    snapshot: OpenSnapshot, frames: Iterable[pl.DataFrame], pulled: Pulled, rule: Rule
) -> tuple[OpenSnapshot, Added | Unchanged]:
    """Add frames as one immutable file, unless they bring nothing new. Returns the snapshot as it is then, and what was added.

    frames: at least one, all with the same columns; they are written as they arrive. Raises ScalebridgeError for rows without key
    or watermark, columns that are not those of the earlier files, and whatever `frames` raises. Then nothing was added.
    """
    folder = snapshot.folder
    before = None if rule.whole else snapshot.manifest
    part, kept = folder / f".pull{PART}", folder / f".kept{PART}"
    try:
        written = write_stream(frames, part, rule.key if rule.watermark else (), rule.watermark)
        if before is not None and before.counting:
            _same_columns(before, written)
        found = None
        if rule.watermark is not None:
            found = changes(part, rule.key, rule.watermark, written.unique, folder, before)
        if _brings_nothing(snapshot, written, rule, found, pulled):
            assert snapshot.manifest is not None
            return snapshot, Unchanged(snapshot.manifest.rows)
        final = part
        if found is not None and len(found.same):
            rows = pl.scan_parquet(part, row_index_name=INDEX)
            rows.join(found.same.to_frame().lazy(), on=INDEX, how="anti", maintain_order="left").drop(INDEX).sink_parquet(
                kept
            )
            final = kept
        return _added(snapshot, final, written, found, pulled, rule)
    finally:
        part.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)


def _brings_nothing(snapshot: OpenSnapshot, written: Written, rule: Rule, found: Changes | None, pulled: Pulled) -> bool:
    """Whether the rows of a pull are those that were pulled before."""
    manifest = snapshot.manifest
    if manifest is None or not manifest.counting:
        return False
    if not rule.whole:
        assert found is not None
        return len(found.same) == written.rows
    older = 0 if found is None else found.older
    before = (manifest.counting[-1].pulled.what, manifest.rows, dict(manifest.columns), manifest.key, manifest.watermark)
    same = before == (pulled.what, written.rows, written.columns, rule.key, rule.watermark)
    return same and older == 0 and written.content == live_content(snapshot.folder, manifest)


def _added(
    snapshot: OpenSnapshot, final: Path, written: Written, found: Changes | None, pulled: Pulled, rule: Rule
) -> tuple[OpenSnapshot, Added]:
    """Give a file its final name, and name it in the manifest."""
    folder, former = snapshot.folder, snapshot.manifest or Manifest()
    sha256 = hash_of_file(final)
    stem = f"{len(former.files) + 1:05d}-{sha256[:16]}"
    rows = written.rows - (0 if found is None else len(found.same))
    replaced = None if found is None or found.replaced.is_empty() else _write_replaced(found.replaced, folder, stem)
    target = folder / f"{stem}.parquet"
    size = final.stat().st_size
    final.replace(target)
    entry = SnapshotFile(
        file=target.name,
        sha256=sha256,
        size=size,
        rows=rows,
        counts=True,
        watermark_from=written.lowest,
        watermark_to=written.highest,
        replaced=replaced,
        pulled=pulled,
    )
    earlier = tuple(replace(one, counts=False) for one in former.files) if rule.whole else former.files
    manifest = Manifest(key=rule.key, watermark=rule.watermark, columns=written.columns, files=(*earlier, entry))
    write_manifest(folder, manifest)
    gone = former.rows if rule.whole else (0 if replaced is None else replaced.rows)
    older = 0 if found is None else found.older
    return OpenSnapshot(folder, manifest), Added(target.name, rows, gone, older, manifest.rows)


def _write_replaced(rows: pl.DataFrame, folder: Path, stem: str) -> ReplacedRows:
    path = folder / f"{stem}.replaced.parquet"
    rows.write_parquet(path)
    return ReplacedRows(file=path.name, sha256=hash_of_file(path), rows=rows.height)


def _same_columns(before: Manifest, written: Written) -> None:
    """Refuse columns that differ from those of the files that count."""
    if dict(before.columns) == written.columns:
        return
    names = {*before.columns, *written.columns}
    unlike = [
        f"'{name}' is {written.columns.get(name, 'missing')} and was {before.columns.get(name, 'missing')}"
        for name in sorted(names)
        if before.columns.get(name) != written.columns.get(name)
    ]
    raise ScalebridgeError(
        f"The columns of the pull are not those of the earlier pulls: {'; '.join(unlike[:5])}. `scalebridge snapshot --full` "
        "reads all rows anew"
    )


def _remove_left(folder: Path, manifest: Manifest | None) -> None:
    """Delete the files that a killed pull wrote and that no manifest names."""
    named: set[str] = set()
    for one in manifest.files if manifest is not None else ():
        named |= {one.file} | ({one.replaced.file} if one.replaced else set())
    for path in folder.iterdir():
        if path.name.endswith(PART) or (_OWN.fullmatch(path.name) and path.name not in named):
            path.unlink()
