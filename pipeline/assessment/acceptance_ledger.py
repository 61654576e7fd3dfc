"""Acceptance limits and their ledger, which fixes the limits of a set of forecasts before the forecasts are scored.

The first limits that a set of forecasts was scored under are entered in the ledger and stay valid for these forecasts. If
the configuration changes afterwards, the record of an answer says so. New forecasts, from other data or another model, get
the limits of the configuration at that time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import as_json, parse
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.domain.hashes import hash_of
from pipeline.domain.names.shown import plain_text
from pipeline.domain.reading.text_file import read_text
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import append_line, is_whole_line

_LARGEST = 100_000_000
"""Largest size of the ledger, in bytes. An entry has about 260."""
BY_AXIS = "by_axis"
"""Protocol of acceptance limits that follows from the axes of a transfer."""
_RESTORE = "Restore the ledger from git. Entries are only ever added to it"


@dataclass(config=STRICT, frozen=True)
class AcceptanceConfig:
    """What the model that answers must reach on hidden batches before it may be used for a decision.

    Each limit is compared with the lower end of the 95 % bootstrap interval over products of the score. With one product there is
    no such interval, so no limit is met. With few products the interval is rough, and on average too narrow.
    """

    protocol: str = BY_AXIS
    """Protocol whose scores are compared with the limits. `by_axis`: the first of these that has forecasts in the run. They are
    `largest_scale_out` for the axis `scale`, and for `device` where the batch size counts devices; `site_out` for `site`;
    `device_out` for `device`; each in the order of the declared axes; then `past_scale_ups`. Without a declared axis, the order is
    `scale`, `site`."""
    least_skill: float = Field(default=0.0, le=1)
    """Least skill against the carry-over mean. The lower end of its interval must reach it."""
    least_coverage: float = Field(default=0.85, ge=0, le=1)
    """Least share of results that the 90 % interval covers. The lower end of its interval must reach it."""


@dataclass(config=STRICT, frozen=True)
class LedgerEntry:
    """Acceptance limits of one set of forecasts."""

    forecasts_sha256: str
    acceptance_sha256: str
    """Hash of the limits."""
    limits: Mapping[str, str | float]

    def as_text(self) -> str:
        """Return the entry as JSON in one line."""
        return as_json(asdict(self), indent=None).strip()


def limits_hash(limits: AcceptanceConfig) -> str:
    """Return the hash of acceptance limits. It does not depend on whether the configuration states a default."""
    return hash_of(asdict(limits))


def entry_for(forecasts: str, limits: AcceptanceConfig, ledger: Sequence[LedgerEntry]) -> LedgerEntry:
    """Return the entry of a set of forecasts, given by its hash: the one in the ledger, or a new one with these limits."""
    new = LedgerEntry(forecasts, limits_hash(limits), asdict(limits))
    return entry_of(forecasts, ledger) or new


def entry_of(forecasts: str, ledger: Sequence[LedgerEntry]) -> LedgerEntry | None:
    """Return the first entry of a set of forecasts, given by its hash; None if the ledger has none."""
    return next((entry for entry in ledger if entry.forecasts_sha256 == forecasts), None)


def read_ledger(path: Path) -> list[LedgerEntry]:
    """Read the ledger, one JSON object per line. Half a last line was left by a killed program and is not read.

    Raises ScalebridgeError for a ledger that is no file, and names the place of what is not an entry.
    """
    if not (path.exists() or path.is_symlink()):
        return []
    *lines, last = read_text(path, _LARGEST).split("\n")
    if is_whole_line(last.encode()):  # an editor may have removed the last line end
        lines.append(last)
    return [parsed_entry(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]


def parsed_entry(text: str, place: str) -> LedgerEntry:
    """Read one entry from JSON.

    Raises ScalebridgeError that names the place if the text is not an entry.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScalebridgeError(f"{place} is not JSON: {first_line(error)}. {_RESTORE}") from None
    try:
        entry: LedgerEntry = parse(LedgerEntry, data, place)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"{error}\n{_RESTORE}") from None
    if (found := hash_of(dict(entry.limits))) != entry.acceptance_sha256:
        raise ScalebridgeError(
            f"{place} was changed after it was written: the hash of its limits is {found[:12]}…, and the line says "
            f"{plain_text(entry.acceptance_sha256[:12])}…. {_RESTORE}"
        )
    return entry


def enter(path: Path, entry: LedgerEntry) -> None:
    """Append an entry to the ledger, unless its forecasts have one already. Nothing that stands in the ledger is changed."""
    if entry_of(entry.forecasts_sha256, read_ledger(path)) is None:
        append_line(path, entry.as_text())


def limits_of(entry: LedgerEntry, forecasts: str, ledger: Sequence[LedgerEntry]) -> AcceptanceConfig:
    """Return the limits under which forecasts, given by their hash, are judged.

    entry: the one that was published with the forecasts. ledger: that of the project. Raises ScalebridgeError where the entry is
    about other forecasts, the ledger has no entry or another one for them, or the limits do not have the hash of the entry.
    """
    if entry.forecasts_sha256 != forecasts:
        raise ScalebridgeError("The acceptance limits on record are those of other forecasts; run `dvc repro` first")
    known = entry_of(forecasts, ledger)
    if known is None:
        raise ScalebridgeError(
            f"The acceptance ledger, data/acceptance_ledger.jsonl, has {len(ledger)} entries and none for the forecasts of this "
            f"run, {forecasts[:12]}…. It had one when they were scored. Restore the ledger from git, or run `dvc repro`"
        )
    if known != entry:
        raise ScalebridgeError(
            "The acceptance limits of this run differ from those in the ledger, which were fixed before the forecasts were scored: "
            f"{dict(entry.limits)} and {dict(known.limits)}; run `dvc repro`, or restore the ledger from git"
        )
    limits: AcceptanceConfig = parse(AcceptanceConfig, dict(entry.limits), "acceptance limits on record")
    if limits_hash(limits) != entry.acceptance_sha256:
        raise ScalebridgeError(
            f"The acceptance limits on record have the hash {limits_hash(limits)[:12]}…, not {entry.acceptance_sha256[:12]}… "
            "that was written before scoring: the record was changed by hand"
        )
    return limits
