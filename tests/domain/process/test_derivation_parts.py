"""What an attribute may be derived from."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.derivation_parts import derivation_problems
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData

PLAIN = {"role": "CPP", "horizon": "plan", "description": "x"}


def _with(small: Make, attribute: PlainData, **others: PlainData) -> PlainData:
    definition = small()
    definition["attributes"] |= {"made": PLAIN | attribute} | {name: PLAIN | one for name, one in others.items()}
    return definition


@pytest.mark.parametrize(
    ("attribute", "problem"),
    [
        (
            {"derive": {"kind": "log10", "of": ["product"]}},
            "'made' is derived from 'product', which is of kind 'text'; it must be",
        ),
        (
            {"derive": {"kind": "lookup", "of": ["volume"], "values": {"1": 2}}},
            "'made' is derived from 'volume', which is of kind 'number'; it must be of kind 'text'",
        ),
        (
            {"unit": "g/L", "derive": {"kind": "sum", "of": ["titre", "titre"]}},
            r"'made' is derived from 'titre', which is no column of the batch rows \(it is a result, .* it can be derived from "
            "product, volume, temperature",
        ),
        ({"kind": "text", "derive": {"kind": "log10", "of": ["volume"]}}, "'made' is of kind 'text'; a log10 is a number"),
        (
            {"derive": {"kind": "log10", "of": ["late"]}},
            "'made' has the horizon 'plan', and is derived from 'late', which has 'in_process'; it is not known before that",
        ),
    ],
)
def test_process__refuses_what_cannot_be_derived(small: Make, attribute: PlainData, problem: str) -> None:
    late = {"horizon": "in_process", "column": "batches.late"}
    with pytest.raises(ScalebridgeError, match=problem):
        process_of(_with(small, attribute, late=late))


def test_derivation_problems__are_none_where_all_is_known_in_time(small: Make) -> None:
    late = {"horizon": "in_process", "column": "batches.late"}
    made = {"horizon": "release", "derive": {"kind": "log10", "of": ["late"]}}
    assert derivation_problems(process_of(_with(small, made, late=late))) == []
