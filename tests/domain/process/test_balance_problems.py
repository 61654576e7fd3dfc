"""Which balances of steps are refused."""

from typing import Any

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.steps import steps_definition


def _with(balance: dict[str, Any], **sources: dict[str, Any]) -> PlainData:
    definition = steps_definition()
    definition["steps"]["capture"]["balances"] = {"product": balance}
    for name, changes in sources.items():
        definition["sources"][name] |= changes
    return definition


GOOD = {"taken": ["load"], "given": ["eluate"], "lost": ["flow_through"]}


def test_balance__of_amounts_of_one_step_is_accepted() -> None:
    found = process_of(_with(GOOD | {"false_alarms": 0.05})).steps["capture"].balances["product"]
    assert (found.amounts, found.false_alarms, found.transferred) == (("load", "eluate", "flow_through"), 0.05, ())


@pytest.mark.parametrize(
    ("balance", "words"),
    [
        (GOOD | {"given": []}, "steps.capture.balances.product.given is empty"),
        (GOOD | {"taken": []}, "steps.capture.balances.product.taken is empty"),
        (GOOD | {"lost": ["eluate"]}, "names 'eluate' 2 times; each amount counts once"),
        (GOOD | {"lost": ["waste"]}, "names 'waste', which is not an attribute"),
        (GOOD | {"lost": ["molecule"]}, "names 'molecule', which is of kind 'text' and not a number"),
        (GOOD | {"lost": ["resin_capacity"]}, "which is a property of the lots of 'resin' and not of a batch"),
        (GOOD | {"lost": ["temperature"]}, "whose unit degC has an arbitrary zero"),
        (
            GOOD | {"lost": ["volume"]},
            "which belongs to step 'culture'; amounts of step 'capture' can be column_volume, eluate",
        ),
        (GOOD | {"lost": ["pool_hmw"]}, "which is not read from a column of the rows of the batches"),
        (GOOD | {"lost": ["column_volume"]}, "adds 'load' in g and 'column_volume' in L, which have different dimensions"),
        (GOOD | {"transferred": ["given"]}, "the transfers of sources.transfers, which states no unit; declare `unit`"),
        (GOOD | {"false_alarms": 0.5}, "false_alarms"),
        (GOOD | {"false_alarms": 0}, "false_alarms"),
    ],
)
def test_balance__that_makes_no_sense_is_refused(balance: dict[str, Any], words: str) -> None:
    with pytest.raises(ScalebridgeError) as raised:
        process_of(_with(balance))
    assert words in str(raised.value)


def test_balance__can_be_compared_with_transfers_that_state_their_unit() -> None:
    balance = GOOD | {"transferred": ["given", "taken"]}
    assert process_of(_with(balance, transfers={"unit": "Unit"})).steps["capture"].balances["product"].transferred == (
        "given",
        "taken",
    )


def test_balance__cannot_be_compared_with_transfers_that_do_not_exist() -> None:
    definition = _with(GOOD | {"transferred": ["given"]})
    del definition["sources"]["transfers"]
    with pytest.raises(ScalebridgeError, match="but no source has `gives: transfers`; leave it out"):
        process_of(definition)


def test_balance__a_derived_attribute_of_an_unknown_part_is_reported_as_such() -> None:
    definition = _with(GOOD | {"lost": ["load_per_resin"]})
    definition["attributes"]["load_per_resin"]["derive"]["of"] = ["load", "nothing"]
    with pytest.raises(ScalebridgeError, match="names 'nothing', which is not an attribute"):
        process_of(definition)
