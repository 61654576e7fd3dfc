"""Acceptance limits are fixed before scoring: the first ones under which a set of forecasts was scored stay with it.

The stage that scores keeps a ledger. Limits that are changed afterwards are not those that the scores were made under, and the
record of an answer says so; new forecasts, of other data or another model, are scored under the limits of their day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.decisions.config import AcceptanceConfig
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of
from pipeline.domain.plain import parse

Entry = Mapping[str, Any]


def limits_hash(limits: AcceptanceConfig) -> str:
    """Hash of acceptance limits, whether a default is written out or not."""
    return hash_of(asdict(limits))


def fixed_for(forecasts: str, limits: AcceptanceConfig, ledger: Sequence[Entry]) -> Entry:
    """The entry of a set of forecasts, given by its hash: the one that the ledger has, or a new one with these limits."""
    known = (entry for entry in ledger if entry["forecasts_sha256"] == forecasts)
    return next(known, None) or {
        "forecasts_sha256": forecasts,
        "acceptance_sha256": limits_hash(limits),
        "limits": asdict(limits),
    }


def with_entry(ledger: Sequence[Entry], entry: Entry) -> list[Entry]:
    """The ledger with the entry at its end, unless it is in it."""
    return [*ledger, *([] if entry in ledger else [entry])]


def limits_of(entry: Entry, forecasts: str) -> AcceptanceConfig:
    """Limits that an entry holds.

    Raises ScalebridgeError where it is not about these forecasts, or its limits no longer have the hash written beside them.
    """
    if entry["forecasts_sha256"] != forecasts:
        raise ScalebridgeError("The acceptance limits on record are those of other forecasts; run `dvc repro` first")
    limits: AcceptanceConfig = parse(AcceptanceConfig, entry["limits"], "acceptance limits on record")
    if limits_hash(limits) != entry["acceptance_sha256"]:
        raise ScalebridgeError(
            f"The acceptance limits on record have the hash {limits_hash(limits)[:12]}…, not {entry['acceptance_sha256'][:12]}… "
            "that was written before scoring: the record was changed by hand"
        )
    return limits
