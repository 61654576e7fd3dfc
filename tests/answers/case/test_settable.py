"""A setting that no answer would use is refused."""

import pytest

from pipeline.answers.case.settable import check_settable
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import pot, proposal


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("copper", r"setting 'copper': this is a property of the lots of 'media' .* `lots: {media: \[{lot: …}\]}`"),
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
