"""The first page of an answer: verdict, cap, history of each attribute, and one action."""

from pipeline.answers.overview.action import action
from pipeline.answers.overview.attribute_history import histories, place_of
from pipeline.answers.overview.verdict import verdict
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.overview import Overview
from pipeline.answers.trained_run import TrainedRun


def overview(answer: Answer, run: TrainedRun) -> Overview:
    """Return the overview of an answer that has everything else."""
    product, change = answer.proposal.product, answer.step.change
    found = verdict(answer, run.decision.scenarios.wanted_chance)
    predicted = [name for name, one in answer.attributes.items() if one.predicted is not None]
    shown = found.capped_by or next(iter(predicted), None)
    return Overview(
        found.state,
        found.sentence,
        found.capped_by,
        found.cap,
        shown,
        place_of(run.process, change, run.rows["scale_level"].n_unique()),
        run.memo.of(("history", product, shown, change), lambda: histories(run, product, answer.names, shown, change)),
        action(answer, run.decision.next_runs.clear_risk),
    )
