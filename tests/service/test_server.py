"""The service as a process: it says where it listens, refuses a bad start by a sentence, and stops cleanly."""

import signal
import socket
import subprocess
from pathlib import Path
from threading import Thread

import pytest

from pipeline.answers.watch.alarm_files import change_alarm, folder_of
from pipeline.domain.places import Places
from tests.answers.watch.test_status import looked
from tests.support.asgi import POT
from tests.support.serving import command, environment, served, wait_until

TOKEN = "correct-horse-battery-staple"


def refusal(folder: Path, *options: str, **more: str) -> str:
    """The only line of a service that does not start."""
    asked = command(*options)
    done = subprocess.run(
        asked, check=False, cwd=folder, capture_output=True, text=True, env=environment(**more), timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.long
def test_serve__a_port_in_use_is_a_sentence(project: Places) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refusal(project.conf.parent, "--port", str(port))
    assert said.startswith(f"scalebridge: Port {port} at 127.0.0.1 cannot be used (Address already in use)")
    assert f"scalebridge serve --port {port + 1}" in said


@pytest.mark.long
def test_serve__another_address_needs_a_token(project: Places) -> None:
    assert "give --token-file" in refusal(project.conf.parent, "--host", "0.0.0.0", "--port", "0")


@pytest.mark.long
def test_serve__an_address_that_is_none_and_a_folder_without_a_run_are_sentences(project: Places, tmp_path: Path) -> None:
    assert "cannot be listened at" in refusal(project.conf.parent, "--host", "no.such.host.invalid", SCALEBRIDGE_TOKEN=TOKEN)
    assert "no run is published" in refusal(tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_serve__stops_cleanly_while_it_computes_and_while_somebody_listens(project: Places, sign: signal.Signals) -> None:
    change_alarm(folder_of(project.watch, "R1"), "pot", "R1", looked)
    with served(project.conf.parent) as service:
        assert service.ask("GET", "/health").status == 200
        listener = socket.create_connection(("127.0.0.1", service.port))
        listener.sendall(b"GET /batches/R1/status/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in listener.recv(1000)
        found: list[int] = []
        question = POT | {"name": sign.name}
        asking = Thread(target=lambda: found.append(service.ask("POST", "/answers?depth=whole", question).status))
        asking.start()
        wait_until(lambda: b'lane="long"} 1' in service.ask("GET", "/metrics").body or found)
        service.process.send_signal(sign)
        assert service.process.wait(timeout=20) == 0
        asking.join()
        listener.close()
    assert found == [200]  # what was being computed is still answered


@pytest.mark.long
def test_serve__on_all_addresses_with_a_token_file_goes_on_after_what_is_no_http(project: Places, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    with served(project.conf.parent, "--host", "0.0.0.0", "--token-file", str(tmp_path / "token")) as service:
        assert service.ask("GET", "/health").status == 401
        for sent in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: " + b"a" * 100_000, b"\x16\x03\x01\x00", b""):
            with socket.create_connection(("127.0.0.1", service.port)) as client:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                client.settimeout(10)
                client.recv(1000)
        assert service.ask("GET", "/health", headers={"authorization": f"Bearer {TOKEN}"}).status == 200
