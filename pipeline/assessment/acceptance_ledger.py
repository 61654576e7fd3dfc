"""Acceptance limits are fixed before scoring: the first ones under which a set of forecasts was scored stay with it.

The stage that scores keeps a ledger. Limits that are changed afterwards are not those that the scores were made under, and the
record of an answer says so; new forecasts, of other data or another model, are scored under the limits of their day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class AcceptanceConfig:
    """What a model must reach on batches that it has not seen, to be used for a decision; fixed before scoring."""

    protocol: str = "largest_scale_out"
    """The re-enacted scale-ups that speak for the question."""
    least_skill: float = Field(default=0.0, le=1)
    """Skill against the carry-over mean."""
    least_coverage: float = Field(default=0.85, ge=0, le=1)
    """Share of results that the 90 % interval covers."""


LedgerEntry = Mapping[str, Any]


def limits_hash(limits: AcceptanceConfig) -> str:
    """Hash of acceptance limits, whether a default is written out or not."""
    return hash_of(asdict(limits))


def fixed_for(forecasts: str, limits: AcceptanceConfig, ledger: Sequence[LedgerEntry]) -> LedgerEntry:
    """The entry of a set of forecasts, given by its hash: the one that the ledger has, or a new one with these limits."""
    known = (entry for entry in ledger if entry["forecasts_sha256"] == forecasts)
    return next(known, None) or {
        "forecasts_sha256": forecasts,
        "acceptance_sha256": limits_hash(limits),
        "limits": asdict(limits),
    }


def with_entry(ledger: Sequence[LedgerEntry], entry: LedgerEntry) -> list[LedgerEntry]:
    """The ledger with the entry at its end, unless it is in it."""
    return [*ledger, *([] if entry in ledger else [entry])]


def limits_of(entry: LedgerEntry, forecasts: str) -> AcceptanceConfig:
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


Acceptance = tuple[str, float | None, float | None, bool]
"""Attribute, skill, coverage, and whether both meet the limits."""


def acceptance(
    limits: AcceptanceConfig, scores: Mapping[str, Mapping[str, Mapping[str, float]]], targets: list[str]
) -> list[Acceptance]:
    """Hold what was reached on unseen batches against the limits. An attribute that was not scored does not meet them.

    scores: protocol → attribute → metric.
    """
    scored = scores.get(limits.protocol, {})
    return [_met(limits, target, scored.get(target, {})) for target in targets]


def _met(limits: AcceptanceConfig, target: str, scores: Mapping[str, float]) -> Acceptance:
    skill, coverage = scores.get("skill_carry_over"), scores.get("coverage_90")
    if skill is None or coverage is None:
        return target, skill, coverage, False
    return target, skill, coverage, skill >= limits.least_skill and coverage >= limits.least_coverage
