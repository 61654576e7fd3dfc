"""Hooks: a command or an address gets the message; whatever goes wrong becomes a sentence."""

import shlex
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.answers.watch.hooks import call_hook, check_hook, hook_name
from pipeline.domain.errors import ScalebridgeError

PYTHON = shlex.quote(sys.executable)


def test_command__gets_the_message_on_its_input_without_a_shell(tmp_path: Path) -> None:
    target = tmp_path / "got $(date) ; x.txt"
    program = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    assert call_hook(f"{PYTHON} -c {shlex.quote(program)} {shlex.quote(str(target))}", '{"batch": "Ä"}') is None
    assert target.read_text(encoding="utf-8") == '{"batch": "Ä"}'


def test_command__that_reads_nothing_is_done() -> None:
    assert call_hook(f"{PYTHON} -c pass", "x" * 1_000_000) is None


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        (f"{PYTHON} -c 'import sys; sys.exit(\"no mail\")'", "ended with exit code 1: no mail"),
        ("no-such-program-here --key secret", "the command no-such-program-here does not exist"),
        ("http://127.0.0.1:9/x?key=secret", "the address 127.0.0.1 did not take the message"),
    ],
)
def test_failure__is_a_sentence_without_what_may_be_secret(hook: str, words: str) -> None:
    said = call_hook(hook, "{}")
    assert said is not None
    assert words in said
    assert "secret" not in said


def test_command__that_does_not_end_is_ended() -> None:
    said = call_hook(f"{PYTHON} -c 'import time; time.sleep(60)'", "{}", limit=0.3)
    assert said is not None
    assert "did not end within 0.3 s and was ended" in said


class _Taker(BaseHTTPRequestHandler):
    got: list[tuple[str, str]]
    code = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.got.append((self.headers["Content-Type"], body))
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[_Taker]]]:
    taker = type("Taker", (_Taker,), {"got": []})
    made = HTTPServer(("127.0.0.1", 0), taker)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/alarm", taker
    made.shutdown()
    thread.join()
    made.server_close()


def test_address__gets_a_post_of_json(server: tuple[str, type[_Taker]]) -> None:
    address, taker = server
    assert call_hook(address, '{"a": 1}') is None
    assert taker.got == [("application/json", '{"a": 1}')]


def test_address__that_answers_an_error_is_a_sentence(server: tuple[str, type[_Taker]]) -> None:
    address, taker = server
    taker.code = 503
    assert call_hook(address, "{}") == "the address 127.0.0.1 did not take the message: it answered 503"


@pytest.mark.parametrize("hook", ["", "  ", "mail 'x", "https:///x", "https://user:word@example.org"])
def test_check_hook__refuses_what_can_never_be_called(hook: str) -> None:
    with pytest.raises(ScalebridgeError, match="--hook"):
        check_hook(hook)


@pytest.mark.parametrize("hook", ["mail -s 'a b' x", "https://example.org/x", "http://plant:8080/"])
def test_check_hook__accepts_commands_and_addresses(hook: str) -> None:
    check_hook(hook)
    assert hook_name(hook).startswith("the ")
