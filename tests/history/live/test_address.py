import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.live.address import parsed_address


def test_address__is_read_and_never_shown() -> None:
    found = parsed_address("mqtts://ann:w%40rd@broker.example:8884/x?ca=a.pem", "b", ("mqtt", "mqtts"), ("ca",))
    assert (found.host, found.port, found.user, found.password, found.option("ca")) == (
        "broker.example",
        8884,
        "ann",
        "w@rd",
        "a.pem",
    )
    assert "w@rd" not in repr(found)
    assert "broker" not in repr(found)
    assert found.bare == "mqtts://broker.example:8884/x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://secret@x", "must begin with mqtt:// or mqtts://"),
        ("mqtt://secret@", "has no host"),
        ("mqtt://x:secret", "cannot be read"),
        ("mqtt://x?keep=secret", "has the option 'keep'; known options: ca"),
    ],
)
def test_address__that_cannot_be_used_is_a_sentence_without_it(text: str, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words) as refused:
        parsed_address(text, "b", ("mqtt", "mqtts"), ("ca",))
    assert "secret" not in str(refused.value)
