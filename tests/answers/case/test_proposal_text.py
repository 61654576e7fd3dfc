"""A proposal as text is read by the rules of a file, whatever is in it."""

import json

import pytest
import yaml

from pipeline.answers.case.proposal_text import Form, plain_data, proposal_of
from pipeline.domain.errors import ScalebridgeError
from tests.support.asgi import POT
from tests.support.pot import proposal

DEEP = 40
BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)
)
"""A few lines whose aliases repeat themselves to many millions of values."""


def test_proposal_of__yaml_and_json_are_one_proposal() -> None:
    assert proposal_of(json.dumps(POT).encode(), "json") == proposal_of(yaml.safe_dump(POT).encode(), "yaml")
    assert proposal_of(json.dumps(POT).encode(), "json").product == proposal().product


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        (b"", "json", "is not JSON: line 1"),
        (b"", "yaml", "must hold keys and values"),
        (b"[1]", "json", "not a list"),
        (b"7", "yaml", "not the single value '7'"),
        (b"\xff", "json", "not UTF-8: byte 1"),
        (b'{"name": "a", "name": "b"}', "json", "the key 'name' occurs twice"),
        (b"name: a\nname: b", "yaml", "the key 'name' occurs twice"),
        (b'{"name": NaN}', "json", "NaN is no number"),
        (b'{"name": -Infinity}', "json", "-Infinity is no number"),
        (b'{"scale": 1e999}', "json", "scale"),
        (b'{"scale": ' + b"9" * 5000 + b"}", "json", "5,000 digits"),
        (b'{"name": "\\ud800"}', "json", "half of a character"),
        (b'{"\\ud800": 1}', "json", "half of a character"),
        (b"[" * DEEP + b"]" * DEEP, "json", "levels inside each other"),
        (b"[" * 100_000, "json", "levels inside each other"),
        (b"- " * DEEP, "yaml", "levels inside each other"),
        (json.dumps([0] * 100_001).encode(), "json", "more than 100,000 values"),
        (BOMB, "yaml", "more than 100,000 values"),
        (b"!!python/object/apply:os.system [ls]", "yaml", "the tag"),
        (b"name: ${oc.env:HOME}", "yaml", "from outside"),
        (b'{"name": "x"', "json", "is not JSON"),
    ],
)
def test_proposal_of__what_is_none_is_refused(text: bytes, form: Form, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=r"^The (text|proposal)") as found:
        proposal_of(text, form)
    assert words in str(found.value)
    assert "\n" not in str(found.value)


def test_plain_data__takes_a_byte_order_mark() -> None:
    assert plain_data(b"\xef\xbb\xbf{}", "json") == {}
