"""Acceptance limits and their ledger, which fixes the limits of a set of forecasts before the forecasts are scored.

The first limits that a set of forecasts was scored under are entered in the ledger and stay valid for these forecasts. If
the configuration changes afterwards, the record of an answer says so. New forecasts, from other data or another model, get
the limits of the configuration at that time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TypedDict

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class AcceptanceConfig:
    """What a model must reach on hidden batches before it may be used for a decision."""

    protocol: str = "largest_scale_out"
    """Protocol whose scores are compared with the limits."""
    least_skill: float = Field(default=0.0, le=1)
    """Least skill against the carry-over mean."""
    least_coverage: float = Field(default=0.85, ge=0, le=1)
    """Least share of results that the 90 % interval covers."""


class LedgerEntry(TypedDict):
    """Acceptance limits of one set of forecasts."""

    forecasts_sha256: str
    acceptance_sha256: str
    """Hash of the limits."""
    limits: dict[str, str | float]


def limits_hash(limits: AcceptanceConfig) -> str:
    """Return the hash of acceptance limits. It does not depend on whether the configuration states a default."""
    return hash_of(asdict(limits))


def entry_for(forecasts: str, limits: AcceptanceConfig, ledger: Sequence[LedgerEntry]) -> LedgerEntry:
    """Return the entry of a set of forecasts, given by its hash: the one in the ledger, or a new one with these limits."""
    known = (entry for entry in ledger if entry["forecasts_sha256"] == forecasts)
    return next(known, None) or {
        "forecasts_sha256": forecasts,
        "acceptance_sha256": limits_hash(limits),
        "limits": asdict(limits),
    }


def with_entry(ledger: Sequence[LedgerEntry], entry: LedgerEntry) -> list[LedgerEntry]:
    """Return the ledger with the entry added at its end, unless it has the entry already."""
    return [*ledger, *([] if entry in ledger else [entry])]


def limits_of(entry: LedgerEntry, forecasts: str) -> AcceptanceConfig:
    """Return the limits of an entry.

    Raises ScalebridgeError where the entry is about other forecasts, or its limits do not have the hash of the entry.
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


Acceptance = tuple[str, float | None, float | None, bool]
"""Attribute, skill, coverage, and whether both meet the limits."""


def acceptance(
    limits: AcceptanceConfig, scores: Mapping[str, Mapping[str, Mapping[str, float]]], targets: list[str]
) -> list[Acceptance]:
    """Compare the scores on hidden batches with the limits. An attribute without scores does not meet them.

    scores: protocol → attribute → metric.
    """
    scored = scores.get(limits.protocol, {})
    return [_met(limits, target, scored.get(target, {})) for target in targets]


def _met(limits: AcceptanceConfig, target: str, scores: Mapping[str, float]) -> Acceptance:
    skill, coverage = scores.get("skill_carry_over"), scores.get("coverage_90")
    if skill is None or coverage is None:
        return target, skill, coverage, False
    return target, skill, coverage, skill >= limits.least_skill and coverage >= limits.least_coverage
