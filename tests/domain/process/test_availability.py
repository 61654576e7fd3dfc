"""Declarations of the time of results that cannot be used."""

import re

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"result_lag": "14 d"}, "result_lag needs a date from which it counts; state `ended` or `started`"),
        ({"result_lag": "14"}, "the lag is '14'; write a number and its unit, such as '14 d'"),
        ({"result_lag": "-1 d"}, "the lag is '-1 d'; it cannot be below zero"),
        ({"result_lag": "3 kg"}, "the lag cannot be read: '3 kg'"),
        ({"available": "titre"}, "available names 'titre', which is of kind 'number'; it must be of kind 'date'"),
        ({"available": "nothing"}, "available names 'nothing', which is not an attribute"),
    ],
)
def test_process__refuses_a_time_of_results_that_cannot_be_used(small: Make, changes: PlainData, said: str) -> None:
    with pytest.raises(ScalebridgeError, match=re.escape(said)):
        process_of(small(**changes))


def test_process__refuses_a_lag_of_a_setting(small: Make) -> None:
    definition = small()
    definition["attributes"]["temperature"]["result_lag"] = "1 d"
    with pytest.raises(ScalebridgeError, match="'temperature' has the role 'CPP'; only results"):
        process_of(definition)
