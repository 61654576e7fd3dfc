"""The verb `serve`: what it refuses before it listens, and what it gives to the server."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands import serving
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.service import server
from pipeline.service.settings import HOST, PORT, ServiceSettings

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[ServiceSettings]:
    """The settings with which a server was started."""
    found: list[ServiceSettings] = []

    def run(settings: ServiceSettings, say: object) -> None:
        found.append(settings)
        say("http://127.0.0.1:1")  # type: ignore[operator]

    monkeypatch.setattr(server, "run_server", run)
    monkeypatch.setattr(serving, "PLACES", Places.under(tmp_path))
    monkeypatch.delenv("SCALEBRIDGE_TOKEN", raising=False)
    return found


def test_serve__listens_on_this_computer_alone_unless_told_otherwise(started: list[ServiceSettings]) -> None:
    said = CliRunner().invoke(app, ["serve"], catch_exceptions=False).output
    assert (started[0].host, started[0].port, started[0].token, started[0].names) == (HOST, PORT, None, ())
    assert started[0].places == serving.PLACES
    assert "http://127.0.0.1:1/docs" in said
    assert "Ctrl-C" in said


def test_serve__takes_token_and_names(started: list[ServiceSettings], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    options = ["--host", "0.0.0.0", "--token-file", str(tmp_path / "token"), "--name", "a.example", "--name", "b.example"]
    CliRunner().invoke(app, ["serve", *options], catch_exceptions=False)
    assert (started[0].token, started[0].names) == (TOKEN, ("a.example", "b.example"))


def test_serve__another_address_without_a_token_is_refused(started: list[ServiceSettings]) -> None:
    with pytest.raises(ScalebridgeError, match="Other computers reach"):
        CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"], catch_exceptions=False)
    assert started == []
