"""Amounts of a balance are sums, with the error that their repeatability gives."""

import polars as pl
import pytest

from pipeline.domain.process.balances import Balance
from pipeline.history.balances.amounts import CAME_OUT, GIVEN_ERROR, RELATIVE_ERROR, amounts
from tests.support.balances import amounts_of, attributes

WHOLE = Balance(("load",), ("eluate",), ("flow_through",))


def test_amounts__are_sums_and_null_where_one_is_missing() -> None:
    rows = amounts_of([0.8, 0.9], flow_through=[0.1, None])
    found = amounts(rows, Balance(("load",), ("eluate", "flow_through")), attributes())
    assert found["given"].to_list() == [pytest.approx(0.9), None]
    assert amounts(rows, WHOLE, attributes())[CAME_OUT].to_list() == [pytest.approx(0.9), None]
    assert found["lost"].is_null().all()


def test_amounts__have_the_error_of_their_repeatability() -> None:
    """2 % of 1 kg taken; 2 % each of 0.8 kg and 0.1 kg that came out."""
    rows = amounts_of([0.8], flow_through=[0.1])
    found = amounts(rows, WHOLE, attributes(repeatability="2 %")).row(0, named=True)
    out = ((0.02 * 0.8) ** 2 + (0.02 * 0.1) ** 2) / 0.9**2
    assert found[RELATIVE_ERROR] == pytest.approx((0.02**2 + out) ** 0.5)
    assert found[GIVEN_ERROR] == pytest.approx(0.02)


def test_amounts__without_a_stated_repeatability_have_no_known_error() -> None:
    one = attributes(repeatability="2 %") | {"load": attributes()["load"]}
    found = amounts(amounts_of([0.8, 0.0], flow_through=[0.1, 0.0]), WHOLE, one)
    assert found[RELATIVE_ERROR].to_list() == [None, None]
    assert found[GIVEN_ERROR].to_list() == [pytest.approx(0.02), None]


def test_amounts__nothing_came_out_is_known() -> None:
    found = amounts(amounts_of([0.0]), Balance(("load",), ("eluate",)), attributes())
    assert found[CAME_OUT].to_list() == [0.0]
    assert found.schema["taken"] == pl.Float64
