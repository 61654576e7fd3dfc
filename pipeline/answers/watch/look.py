"""One look at a running batch: judge the records that were known at an hour, and say it in the units of the user."""

from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite, isnan

import polars as pl

from pipeline.answers.result.watch import AlarmNow, AsOf, Cause, DeviatingTag, ScoreAt, Watch, WatchRecord
from pipeline.answers.trained_run import RECORDED
from pipeline.answers.watch.alarms import LARGEST, Alarm, alarm_sentence
from pipeline.answers.watch.courses import in_unit, unit_of, watched_courses
from pipeline.answers.watch.judge import Judge
from pipeline.answers.watch.quality import quality_ahead
from pipeline.answers.watch.running import RunningBatch
from pipeline.answers.watch.wording import NOTHING_KNOWN, SEEN, STATEMENT, promise_of, status_sentence
from pipeline.domain.config_files import load, read_key
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of, hash_of_ledger
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.features.catalogue import names_of
from pipeline.monitoring.judgement import DEVIATING, NOT_JUDGED, Judgement, TagDeviation
from pipeline.monitoring.known import known_at, newest_hour
from pipeline.publication.bundle import Bundle
from pipeline.publication.code import hashes_of_code


@dataclass(frozen=True)
class Post:
    """What every look needs of a published run. It is read once."""

    process: Process
    judge: Judge
    bundle: Bundle
    record: WatchRecord
    """Hashes of the run; those of the records are filled in by each look."""


@dataclass(frozen=True)
class Look:
    """What one look found."""

    watch: Watch
    judgement: Judgement


def post_of(bundle: Bundle, judge: Judge) -> Post:
    """Read what every look needs of a published run."""
    of_run = bundle.places
    record = WatchRecord(
        data=hash_of_ledger(read_table(of_run.ledger)),
        configuration=hash_of({key: read_key(of_run.config, key) for key in RECORDED}),
        code=hash_of(hashes_of_code(bundle.manifest.answering)),
        run=bundle.run,
        records="",
        seen=False,
        statement=STATEMENT,
    )
    return Post(load(of_run.config, "process", Process), judge, bundle, record)


def look_at(
    post: Post, running: RunningBatch, hours: float | None = None, *, past: bool = False, brief: bool = False
) -> Look:
    """Judge a batch at an hour; None: at its newest record.

    past: a batch that has ended long ago. It is judged by what was learned without it, where the run can do this. brief: leave out
    courses and quality. A batch without a record is not judged. Raises ScalebridgeError for an hour before the start.
    """
    at = hours if hours is not None else newest_hour(post.process, running.records) or 0.0
    if at < 0:
        raise ScalebridgeError(f"--at {at:g}: the hour must be 0 or more, counted from the start of batch '{running.batch}'")
    known = known_at(post.process, running.records, at)
    unseen = post.judge.judge_unseen(running.row, known, at) if past and known.height else None
    judgement = unseen or _judged(post, running, known, at)
    seen = unseen is None and running.batch in post.judge.trained_on
    watch = _watch(post, running, known, judgement, seen)
    return Look(watch if brief else _whole(watch, post, running, known, judgement), judgement)


def _judged(post: Post, running: RunningBatch, known: pl.DataFrame, hours: float) -> Judgement:
    """Judge a batch. Where no record is known, nothing is asked of the monitor."""
    if known.height:
        return post.judge.judge(running.row, known, hours)
    return Judgement(running.batch, hours, "not_judged", None, "", "", 0.0, 0, notes=(NOTHING_KNOWN,))


def with_alarm(watch: Watch, alarm: Alarm) -> Watch:
    """Return a watch that says how its alarm stands."""
    return replace(watch, alarm=AlarmNow(alarm.state, alarm_sentence(alarm)))


def _watch(post: Post, running: RunningBatch, known: pl.DataFrame, judgement: Judgement, seen: bool) -> Watch:
    process, hours = post.process, judgement.hours
    scale = process.attributes[process.scale.attribute].si
    scores = tuple(
        ScoreAt(one.hours, min(one.score, LARGEST), one.channel) for one in judgement.scores if not isnan(one.score)
    )
    judged = judgement.status != NOT_JUDGED
    names = names_of(process)
    made = Watch(
        process=process.name,
        batch=running.batch,
        product=running.product if process.states_product else "",
        scale=scale.from_si(float(running.row["scale"][0])) if process.states_scale else None,
        scale_unit=scale.label if process.states_scale else "",
        as_of=AsOf(hours, None if running.clock is None else running.clock.at(hours)),
        status=judgement.status,
        sentence="",
        since=judgement.since if judgement.status == DEVIATING else None,
        score=scores[-1].score if scores and judged else None,
        scores=scores,
        tags=tuple(_tag(process, one) for one in judgement.tags if isfinite(one.deviations + one.observed + one.expected)),
        causes=tuple(Cause(one.cause, one.probability) for one in judgement.causes),
        courses=(),
        quality=(),
        quality_level=post.judge.level,
        promise=promise_of(judgement) if judged else None,
        alarm=None,
        notes=tuple(dict.fromkeys((*judgement.notes, *running.notes, *([SEEN] if seen else [])))),
        names={key: names[key] for key in (*(one.tag for one in judgement.tags), *process.targets) if key in names},
        record=replace(post.record, records=sha256(known.write_csv().encode()).hexdigest(), seen=seen),
    )
    return replace(made, sentence=status_sentence(made))


def _whole(watch: Watch, post: Post, running: RunningBatch, known: pl.DataFrame, judgement: Judgement) -> Watch:
    """Return the watch with the courses of the tags and the quality ahead."""
    process, names = post.process, names_of(post.process)
    first = list(dict.fromkeys(one.tag for one in judgement.tags))
    courses = watched_courses(process, known, judgement.planned, judgement.expected, first)
    quality = quality_ahead(process, post.judge, running, judgement.hours)
    named = {one.tag: names[one.tag] for one in courses if one.tag in names}
    return replace(watch, courses=courses, quality=quality, names={**named, **watch.names})


def _tag(process: Process, one: TagDeviation) -> DeviatingTag:
    unit = unit_of(process, one.tag)
    observed, expected = (in_unit(value, unit) for value in (one.observed, one.expected))
    return DeviatingTag(
        one.tag, "" if unit is None else unit.label, one.channel, one.hours, observed, expected, one.deviations
    )
