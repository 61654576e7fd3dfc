"""What a watch says in words."""

from pipeline.answers.result.watch import Promise, Watch
from pipeline.domain.display import chance, digits, in_words, moment, percent, size, with_unit
from pipeline.monitoring.judgement import AS_EXPECTED, NOT_JUDGED, UNKNOWN, Judgement

STATEMENT = (
    "This is advice; the program controls nothing. It changes no set-point, and it stops no batch. People decide. The "
    "hashes say from which data, configuration and code the statement was made; this supports traceability and is not by itself a "
    "validated system."
)
SEEN = (
    "The published run has learned from this batch. The score is therefore lower than that of a new batch would be, and the "
    "forecasts of quality are nearer to the results."
)
NOTHING_KNOWN = "No record of the batch was known at this hour."


def status_sentence(watch: Watch) -> str:
    """Say in one sentence, or a few short ones, how the batch stands."""
    place = f"at {moment(watch.as_of.hours)}"
    if watch.status == NOT_JUDGED:
        why = f": {watch.notes[0]}" if watch.notes else ""
        return f"Batch {watch.batch} is not judged {place}{why}"
    if watch.status == AS_EXPECTED:
        score = "" if watch.score is None else f" Its score is {digits(watch.score)}; the limit is 1."
        return f"Batch {watch.batch} is as expected {place}.{score}"
    since = "" if watch.since is None else f" since {moment(watch.since)}"
    return f"Batch {watch.batch} deviates{since}.{_score(watch)}{_largest(watch)}{_cause(watch)}"


def promise_of(judgement: Judgement) -> Promise:
    """Return what the limit promises, and what stands behind it."""
    enough = judgement.calibration_batches >= 1 / judgement.promised_rate - 1 if judgement.promised_rate > 0 else False
    asked, shown = in_words(judgement.kind), in_words(judgement.rehearsed_as)
    promised = (
        f"Of normal batches, at most {percent(judgement.promised_rate)} are expected to raise an alarm at any time of the batch."
        if enough
        else f"A rate of {percent(judgement.promised_rate)} cannot be promised from {judgement.calibration_batches} batches."
    )
    hidden = f" The batch asks the kind of question '{asked}', and so did the hidden batches behind the limit."
    if asked != shown:
        hidden = f" The batch asks the kind of question '{asked}'. The limit is that of '{shown}', which stands for it."
    return Promise(
        judgement.promised_rate,
        judgement.kind,
        judgement.rehearsed_as,
        judgement.calibration_batches,
        enough,
        promised + hidden,
    )


def cause_in_words(cause: str) -> str:
    """Return a cause as people write it."""
    return "unknown: a deviation that is like none in the log" if cause == UNKNOWN else in_words(cause)


def header_of(watch: Watch) -> str:
    """Return batch, product, scale and time in one line."""
    parts = [f"Batch {watch.batch}"]
    parts += [watch.product] if watch.product else []
    parts += [with_unit(size(watch.scale), watch.scale_unit)] if watch.scale is not None else []
    clock = f" ({watch.as_of.clock.replace('T', ' ').replace('+00:00', ' UTC')})" if watch.as_of.clock else ""
    return f"{', '.join(parts)}, at {moment(watch.as_of.hours)}{clock}"


def _score(watch: Watch) -> str:
    """Say how far the score is above its limit, now or before."""
    if watch.score is None:
        return ""
    if watch.score > 1:
        return f" The score is now {digits(watch.score)} times its limit."
    highest = max(one.score for one in watch.scores)
    return f" The score was up to {digits(highest)} times its limit, and is below it now."


def _largest(watch: Watch) -> str:
    if not watch.tags:
        return ""
    tag = watch.tags[0]
    observed, expected = (with_unit(digits(value), tag.unit) for value in (tag.observed, tag.expected))
    return f" Largest deviation: {watch.name(tag.tag)}, {observed} instead of {expected}."


def _cause(watch: Watch) -> str:
    if not watch.causes:
        return ""
    first = watch.causes[0]
    return f" Most probable cause: {cause_in_words(first.cause)} ({chance(first.probability)})."
