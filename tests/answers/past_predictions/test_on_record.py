"""Who asked."""

import getpass

import pytest

from pipeline.answers.past_predictions.on_record import user_name


def test_user_name__is_that_of_the_operating_system_or_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "meier")
    assert user_name() == "meier"

    def fail() -> str:
        raise OSError("no user")

    monkeypatch.setattr(getpass, "getuser", fail)
    assert user_name() == "unknown"
