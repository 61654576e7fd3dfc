"""Score answers that were given earlier by the results of the batches that were run as proposed."""

from collections.abc import Iterable, Sequence

import polars as pl

from pipeline.answers.past_predictions.on_record import AskedBefore, FoundOnRecord
from pipeline.answers.past_predictions.run_as_proposed import LaterBatches, later_batches
from pipeline.answers.result.past_predictions import PastPredictions, ScoredPrediction, UnscoredAnswer
from pipeline.domain.display import counted
from pipeline.domain.errors import listed
from pipeline.domain.process.process import Process
from pipeline.history.tables import History


def past_predictions(given: FoundOnRecord, process: Process, history: History, share: float) -> PastPredictions:
    """Return the record of the answers of one process.

    history: today's history. share: see `later_batches`. A batch scores one answer. It is the last answer that did not know the
    batch and has its settings. An older answer to the same question does not count again. A result beyond a reporting limit is not
    scored.
    """
    ordered = given.asked
    later = {one.given.id: later_batches(one, process, history.batches, share) for one in ordered}
    last = {batch: one.given.id for one in ordered for batch in later[one.given.id].as_proposed}
    scored: list[ScoredPrediction] = []
    unscored: list[UnscoredAnswer] = []
    for one in ordered:
        found_here = later[one.given.id]
        own = [batch for batch in found_here.as_proposed if last[batch] == one.given.id]
        found = list(_scored(one, own, process, history.results))
        scored += found
        if not found:
            unscored.append(_unscored(one, own, found_here))
    sentence = _sentence(len(ordered), scored, unscored)
    return PastPredictions(len(ordered), tuple(scored), tuple(unscored), sentence, given.unreadable)


def _scored(one: AskedBefore, batches: Sequence[str], process: Process, results: pl.DataFrame) -> Iterable[ScoredPrediction]:
    for name, predicted in one.given.predicted.items():
        if name not in process.attributes or predicted.lower is None or predicted.upper is None:
            continue
        si = process.attributes[name].si
        own = results.filter(
            (pl.col("attribute") == name) & pl.col("batch_id").is_in(list(batches)) & (pl.col("censoring") == "none")
        )
        for batch, value in own.select("batch_id", "value").sort("batch_id").iter_rows():
            observed = si.from_si(value)
            yield ScoredPrediction(
                one.given.id,
                one.given.asked,
                one.given.by,
                one.given.name,
                batch,
                name,
                predicted.unit,
                predicted.value,
                predicted.lower,
                predicted.upper,
                observed,
                predicted.lower <= observed <= predicted.upper,
            )


def _unscored(one: AskedBefore, own: Sequence[str], later: LaterBatches) -> UnscoredAnswer:
    state, reason = "waiting", "no batch as proposed has arrived"
    if not one.given.predicted:
        state, reason = "not answered", "no attribute was predicted"
    elif own:
        reason = f"the results of {listed(own, 5)} have not arrived"
    elif later.as_proposed:
        state, reason = "asked again", f"a later answer counts for {listed(later.as_proposed, 5)}"
    elif later.different:
        batch, difference = next(iter(later.different.items()))
        state, reason = "run differently", f"{batch}: {difference}"
    return UnscoredAnswer(one.given.id, one.given.asked, one.given.by, one.given.name, state, reason)  # type: ignore[arg-type]


def _sentence(answers: int, scored: Sequence[ScoredPrediction], unscored: Sequence[UnscoredAnswer]) -> str:
    if not answers:
        return "No earlier answer is on record."
    waiting = sum(one.state == "waiting" for one in unscored)
    if not scored:
        return f"{counted(answers, 'answer')} on record; none can be compared with a result yet."
    inside = sum(one.inside for one in scored)
    text = (
        f"Of {counted(len(scored), 'prediction')} given before the batch was run, {inside} "
        f"{'was' if inside == 1 else 'were'} inside the 90 % interval."
    )
    return f"{text} {counted(waiting, 'answer')} {'waits' if waiting == 1 else 'wait'} for a batch." if waiting else text
