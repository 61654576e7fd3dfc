"""A definition whose log of deviations cannot be placed in the batches is refused, with what to write."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData


def _definition(small: Make, start: dict[str, str] | None, began: dict[str, str]) -> PlainData:
    definition = small(started="start" if start else None)
    if start:
        date = {"role": "context", "horizon": "plan", "description": "x", "kind": "date"}
        definition["attributes"]["start"] = date | {"column": {"source": "batches", "column": "start", "date": start}}
    log = {"gives": "deviations", "files": ["log.csv"], "batch": "b", "cause": "c"}
    definition["sources"]["log"] = log | {"began": {"column": "since", "date": began}}
    return definition


@pytest.mark.parametrize(
    ("start", "began", "said"),
    [
        (
            None,
            {"format": "%Y-%m-%d %H:%M"},
            r"counts from the start of the batch, and the process states none; state `started`",
        ),
        (
            {"format": "%Y-%m-%d"},
            {"format": "%Y-%m-%d %H:%M"},
            r"counts from 'start', whose dates have none; a format with %H:%M",
        ),
        (
            {"format": "%Y-%m-%d %H:%M"},
            {"format": "%Y-%m-%d %H:%M", "time_zone": "Europe/Zurich"},
            r"sources\.log\.began are in UTC, and the dates of 'start' are without a time zone; declare `time_zone`",
        ),
        (
            {"format": "%Y-%m-%d %H:%M", "time_zone": "Europe/Zurich"},
            {"format": "%Y-%m-%d %H:%M"},
            r"sources\.log\.began are without a time zone, and the dates of 'start' are in UTC",
        ),
    ],
)
def test_deviations__a_begin_that_cannot_be_placed_is_refused(
    small: Make, start: dict[str, str] | None, began: dict[str, str], said: str
) -> None:
    with pytest.raises(ScalebridgeError, match=said):
        process_of(_definition(small, start, began))


@pytest.mark.parametrize("begins", ["%Y-%m-%d", "%Y-%m-%d %H:%M"])
def test_deviations__a_date_without_a_time_of_day_needs_no_time_of_day_of_the_start(small: Make, begins: str) -> None:
    process_of(_definition(small, {"format": begins}, {"format": "%Y-%m-%d"}))
