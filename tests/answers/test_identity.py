"""The id of an answer is that of what is asked, and of the run."""

from dataclasses import replace

import pytest

from pipeline.answers.identity import answer_id
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import proposal
from tests.support.trained_pot import HASHES, trained_run

ID = answer_id(proposal(), trained_run())


def test_answer_id__has_16_hexadecimal_digits() -> None:
    assert len(ID) == 16
    assert set(ID) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "changes",
    [
        {"scale": "0.1 m3"},
        {"scale": 100},
        {"scale": "1e2 L"},
        {"settings": {"temperature": "36.85 degC", "agitation": "1 1/s"}},
        {"settings": {"agitation": 60, "temperature": "310 K"}},
        {"unstated": "as_reference"},
        {"tolerances": {}},
    ],
)
def test_answer_id__does_not_depend_on_how_it_is_written(changes: dict[str, object]) -> None:
    assert answer_id(proposal(**changes), trained_run()) == ID


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "another title"},
        {"question": "why?"},
        {"scale": "101 L"},
        {"product": "Q"},
        {"equipment": "A"},
        {"site": "Here"},
        {"settings": {"agitation": "60.001 rpm", "temperature": "36.85 degC"}},
        {"settings": {"agitation": "60 rpm"}},
        {"unstated": "missing"},
        {"reference_scale": "1 L"},
        {"tolerances": {"agitation": "6 rpm"}},
        {"tolerances": {"agitation": {"sd": "6 rpm"}}},
        {"limits": {"agitation": ["30 rpm", "90 rpm"]}},
        {"lots": {"medium": [{"lot": "L1"}]}},
        {"spectra": {"nir": [1.0, 2.0]}},
    ],
)
def test_answer_id__depends_on_what_is_asked(changes: dict[str, object]) -> None:
    assert answer_id(proposal(**changes), trained_run()) != ID


def test_answer_id__depends_on_the_run() -> None:
    other = replace(trained_run(), hashes=replace(HASHES, run="another"))
    assert answer_id(proposal(), other) != ID


def test_answer_id__decides_only_whether_there_is_a_question() -> None:
    assert answer_id(proposal(scale="100 kg"), trained_run()) != answer_id(proposal(scale="101 kg"), trained_run())
    with pytest.raises(ScalebridgeError, match="has no `product`"):
        answer_id(proposal(product=""), trained_run())
