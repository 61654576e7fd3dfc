"""The verb `ui`: the server of MLflow is watched from its start to its end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands import mlflow_pages
from pipeline.commands.mlflow_pages import answers, check_port, end, wait_until_it_listens
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.tracking import mlflow

CHROMIUM = shutil.which("chromium")
SERVER = (
    "import http.server; http.server.HTTPServer(('127.0.0.1', {port}), http.server.SimpleHTTPRequestHandler).serve_forever()"
)


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def healthy() -> Iterator[str]:
    """Address of a server that says that it is well."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/health"
    server.shutdown()
    thread.join()
    server.server_close()


def test_check_port__a_port_that_is_in_use_is_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ScalebridgeError, match=rf"Port {port} cannot be used .*another program has it.*--port"):
            check_port(port)
    check_port(_free())


def test_answers__only_where_a_server_listens(healthy: str) -> None:
    assert answers(healthy)
    assert not answers(f"http://127.0.0.1:{_free()}/health")


def test_wait_until_it_listens__a_server_that_dies_at_its_start_is_a_sentence() -> None:
    server = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ScalebridgeError, match=r"ended while it was starting, with exit code 3: no such table: runs"):
        wait_until_it_listens(server, f"http://127.0.0.1:{_free()}/health", lambda: "no such table: runs")


def test_wait_until_it_listens__a_server_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlflow_pages, "WAIT", 0.1)
    server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        with pytest.raises(
            ScalebridgeError, match=r"did not answer at http://127.0.0.1:\d+/health within 0.1 s: it said nothing"
        ):
            wait_until_it_listens(server, f"http://127.0.0.1:{_free()}/health", lambda: "it said nothing")
    finally:
        end(server)
    assert server.poll() is not None


def _ui(monkeypatch: pytest.MonkeyPatch, code: str, port: int) -> tuple[int, str, BaseException | None]:
    """Call `ui` with a program in the place of MLflow. Exit code, output, error."""
    monkeypatch.setattr(mlflow, "run_pages", lambda folder, port: [f"pot: http://127.0.0.1:{port}/#/experiments/1"])
    monkeypatch.setattr(mlflow, "server_command", lambda folder, port: [sys.executable, "-c", code.format(port=port)])
    done = CliRunner().invoke(app, ["ui", "--port", str(port)])
    return done.exit_code, done.output, done.exception


def test_ui__a_server_that_dies_says_its_last_line_and_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    code, output, error = _ui(monkeypatch, "import sys; print('first'); sys.exit('the disk is full')", _free())
    assert (code, output) == (1, "")
    assert "ended while it was starting, with exit code 1: the disk is full" in str(error)


def test_ui__prints_the_link_when_the_server_listens_and_ctrl_c_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "health").write_text("OK", encoding="utf-8")
    port = _free()
    listening: list[bool] = []
    said = mlflow_pages.say

    def say(text: str) -> None:
        if text.startswith("pot:"):
            listening.append(answers(f"http://127.0.0.1:{port}/health"))
            said(text)
            raise KeyboardInterrupt
        said(text)

    monkeypatch.setattr(mlflow_pages, "say", say)
    code, output, error = _ui(monkeypatch, SERVER, port)
    assert (code, error) == (0, None)
    assert listening == [True]
    assert output.splitlines() == [
        f"MLflow listens on http://127.0.0.1:{port}. Ctrl-C ends it.",
        f"pot: http://127.0.0.1:{port}/#/experiments/1",
        "MLflow is stopped.",
    ]
    assert not answers(f"http://127.0.0.1:{port}/health")


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
def test_ui__the_link_opens_charts_of_skill_and_the_run_has_a_description(project: Places, tmp_path: Path) -> None:
    """The server of MLflow and a browser. The page never ends to load, so the test waits for texts."""
    from playwright.sync_api import sync_playwright

    environment = {name: text for name, text in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "MLFLOW_DISABLE_TELEMETRY": "true"}
    logging = [sys.executable, "-m", "tests.support.track_once", str(project.metrics.parent), str(tmp_path)]
    subprocess.run(logging, env=environment, check=True, capture_output=True, cwd=Path(__file__).parents[2])
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "ui", "--port", str(_free())]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        assert server.stdout.readline().startswith("MLflow listens on http://127.0.0.1:")
        link = server.stdout.readline().removeprefix("scalebridge-pot: ").strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            view = browser.new_page(viewport={"width": 1700, "height": 1200})
            view.set_default_timeout(60_000)
            view.goto(link)
            for text in ("Skill by attribute and protocol", "Skill: largest scale out", "2 skill largest scale out/titre"):
                view.get_by_text(text).first.wait_for()
            assert view.get_by_text("Observability", exact=True).count() == 0, "these are the pages for language models"
            view.get_by_text("ridge-brief-plan", exact=True).first.click()
            for text in ("A stirred pot", "1 decides/01 attributes accepted", "Training"):
                view.get_by_text(text).first.wait_for()
            browser.close()
    finally:
        server.send_signal(signal.SIGTERM)
        rest, _ = server.communicate(timeout=60)
    assert (rest, server.returncode) == ("MLflow is stopped.\n", 0)
