"""Watches of batches of the virtual plant with known records and a canned judgement, as pages and terminal show them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.answers.result.watch import Watch, WatchRecord
from pipeline.answers.watch.alarms import Alarm, observed
from pipeline.answers.watch.look import Look, Post, look_at, with_alarm
from pipeline.answers.watch.running import Clock, RunningBatch
from pipeline.answers.watch.wording import STATEMENT
from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.judgement import Judgement, ProbableCause, ScorePoint, TagCourse, TagDeviation
from pipeline.monitoring.outlook import AttributeOutlook
from pipeline.publication.bundle import Bundle, Manifest
from tests.support.example_result import plant_process

LAST = 336.0
"""Planned hours of a batch."""
LEVELS: dict[str, tuple[float, float]] = {
    "oxygen_series": (0.40, 0.02),
    "ph_series": (7.0, 0.02),
    "temperature_series": (309.65, 0.05),
    "co2_series": (9000.0, 700.0),
    "gas_series": (5e-4, 2e-5),
    "agitation_series": (1.2, 0.03),
    "vcd_series": (1.2e13, 8e11),
}
"""Tag → level and standard deviation, SI."""
HASH = "0123456789abcdef" * 4


@dataclass(frozen=True)
class Ahead:
    """A forecast of quality, SI."""

    median: float
    lower: float
    upper: float
    chance_in_specification: float | None


@dataclass(frozen=True)
class Line:
    """One quality attribute."""

    attribute: str
    plan: Ahead
    now: Ahead
    decision_point: float | None = None
    notes: tuple[str, ...] = ()


@dataclass
class CannedJudge:
    """Says what a test wants; keeps what it was asked."""

    judgement: Judgement
    lines: tuple[Line, ...] = ()
    decision_points: Sequence[float] = (72.0, 120.0, 168.0, 240.0)
    unseen: bool = False
    trained_on: Sequence[str] = ()
    level: float = 0.9
    asked: list[tuple[int, float]] = field(default_factory=list)

    def judge(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement:
        self.asked.append((records.height, hours))
        return replace(self.judgement, hours=hours)

    def judge_unseen(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement | None:
        return self.judge(row, records, hours) if self.unseen else None

    def outlook(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Sequence[AttributeOutlook]:
        """The chance moves from that of the plan to that of the line, from decision point to decision point."""
        known = [point for point in self.decision_points if point <= hours]
        share = len(known) / max(len(self.decision_points), 1)
        return [_moved(line, share, known[-1] if known else None) for line in self.lines]


def _moved(line: Line, share: float, hours: float | None) -> Line:
    plan, now = line.plan.chance_in_specification, line.now.chance_in_specification
    if hours is None or plan is None or now is None:
        return replace(line, now=line.plan, decision_point=hours)
    return replace(line, now=replace(line.now, chance_in_specification=plan + share * (now - plan)), decision_point=hours)


QUALITY = (
    Line("titre", Ahead(3.1, 2.5, 3.7, 0.97), Ahead(2.3, 1.9, 2.8, 0.81)),
    Line("hmw", Ahead(0.018, 0.014, 0.023, 0.86), Ahead(0.021, 0.017, 0.026, 0.63)),
    Line("acidic_variants", Ahead(0.19, 0.16, 0.22, 0.93), Ahead(0.2, 0.17, 0.23, 0.9)),
    Line(
        "galactosylation",
        Ahead(0.3, 0.22, 0.38, 0.99),
        Ahead(0.3, 0.22, 0.38, 0.99),
        notes=("The forecast is that of the plan.",),
    ),
)


def judgement(**changes: object) -> Judgement:
    given = Judgement("B-017", 150.0, "as_expected", None, "next_batch", "next_batch", 0.05, 133)
    return replace(given, **changes)  # type: ignore[arg-type]


def _grid() -> FloatArray:
    return np.arange(0.0, LAST + 1, 4.0)


def courses(tags: Sequence[str], shift: float = 0.0) -> tuple[TagCourse, ...]:
    """Expected courses that rise and fall slowly. shift: in standard deviations."""
    made = []
    for tag in tags:
        level, sd = LEVELS[tag]
        middle = level + sd * (2 * np.sin(_grid() / LAST * np.pi) + shift)
        made.append(TagCourse(tag, _grid(), middle, middle - 1.7 * sd, middle + 1.7 * sd))
    return tuple(made)


def records(hours: float, drift_from: float | None = None) -> pl.DataFrame:
    """Records every half hour, the viable cells once a day; dissolved oxygen falls from an hour on."""
    random = np.random.default_rng(1)
    parts = []
    for tag, (level, sd) in LEVELS.items():
        times = np.arange(0.0, hours + 1e-9, 24.0 if tag == "vcd_series" else 0.5)
        values = level + sd * (2 * np.sin(times / LAST * np.pi) + 0.5 * random.normal(size=len(times)))
        if drift_from is not None and tag in ("oxygen_series", "co2_series"):
            sign = -1 if tag == "oxygen_series" else 0.6
            values = values + sign * sd * np.clip((times - drift_from) / 6, 0, 9)
        parts.append(pl.DataFrame({"batch_id": "B-017", "tag": tag, "time": times * 3600, "value": values}))
    return pl.concat(parts).sort("batch_id", "tag", "time")


def running(found: pl.DataFrame, scale: float = 2.0) -> RunningBatch:
    row = pl.DataFrame({"batch_id": ["B-017"], "product": ["mAb A"], "lineage": ["mAb A"], "scale": [scale]})
    return RunningBatch("B-017", "mAb A", row, found, Clock(datetime(2026, 11, 20, 8), utc=True), None)


def post(judge: CannedJudge, learned_from: Sequence[str] = ()) -> Post:
    bundle = Bundle("03f9a7852a3698cc", Path("data/runs/03f9a7852a3698cc"), Manifest(1, {}, {}))
    record = WatchRecord(HASH, HASH, HASH, bundle.run, "", False, STATEMENT)
    return Post(plant_process(), replace(judge, trained_on=learned_from) if learned_from else judge, bundle, record)


def looked(judge: CannedJudge, found: pl.DataFrame, scale: float = 2.0) -> Look:
    return look_at(post(judge), running(found, scale))


def alarmed(look: Look) -> Watch:
    alarm, _ = observed(Alarm(process="virtual_plant", batch="B-017"), look.judgement, 24, "2026-11-26T14:00:00+00:00")
    return with_alarm(look.watch, alarm)


def _scores(hours: float, rise_from: float | None = None) -> tuple[ScorePoint, ...]:
    random = np.random.default_rng(2)
    times = np.arange(12.0, hours + 1e-9, 1.0)
    values = 0.45 + 0.12 * random.normal(size=len(times))
    if rise_from is not None:
        values = values + np.clip((times - rise_from) / 9, 0, 6)
    pairs = zip(times, np.abs(values), strict=True)
    return tuple(ScorePoint(float(h), float(v), "middle" if v > 1 else "slow") for h, v in pairs)


def deviating() -> Watch:
    """A sparger that clogs from hour 90 on, 60 hours later."""
    scores = _scores(150, 90)
    since = next(one.hours for one in scores if one.score > 1)
    tags = (
        TagDeviation("oxygen_series", "middle", 150.0, 0.27, 0.44, -8.5),
        TagDeviation("co2_series", "slow", 150.0, 13800.0, 10400.0, 4.9),
        TagDeviation("vcd_series", "samples", 144.0, 1.1e13, 1.35e13, -3.1),
    )
    causes = (ProbableCause("sparger_clogging", 0.71), ProbableCause("contamination", 0.14), ProbableCause("unknown", 0.1))
    plan = courses(tuple(LEVELS))
    found = judgement(
        status="deviating",
        since=since,
        scores=scores,
        tags=tags,
        causes=causes,
        planned=plan,
        expected=courses(tuple(LEVELS), -0.3),
    )
    return alarmed(looked(CannedJudge(found, QUALITY), records(150, 90)))


def normal() -> Watch:
    """A batch as expected."""
    plan = courses(tuple(LEVELS))
    found = judgement(scores=_scores(150), planned=plan, expected=courses(tuple(LEVELS), 0.2))
    line = replace(QUALITY[0], now=Ahead(3.2, 2.8, 3.6, 0.99))
    return alarmed(looked(CannedJudge(found, (line, *QUALITY[1:2])), records(150)))


def first_at_scale() -> Watch:
    """A first batch at a scale beyond all others, early in the batch: the limit is borrowed, and no quality is forecast yet."""
    notes = ("No other batch ran at this scale. The bands are wider, and the true rate of false alarms may be up to 9 %.",)
    found = judgement(
        kind="beyond_scale",
        rehearsed_as="new_scale",
        calibration_batches=14,
        scores=_scores(40),
        planned=courses(tuple(LEVELS)),
        expected=courses(tuple(LEVELS), 0.5),
        notes=notes,
    )
    return alarmed(looked(CannedJudge(found, QUALITY), records(40), scale=15.0))


def not_judged() -> Watch:
    """A batch of a process step that the monitor cannot judge."""
    notes = ("The records hold none of the tags that the monitor reads (oxygen, pH, temperature).",)
    found = judgement(status="not_judged", notes=notes)
    only = records(20).filter(pl.col("tag") == "vcd_series")
    return alarmed(looked(CannedJudge(found, ()), only))
