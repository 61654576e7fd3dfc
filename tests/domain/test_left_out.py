"""A batch is left out by an entry with batch, who, when and why; anything less is refused."""

import datetime

import pytest
import yaml

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut

ENTRY = {"batch": "B1", "who": "J. Meier", "when": "2024-03-01", "why": "engineering run"}


def test_left_out__is_read_as_written() -> None:
    found = parse(LeftOut, {"batches": [ENTRY | {"why": " engineering run "}]}, "left_out")
    (one,) = found.batches
    assert (one.batch, one.who, one.when, one.why) == ("B1", "J. Meier", datetime.date(2024, 3, 1), "engineering run")


def test_left_out__takes_a_date_as_yaml_reads_it() -> None:
    data = yaml.safe_load("batches: [{batch: B1, who: me, when: 2024-03-01, why: water}]")
    assert parse(LeftOut, data, "left_out").batches[0].when == datetime.date(2024, 3, 1)


def test_left_out__of_nothing_is_empty() -> None:
    assert parse(LeftOut, {}, "left_out").batches == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"who": "  "}, "batches.0.who: it is empty"),
        ({"why": ""}, "batches.0.why: it is empty"),
        ({"batch": " "}, "batches.0.batch: it is empty"),
        ({"batch": 17}, "17 is a number, and a batch is named by a text; put it between quotes"),
        ({"when": "01.03.2024"}, "'01.03.2024' is no date; write it as YYYY-MM-DD"),
        ({"when": "2024-02-30"}, "'2024-02-30' is no date: day is out of range for month"),
        ({"when": 20217600}, "'20217600' is no date"),
        ({"when": datetime.datetime(2024, 3, 1, 8)}, "is no date"),
        ({"reason": "x"}, "batches.0.reason"),
    ],
)
def test_left_out__refuses_an_entry_that_says_too_little(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ScalebridgeError) as raised:
        parse(LeftOut, {"batches": [ENTRY | changes]}, "left_out")
    assert words in str(raised.value)


@pytest.mark.parametrize("missing", ENTRY)
def test_left_out__needs_all_four(missing: str) -> None:
    with pytest.raises(ScalebridgeError, match=f"batches.0.{missing}"):
        parse(LeftOut, {"batches": [{key: value for key, value in ENTRY.items() if key != missing}]}, "left_out")


def test_left_out__refuses_a_batch_twice() -> None:
    with pytest.raises(ScalebridgeError, match="'B1' is left out more than once"):
        parse(LeftOut, {"batches": [ENTRY, ENTRY | {"why": "again"}]}, "left_out")


def test_left_out__of_one_name_in_two_steps_has_two_entries() -> None:
    found = parse(LeftOut, {"batches": [ENTRY | {"step": "culture"}, ENTRY | {"step": "fill"}]}, "left_out")
    assert [one.named for one in found.batches] == ["B1 (step 'culture')", "B1 (step 'fill')"]
    assert parse(LeftOut, {"batches": [ENTRY]}, "left_out").batches[0].named == "B1"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"step": "fill"}, "'B1' is left out more than once"),
        ({}, "'B1' has several entries; state the `step` in each of them"),
    ],
)
def test_left_out__refuses_entries_of_one_name_that_may_mean_one_batch(step: dict[str, str], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        parse(LeftOut, {"batches": [ENTRY | {"step": "fill"}, ENTRY | step]}, "left_out")


def test_left_out__refuses_a_blank_step() -> None:
    with pytest.raises(ScalebridgeError, match=r"batches\.0\.step: it is empty"):
        parse(LeftOut, {"batches": [ENTRY | {"step": " "}]}, "left_out")
