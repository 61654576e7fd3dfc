"""The first page of an answer: verdict, cap, history of each attribute, and one action."""

from dataclasses import replace

from pipeline.answers.overview.action import action
from pipeline.answers.overview.attribute_history import histories, place_of
from pipeline.answers.overview.verdict import verdict
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.overview import AttributeHistory, Measured, Overview
from pipeline.answers.trained_run import TrainedRun


def overview(answer: Answer, run: TrainedRun) -> Overview:
    """Return the overview of an answer that has everything else."""
    product = answer.proposal.product
    found = verdict(answer, run.decision.scenarios.wanted_chance)
    predicted = [name for name, one in answer.attributes.items() if one.predicted is not None]
    shown = found.capped_by or next(iter(predicted), None)
    known = run.memo.of(("history", product), lambda: histories(run, product, answer.names))
    return Overview(
        found.state,
        found.sentence,
        found.capped_by,
        found.cap,
        shown,
        place_of(run.process),
        {name: _kept(one, drawn=name == shown) for name, one in known.items()},
        action(answer, run.decision.next_runs.clear_risk),
    )


def _kept(found: AttributeHistory, *, drawn: bool) -> AttributeHistory:
    """Return a history without its points, unless they are drawn: all points of a large history would fill the file."""
    return found if drawn else replace(found, own=Measured((), (), found.own.of), others=Measured((), (), found.others.of))
