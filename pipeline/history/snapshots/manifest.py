"""The manifest of a snapshot: its files, by hash, and where each of them came from."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import as_json, parse, read_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import Values
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import write_whole

MANIFEST = "manifest.json"


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Pulled:
    """Where rows came from. It never holds an address or a password."""

    kind: str
    """Kind of the pull, such as `sql`."""
    connection: str
    """Name of the connection."""
    what: str
    """The query, the table or the nodes that were read."""
    at: str
    """Time at which the pull began, UTC, ISO 8601."""
    since: str | int | None = None
    """Watermark from which rows were asked for, overlap included; None for all rows."""
    values: Values | None = None
    """Whether a historian gave its records or computed values."""
    versions: Mapping[str, str] = Field(default_factory=dict)
    """Versions of the driver and of the server."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class ReplacedRows:
    """Which rows of earlier files a file replaces: a Parquet file with the columns `file`, `row` and `by`."""

    file: str
    sha256: str
    rows: int


@dataclass(config=STRICT, frozen=True, kw_only=True)
class SnapshotFile:
    """One immutable Parquet file of a snapshot."""

    file: str
    sha256: str
    size: int
    """Size [bytes]."""
    rows: int
    counts: bool
    """Whether the file is read. A file of which a later pull read everything anew does not count any more."""
    watermark_from: str | int | None = None
    watermark_to: str | int | None = None
    """Lowest and highest watermark of its rows; of a time in ISO 8601."""
    replaced: ReplacedRows | None = None
    pulled: Pulled


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Manifest:
    """The snapshot of one source."""

    version: Literal[1] = 1
    key: tuple[str, ...] = ()
    """Columns that identify a row."""
    watermark: str | None = None
    """Column that grows with each change."""
    columns: Mapping[str, str] = Field(default_factory=dict)
    """Column → type of the files that count."""
    files: tuple[SnapshotFile, ...] = ()
    """In the order in which they were added."""

    @property
    def counting(self) -> tuple[SnapshotFile, ...]:
        """The files that are read."""
        return tuple(one for one in self.files if one.counts)

    @property
    def rows(self) -> int:
        """Number of rows of the source: those of the files that count, without replaced ones."""
        return sum(one.rows - (one.replaced.rows if one.replaced else 0) for one in self.counting)

    @property
    def highest(self) -> str | int | None:
        """Highest watermark of the files that count; None if there is none."""
        known = [one.watermark_to for one in self.counting if one.watermark_to is not None]
        return max(known) if known else None


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of a source; None if it was never pulled. Raises ScalebridgeError if it is damaged."""
    file = folder / MANIFEST
    if not file.is_file():
        return None
    found: Manifest = parse(Manifest, read_json(file), str(file))
    return found


def require_manifest(folder: Path) -> Manifest:
    """Read the manifest of a source. Raises ScalebridgeError if the source was never pulled."""
    if (found := read_manifest(folder)) is None:
        raise ScalebridgeError(
            f"Source '{folder.name}' was never pulled: {folder / MANIFEST} does not exist. `scalebridge snapshot` pulls it; in a "
            "fresh clone, `dvc pull` brings what was pulled before"
        )
    return found


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of a source as a whole."""
    write_whole(folder / MANIFEST, as_json(asdict(manifest)))
