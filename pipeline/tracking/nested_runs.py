"""The nested runs of a run: one per quality attribute, one per model that was compared, one for the monitor of running batches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.tracking.description import MONITOR, description_of_attribute, description_of_candidate
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_entries import tags_of_attribute, tags_of_candidate, tags_of_monitor
from pipeline.tracking.run_facts import RunFacts
from pipeline.tracking.run_metrics import metrics_of_attribute, metrics_of_candidate, metrics_of_monitor


@dataclass(frozen=True)
class NestedRun:
    """One nested run, as it is shown."""

    name: str
    description: str
    tags: Mapping[str, str]
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]


def nested_runs(record: RunRecord, facts: RunFacts) -> Iterator[NestedRun]:
    """Yield the nested runs of a run. Each has a name of its own, by which it is found again."""
    for cqa in sorted({cqa for cqas in record.metrics.values() for cqa in cqas}):
        yield NestedRun(
            cqa,
            description_of_attribute(record, facts, cqa),
            tags_of_attribute(record, facts, cqa),
            dict(record.choices),
            metrics_of_attribute(record, cqa),
        )
    for model, scores in record.candidates.items():
        yield NestedRun(
            f"candidate {model}",
            description_of_candidate(record, model),
            tags_of_candidate(record, model),
            {},
            metrics_of_candidate(scores, facts),
        )
    if record.monitoring:
        yield NestedRun("monitor of running batches", MONITOR, tags_of_monitor(record), {}, metrics_of_monitor(record))
