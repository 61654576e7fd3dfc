"""Comparison of the scores of the model that answers with the acceptance limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.display import digits


@dataclass(frozen=True)
class Acceptance:
    """What was reached for one attribute, and why this does not meet the limits."""

    attribute: str
    skill: float | None
    """Skill against the carry-over mean."""
    skill_low: float | None
    """Lower end of its 95 % bootstrap interval over products."""
    coverage: float | None
    """Share of results inside the 90 % interval."""
    coverage_low: float | None
    """Lower end of its 95 % bootstrap interval over products."""
    reason: str
    """Why the limits are not met; empty where they are met."""

    @property
    def met(self) -> bool:
        """Tell whether both limits are met."""
        return not self.reason


def acceptance(
    limits: AcceptanceConfig, scores: Mapping[str, Mapping[str, Mapping[str, float]]], targets: Sequence[str]
) -> list[Acceptance]:
    """Compare the scores on hidden batches with the limits.

    scores: protocol → attribute → metric, of the model that answers. A limit is met if the lower end of the 95 % bootstrap interval
    over products reaches it: ten batches of one product are one piece of evidence. An attribute without scores, or with scores of
    one product, does not meet the limits.
    """
    scored = scores.get(limits.protocol, {})
    return [_judged(limits, target, scored.get(target, {})) for target in targets]


def _judged(limits: AcceptanceConfig, target: str, scores: Mapping[str, float]) -> Acceptance:
    skill, skill_low = scores.get("skill_carry_over"), scores.get("skill_carry_over_low")
    coverage, coverage_low = scores.get("coverage_90"), scores.get("coverage_90_low")
    if coverage is None:
        reason = "can't be judged: no scores under this protocol"
    elif skill is None:
        reason = "can't be judged: the carry-over mean has no error"
    elif skill_low is None or coverage_low is None:
        reason = "can't be judged: one product"
    else:
        reason = "; ".join(_below(limits, skill_low, coverage_low))
    return Acceptance(target, skill, skill_low, coverage, coverage_low, reason)


def _below(limits: AcceptanceConfig, skill: float, coverage: float) -> Iterator[str]:
    """Yield a reason for each limit that the lower end of a score does not reach."""
    named = (("skill", skill, limits.least_skill), ("coverage", coverage, limits.least_coverage))
    for name, low, least in named:
        if low < least:
            yield f"lower bound of {name} {digits(low)} is below {digits(least)}"
