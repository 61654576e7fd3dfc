from datetime import UTC, datetime, timedelta

import polars as pl

from pipeline.history.live.arrivals import Arrivals
from pipeline.history.live.record import MOMENT, Record

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def record(tag: str, seconds: float) -> Record:
    return Record(tag, at(seconds), 1.0)


def regular(every: float = 10.0, count: int = 8) -> Arrivals:
    arrivals = Arrivals(connected=START)
    for nth in range(count):
        arrivals.add([record("TI", nth * every)], at(nth * every))
    return arrivals


def test_tag__is_silent_after_five_usual_intervals() -> None:
    arrivals = regular()
    assert arrivals.silent(at(70 + 50), None) == ()
    (silent,) = arrivals.silent(at(70 + 50.1), None)
    assert (silent.tag, silent.since, silent.newest) == ("TI", at(70), at(70))


def test_tag__with_few_records_is_not_called_silent() -> None:
    assert regular(count=4).silent(at(10_000), None) == ()


def test_tag__is_silent_after_the_declared_time() -> None:
    assert [one.tag for one in regular(count=1).silent(at(61), timedelta(minutes=1))] == ["TI"]


def test_tag__one_long_interval_of_the_source_is_allowed_for() -> None:
    arrivals = regular()
    arrivals.add([record("TI", 400)], at(400))
    assert arrivals.allowed("TI", None) == timedelta(seconds=660)


def test_connection__its_loss_is_no_interval_of_the_source() -> None:
    arrivals = regular()
    arrivals.connected = at(1000)
    assert arrivals.silent(at(1049), None) == ()
    arrivals.add([record("TI", 1005)], at(1005))
    assert arrivals.allowed("TI", None) == timedelta(seconds=50)


def test_restore__a_tag_of_the_journal_that_stays_silent_is_found() -> None:
    arrivals = Arrivals(connected=at(100))
    table = {"tag": ["TI", "TI"], "time": [at(1), at(2)], "at": [at(3), at(4)]}
    arrivals.restore(pl.DataFrame(table, schema={"tag": pl.String, "time": MOMENT, "at": MOMENT}))
    (silent,) = arrivals.silent(at(161), timedelta(minutes=1))
    assert (silent.since, silent.newest) == (at(4), at(2))
    assert arrivals.last() == at(4)


def test_tag__of_another_vessel_does_not_hide_that_one_is_silent() -> None:
    arrivals = Arrivals("V1", START)
    arrivals.add([Record("TI", at(0), 1.0, equipment="V1"), Record("PHI", at(0), 1.0)], at(0))
    arrivals.add([Record("TI", at(90), 1.0, equipment="V2"), Record("PHI", at(90), 1.0)], at(90))
    assert [one.tag for one in arrivals.silent(at(100), timedelta(minutes=1))] == ["TI"]
    columns = {"tag": ["TI", "TI"], "time": [at(1), at(95)], "at": [at(1), at(95)], "equipment": ["V1", "V2"]}
    kinds = {"tag": pl.String, "time": MOMENT, "at": MOMENT, "equipment": pl.String}
    arrivals.restore(pl.DataFrame(columns, schema=kinds).with_columns(pl.lit(None, pl.String).alias("batch")))
    assert arrivals.newest("TI") == at(1)
