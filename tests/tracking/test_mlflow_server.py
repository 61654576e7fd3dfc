"""A run is logged to a real server of MLflow whose runs lie in PostgreSQL, started as the compose file of the guide says."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from pipeline.commands.mlflow_pages import end, wait_until_it_listens
from pipeline.domain.places import Places
from pipeline.domain.whole_files import write_whole
from pipeline.tracking.mlflow import add_files, find, track
from tests.support.definitions import PlainData
from tests.support.postgres import postgres
from tests.support.served import record_of


@pytest.fixture(scope="module")
def compose(root: Path) -> PlainData:
    found: PlainData = yaml.safe_load((root / "docs/how_to/team/compose.yaml").read_text(encoding="utf-8"))
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(service: PlainData, address: str, port: int) -> Mapping[str, str]:
    """The environment of the service, with the database and the host of this test."""
    told = service["environment"] | {
        "MLFLOW_BACKEND_STORE_URI": address,
        "MLFLOW_SERVER_ALLOWED_HOSTS": f"127.0.0.1:{port}",
    }
    assert set(told) == set(service["environment"])
    return os.environ | told


@pytest.fixture
def server(compose: PlainData, tmp_path: Path) -> Iterator[str]:
    """The address of a server with the command of the compose file."""
    service, port = compose["services"]["mlflow"], _free_port()
    values = {"--host": "127.0.0.1", "--port": str(port), "--artifacts-destination": str(tmp_path / "artifacts")}
    command = [sys.executable, "-m", *service["command"]]
    for option, value in values.items():
        command[command.index(option) + 1] = value
    with postgres(tmp_path / "database") as address, (tmp_path / "server.log").open("wb") as log:
        environment = _environment(service, address.replace("postgresql://", "postgresql+psycopg://"), port)
        running = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until_it_listens(running, f"http://127.0.0.1:{port}/health", (tmp_path / "server.log").read_text)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(running)


@pytest.mark.long
def test_track__to_a_server_with_postgresql_is_found_again_with_its_files(
    project: Places, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    record, folder = record_of(project, tmp_path / "record"), tmp_path / "project"
    folder.mkdir()
    run = track(record, folder)
    assert track(record, folder) == run
    assert find(folder, record.contents()) == run
    write_whole(tmp_path / "answer/result.json", "{}")
    assert add_files(folder, record.experiment, record.run, tmp_path / "answer", "asked/pot") == run
    kept = Path(mlflow.artifacts.download_artifacts(run_id=run, artifact_path="asked/pot", dst_path=str(tmp_path / "back")))
    assert (kept / "result.json").read_text(encoding="utf-8") == "{}"
    assert sorted(path.name for path in folder.iterdir()) in ([], ["mlflow.db.lock"])  # nothing of the run lies here
    assert any((tmp_path / "artifacts").rglob("result.json"))


def test_compose__has_a_database_and_a_server_and_no_password(compose: PlainData, root: Path) -> None:
    services = compose["services"]
    assert set(services) == {"database", "mlflow"}
    pinned = dict(
        line.split("==") for line in (root / "constraints.txt").read_text(encoding="utf-8").split() if "==" in line
    )
    built = services["mlflow"]["build"]["dockerfile_inline"]
    for package in ("mlflow", "psycopg"):
        assert pinned[package] in built
    secrets = [
        services["database"]["environment"]["POSTGRES_PASSWORD"],
        services["mlflow"]["environment"]["MLFLOW_BACKEND_STORE_URI"],
    ]
    assert all("${POSTGRES_PASSWORD:?" in secret for secret in secrets)
    volumes = [volume.split(":")[0] for service in services.values() for volume in service["volumes"]]
    assert set(volumes) == set(compose["volumes"])
    assert all(port.startswith("127.0.0.1:") for port in services["mlflow"]["ports"])
