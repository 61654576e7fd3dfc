"""Read a payload of plain JSON."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pipeline.domain.errors import first_line
from pipeline.domain.feeds import PlainJson
from pipeline.history.live.message import Said
from pipeline.history.live.record import GOOD, Record, record_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6}


def read_json_message(form: PlainJson, named: Mapping[str, str], payload: bytes, received: datetime) -> Said:
    """Return what a message says. named: what its topic names. received: when it came, with a time zone.

    A number alone is a value. A part that cannot be read is a problem; the other parts are kept.
    """
    try:
        data = json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return Said(problems=(f"a message is no JSON: {first_line(error)}",))
    found: list[Record] = []
    problems: list[str] = []
    for part in data if isinstance(data, list) else [data]:
        try:
            found += _records(form, named, part, received)
        except ValueError as problem:
            problems.append(str(problem))
    return Said(tuple(found), tuple(problems))


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _records(form: PlainJson, named: Mapping[str, str], part: object, received: datetime) -> Iterator[Record]:
    if not isinstance(part, Mapping):
        if form.time is not None or "tag" not in named:
            raise ValueError(
                f"a message holds {str(part)[:40]!r} and no object with the keys '{form.value}' and '{form.time}'"
            )
        yield record_of(named["tag"], received, part, equipment=named.get("equipment"), batch=named.get("batch"))
        return
    when = received if form.time is None else _moment(form, part)
    about = {name: _name(named, name, part, getattr(form, name)) for name in ("equipment", "batch")}
    quality = GOOD if form.quality is None else str(part.get(form.quality, GOOD))
    if form.values is not None:
        values = part.get(form.values)
        if not isinstance(values, Mapping):
            raise ValueError(f"a message has no object under '{form.values}'")
        for tag, value in values.items():
            yield record_of(str(tag), when, value, quality, **about)
        return
    tag = _name(named, "tag", part, form.tag)
    if tag is None:
        raise ValueError(f"a message has no tag under '{form.tag}'")
    if form.value not in part:
        raise ValueError(
            f"a message of tag '{tag}' has no value under '{form.value}'; its keys are {', '.join(map(str, part))[:80]}"
        )
    yield record_of(tag, when, part[form.value], quality, **about)


def _name(named: Mapping[str, str], what: str, part: Mapping[str, object], key: str | None) -> str | None:
    """Return the name of a vessel, batch or tag: from the message where its key is declared, else from the topic."""
    if key is not None and part.get(key) is not None:
        return str(part[key])
    return named.get(what)


def _moment(form: PlainJson, part: Mapping[str, object]) -> datetime:
    written = part.get(form.time or "")
    if form.time_format == "iso":
        try:
            found = datetime.fromisoformat(str(written))
        except ValueError:
            raise ValueError(f"a message has no time of ISO 8601 under '{form.time}' but {str(written)[:40]!r}") from None
        if found.tzinfo is None:
            raise ValueError(f"the time {written!r} of a message has no time zone; write for example '2026-03-01T08:00:00Z'")
        return found.astimezone(UTC)
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise ValueError(f"a message has no number under '{form.time}' but {str(written)[:40]!r}")
    try:
        return _EPOCH + timedelta(seconds=written / _PER_SECOND[form.time_format])
    except (OverflowError, ValueError):
        raise ValueError(f"the time {written!r} of a message is no time in the unit '{form.time_format}'") from None
