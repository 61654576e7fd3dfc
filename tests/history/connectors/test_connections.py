"""Addresses come from the environment or an untracked file, and are never shown."""

import subprocess
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.connections import Connection, read_connection

ADDRESS = "postgresql://reader:s3cr%2Ft@db.example:5432/mes?sslpassword=tls%20key"


def test_connection__its_text_never_shows_the_address() -> None:
    found = Connection("mes", ADDRESS)
    for text in (str(found), repr(found), f"{found}", f"{[found]}"):
        assert "s3cr" not in text
        assert "db.example" not in text
    assert found.scheme == "postgresql"


@pytest.mark.parametrize(
    "message",
    [
        f"cannot connect to {ADDRESS}",
        "FATAL: password authentication failed, dsn: host=db.example password=s3cr/t user=x",
        "pyodbc: DRIVER={x};SERVER=h;PWD={a;b};UID=me",
        "at postgresql://reader:other@db.example/mes",
        "reader:s3cr%2Ft is wrong, and so are s3cr/t and tls key",
    ],
)
def test_redacted__leaves_no_secret(message: str) -> None:
    said = Connection("mes", ADDRESS).redacted(message)
    for secret in ("s3cr", "other", "tls key", "a;b"):
        assert secret not in said
    assert "***" in said


def test_failure__hides_a_secret_before_it_cuts_the_message() -> None:
    said = Connection("mes", ADDRESS).failure(ValueError("x" * 140 + " " + ADDRESS))
    assert "s3cr" not in said
    assert "\n" not in Connection("mes", ADDRESS).failure(ValueError("a\nb"))


def test_read__the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "connections.yaml").write_text("mes: sqlite:///file.db\n")
    assert read_connection("mes", tmp_path).address == "sqlite:///file.db"
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_MES", ADDRESS)
    assert read_connection("mes", tmp_path).address == ADDRESS


def test_read__an_unknown_name_says_where_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"SCALEBRIDGE_CONNECTION_MES.*connections\.yaml does not exist"):
        read_connection("mes", tmp_path)
    (tmp_path / "connections.yaml").write_text("lims: sqlite:///secret-place.db\n")
    with pytest.raises(ScalebridgeError, match="names lims") as caught:
        read_connection("mes", tmp_path)
    assert "secret-place" not in str(caught.value)


@pytest.mark.parametrize("text", ["mes: [a, secret]\n", "mes: 's3cr\n", "- secret\n"])
def test_read__a_damaged_file_does_not_show_its_content(tmp_path: Path, text: str) -> None:
    (tmp_path / "connections.yaml").write_text(text)
    with pytest.raises(ScalebridgeError) as caught:
        read_connection("mes", tmp_path)
    assert "secret" not in str(caught.value)
    assert "s3cr" not in str(caught.value)


def test_read__a_file_that_git_tracks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "connections.yaml").write_text(f"mes: {ADDRESS}\n")
    for command in (["init", "--quiet"], ["add", "connections.yaml"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    with pytest.raises(ScalebridgeError, match=r"git tracks connections\.yaml") as caught:
        read_connection("mes", tmp_path)
    assert "s3cr" not in str(caught.value)
