"""Which token a service needs."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.service.access import is_loopback, token_for

LONG = "correct-horse-battery-staple"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_token_for__this_computer_needs_none(host: str) -> None:
    assert is_loopback(host)
    assert token_for(host, None, None) is None
    assert token_for(host, None, LONG) == LONG


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "plant.example", ""])
def test_token_for__another_address_needs_one(host: str) -> None:
    with pytest.raises(ScalebridgeError, match="there is no token: give --token-file"):
        token_for(host, None, " ")
    assert token_for(host, None, LONG) == LONG


def test_token_for__the_file_counts_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{LONG}\n")
    assert token_for("0.0.0.0", tmp_path / "token", "environment-has-another") == LONG


@pytest.mark.parametrize(
    "text", ["short", "with a blank in the middle", "Zürich-Zürich-Zürich", "a" * 15, "line\nbreak-in-a-token"]
)
def test_token_for__a_bad_token_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text, encoding="utf-8")
    with pytest.raises(ScalebridgeError, match="needs at least 16") as found:
        token_for("127.0.0.1", tmp_path / "token", None)
    assert text not in str(found.value)


def test_token_for__a_file_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="does not exist"):
        token_for("127.0.0.1", tmp_path / "token", LONG)
    (tmp_path / "token").write_text("\n")
    with pytest.raises(ScalebridgeError, match="is empty"):
        token_for("127.0.0.1", tmp_path / "token", LONG)
