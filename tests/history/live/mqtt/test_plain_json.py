from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.feeds import PlainJson
from pipeline.history.live.mqtt.plain_json import read_json_message
from pipeline.history.live.record import Record

NOW = datetime(2026, 3, 2, tzinfo=UTC)
AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
NAMED = {"tag": "TI", "equipment": "V1"}


@pytest.mark.parametrize(
    ("form", "payload", "record"),
    [
        (PlainJson(), '{"time": "2026-03-01T08:30:00Z", "value": 36.5}', Record("TI", AT, 36.5, "Good", "V1")),
        (PlainJson(), '{"time": "2026-03-01T09:30:00+01:00", "value": "36.5"}', Record("TI", AT, 36.5, "Good", "V1")),
        (PlainJson(time_format="ms"), '{"time": 1772353800000, "value": true}', Record("TI", AT, 1.0, "Good", "V1")),
        (PlainJson(time_format="s"), '{"time": 1772353800, "value": null}', Record("TI", AT, None, "Good", "V1")),
        (PlainJson(time=None), "36.5", Record("TI", NOW, 36.5, "Good", "V1")),
        (
            PlainJson(tag="n", quality="q", equipment="e", batch="b"),
            '{"time": "2026-03-01T08:30:00Z", "value": 1, "n": "PHI", "q": "Bad", "e": "V2", "b": "B7"}',
            Record("PHI", AT, 1.0, "Bad", "V2", "B7"),
        ),
        (
            PlainJson(),
            '{"time": "2026-03-01T08:30:00Z", "value": "off"}',
            Record("TI", AT, None, "Bad (no number: 'off')", "V1"),
        ),
    ],
)
def test_message__is_one_record(form: PlainJson, payload: str, record: Record) -> None:
    said = read_json_message(form, NAMED, payload.encode(), NOW)
    assert (said.records, said.problems) == ((record,), ())


def test_message__holds_values_of_several_tags() -> None:
    payload = b'{"time": "2026-03-01T08:30:00Z", "v": {"TI": 36.5, "PHI": 7.1}}'
    said = read_json_message(PlainJson(values="v"), {"equipment": "V1"}, payload, NOW)
    assert said.records == (Record("TI", AT, 36.5, "Good", "V1"), Record("PHI", AT, 7.1, "Good", "V1"))


def test_message__keeps_the_readable_parts_of_a_list() -> None:
    payload = b'[{"time": "2026-03-01T08:30:00Z", "value": 1}, {"value": 2}, 3]'
    said = read_json_message(PlainJson(), NAMED, payload, NOW)
    assert len(said.records) == 1
    assert said.problems == (
        "a message has no time of ISO 8601 under 'time' but 'None'",
        "a message holds '3' and no object with the keys 'value' and 'time'",
    )


@pytest.mark.parametrize(
    ("form", "payload", "words"),
    [
        (PlainJson(), "{", "no JSON"),
        (PlainJson(), '{"time": "2026-03-01T08:30:00", "value": 1}', "has no time zone"),
        (PlainJson(), '{"time": "2026-03-01T08:30:00Z", "v": 1}', "has no value under 'value'; its keys are time, v"),
        (PlainJson(time_format="ms"), '{"time": 1e300, "value": 1}', "is no time in the unit 'ms'"),
        (PlainJson(time_format="ms"), '{"time": "x", "value": 1}', "has no number under 'time'"),
        (PlainJson(values="v"), '{"time": "2026-03-01T08:30:00Z"}', "has no object under 'v'"),
        (PlainJson(), '{"time": "2026-03-01T08:30:00Z", "value": NaN}', "NaN is no JSON"),
    ],
)
def test_message__that_cannot_be_read_is_a_sentence(form: PlainJson, payload: str, words: str) -> None:
    said = read_json_message(form, NAMED, payload.encode(), NOW)
    assert said.records == ()
    assert words in said.problems[0]


@given(st.binary(max_size=60))
def test_message__of_any_bytes_raises_nothing(payload: bytes) -> None:
    read_json_message(PlainJson(), NAMED, payload, NOW)
