"""Numbers of a run under names that people can read, grouped so that the numbers that decide come first.

MLflow sorts metrics by name, and groups those that have the same text before the last '/'. A name may hold letters, digits, blanks
and `_ - . /`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean

from pipeline.domain.display import in_words, six_digits
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_facts import RunFacts, skills

DECIDES = "1 decides"
"""Group of the numbers that decide whether a model is used. It is the first group."""
SKILL, COVERAGE = "skill_carry_over", "coverage_90"
OTHER_PROTOCOLS = ("largest_scale_out", "past_scale_ups", "leave_product_out", "forward_in_time")
"""Protocols beside the one of the acceptance limits, in the order in which they are shown."""
SHOWN_OTHERS = 3
WORDS = {
    "rmse": "RMSE",
    "mae": "MAE",
    "q2": "Q2",
    "skill_global_mean": "skill against global mean",
    "skill_carry_over": "skill against carry-over",
    "skill_carry_over_low": "skill against carry-over - lower bound",
    "coverage_80": "coverage of 80 percent interval",
    "coverage_90": "coverage of 90 percent interval",
    "coverage_90_low": "coverage of 90 percent interval - lower bound",
    "coverage_95": "coverage of 95 percent interval",
    "width_90": "width of 90 percent interval",
}
"""Name of a score → the same in words. All others are written with blanks."""
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Protocol → attribute → score → value."""


def metrics_of_run(record: RunRecord, facts: RunFacts) -> dict[str, float]:
    """Return the numbers of a run: the ten that decide, then the skill of each attribute per protocol.

    They are those of the model that answers.
    """
    return deciding(record, facts) | dict(_skills(record.metrics, facts))


def deciding(record: RunRecord, facts: RunFacts) -> dict[str, float]:
    """Return the numbers that decide, as `1 decides/01 …` to `1 decides/10 …`. A number that is not known is left out.

    The mean and the lowest value are over the attributes. Coverage is that of the 90 % interval.
    """
    protocol = facts.limits.protocol
    others = [name for name in OTHER_PROTOCOLS if name != protocol][:SHOWN_OTHERS]
    skill, coverage = skills(record.metrics, protocol, SKILL), skills(record.metrics, protocol, COVERAGE)
    found = (
        ("attributes accepted", float(sum(one.met for one in facts.judged))),
        (f"mean skill - {in_words(protocol)}", _of(fmean, skill)),
        (f"lowest skill - {in_words(protocol)}", _of(min, skill)),
        (f"mean coverage - {in_words(protocol)}", _of(fmean, coverage)),
        (f"lowest coverage - {in_words(protocol)}", _of(min, coverage)),
        *((f"mean skill - {in_words(name)}", _of(fmean, skills(record.metrics, name, SKILL))) for name in others),
        ("false alarms - running batches", _monitored(record, "next_batch", "normal", "false_alarms")),
        ("deviations found - running batches", _monitored(record, "logged", "all", "found")),
    )
    return {
        f"{DECIDES}/{number:02d} {allowed(name)}": six_digits(value)
        for number, (name, value) in enumerate(found, start=1)
        if value is not None
    }


def _of(summary: Callable[[Sequence[float]], float], values: Mapping[str, float]) -> float | None:
    return float(summary(list(values.values()))) if values else None


def _monitored(record: RunRecord, kind: str, what: str, name: str) -> float | None:
    return record.monitoring.get(kind, {}).get(what, {}).get(name)


def skill_group(protocol: str) -> str:
    """Return the group with the skill of each attribute under a protocol."""
    return f"2 skill {allowed(in_words(protocol))}"


def skill_name(protocol: str, attribute: str, facts: RunFacts) -> str:
    """Return the name of the skill of an attribute under a protocol. Runs and candidates have it, so that they can be compared."""
    return f"{skill_group(protocol)}/{allowed(facts.process.display_name(attribute))}"


def skills_by_protocol(scores: Scores, facts: RunFacts) -> dict[str, list[str]]:
    """Return protocol → names of the metrics with the skill of each attribute, the protocol of the limits first."""
    order = (facts.limits.protocol, *OTHER_PROTOCOLS, *sorted(scores))
    named = {one: [skill_name(one, cqa, facts) for cqa in skills(scores, one, SKILL)] for one in dict.fromkeys(order)}
    return {protocol: metrics for protocol, metrics in named.items() if metrics}


def _skills(scores: Scores, facts: RunFacts) -> Iterator[tuple[str, float]]:
    for protocol in scores:
        for attribute, value in skills(scores, protocol, SKILL).items():
            yield skill_name(protocol, attribute, facts), value


def metrics_of_candidate(scores: Scores, facts: RunFacts) -> dict[str, float]:
    """Return the numbers of a model that was compared: the skill as a run has it, and `protocol/attribute - score`."""
    named = (
        (f"{allowed(in_words(protocol))}/{allowed(facts.process.display_name(cqa))} - {score_in_words(score)}", value)
        for protocol, cqas in scores.items()
        for cqa, numbers in cqas.items()
        for score, value in numbers.items()
        if score != SKILL
    )
    return dict(_skills(scores, facts)) | dict(named)


def metrics_of_attribute(record: RunRecord, cqa: str) -> dict[str, float]:
    """Return the numbers of one attribute, by the model that answers, as `protocol/score`."""
    own = {protocol: cqas[cqa] for protocol, cqas in record.metrics.items() if cqa in cqas}
    return {
        f"{allowed(in_words(protocol))}/{score_in_words(score)}": value
        for protocol, numbers in own.items()
        for score, value in numbers.items()
    }


def metrics_of_monitor(record: RunRecord) -> dict[str, float]:
    """Return the numbers of the monitor of running batches, as `kind/what - number`."""
    return {
        f"{allowed(in_words(kind))}/{allowed(what)} - {allowed(in_words(name))}": value
        for kind, counted in record.monitoring.items()
        for what, numbers in counted.items()
        for name, value in numbers.items()
    }


def score_in_words(score: str) -> str:
    """Write the name of a score.

    >>> score_in_words("coverage_90_low"), score_in_words("noise_floor")
    ('coverage of 90 percent interval - lower bound', 'noise floor')
    """
    return allowed(WORDS.get(score) or in_words(score))


def allowed(name: str) -> str:
    """Return a name with `_` for what MLflow does not allow in the name of a metric.

    >>> allowed("HMW (%)"), allowed("pH")
    ('HMW ___', 'pH')
    """
    return re.sub(r"[^\w. -]", "_", name)


def mean_skill(cqas: Mapping[str, Mapping[str, float]]) -> float | None:
    """Mean over the CQAs of the skill against the carry-over mean."""
    found = [numbers[SKILL] for numbers in cqas.values() if SKILL in numbers]
    return sum(found) / len(found) if found else None
