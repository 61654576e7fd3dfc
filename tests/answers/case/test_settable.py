"""A setting that no answer would use is refused."""

import pytest

from pipeline.answers.case.settable import check_settable
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from tests.support.pot import definition, pot, proposal


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("volume", r"stated in the field `scale` of the proposal"),
        ("product", r"stated in the field `product`"),
        ("vessel", r"stated in the field `equipment`"),
        ("titre", r"it cannot be set; attributes that can be set are agitation, temperature"),
        ("nothing", r"it cannot be set"),
    ],
)
def test_settings__that_no_answer_would_use_are_refused(name: str, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        check_settable(pot(), proposal(settings={"agitation": "60 rpm", name: "1"}))


def test_settings__of_the_plan_are_accepted() -> None:
    check_settable(pot(), proposal(settings={"agitation": "60 rpm", "temperature": "310 K"}))


def test_settings__may_describe_a_new_lot() -> None:
    check_settable(pot(), proposal(settings={"copper": "1.5 g/L"}))


def test_settings__a_text_of_a_lot_follows_from_the_lot() -> None:
    plain = definition()
    plain["attributes"]["copper"] |= {"kind": "text", "unit": ""}
    process = parse(Process, plain, "pot")
    with pytest.raises(ScalebridgeError, match=r"lots of 'media' is no number .* `lots: {media: \[{lot: …}\]}`"):
        check_settable(process, proposal(settings={"copper": "high"}))
