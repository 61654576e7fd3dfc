"""Which run answers, and what the service counts."""

import json
from pathlib import Path

from pipeline.domain.places import Places
from pipeline.service.app import create_app
from pipeline.service.routes.health import Health
from pipeline.service.settings import ServiceSettings
from tests.support.asgi import POT, app_of, ask
from tests.support.trained_pot import HASHES


def test_health__names_the_run(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "GET", "/health").data
    assert found == {"status": "ok", "run": HASHES.run, "process": "pot"}
    assert Health(**found).status == "ok"


def test_health__without_a_run_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(ServiceSettings(Places.under(tmp_path / "data")))
    for method, path, body in (("GET", "/health", b""), ("POST", "/answers", POT), ("GET", "/batches", b"")):
        found = ask(app, method, path, body)  # type: ignore[arg-type]
        assert found.status == 503
        assert "no run is published" in found.error
        assert str(tmp_path) not in found.error
    assert 'scalebridge_run_info{run="",process=""} 1' in ask(app, "GET", "/metrics").body.decode()


def test_metrics__count_requests_by_route_and_status(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    for _ in range(2):
        ask(app, "GET", "/answers/0123456789abcdef")
    ask(app, "GET", "/nowhere/at/all")
    ask(app, "BREW", "/health")
    lines = ask(app, "GET", "/metrics").body.decode().splitlines()
    assert 'scalebridge_requests_total{route="/answers/{answer_id}",method="GET",status="404"} 2' in lines
    assert 'scalebridge_requests_total{route="other",method="GET",status="404"} 1' in lines
    assert any('method="other",status="405"' in line for line in lines)
    memory = next(line for line in lines if line.startswith("process_resident_memory_bytes "))
    assert json.loads(memory.split()[1]) > 10_000_000
