"""The service under load: good requests are answered right, bad ones refused by a sentence, and memory does not grow."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.result.files import as_text
from pipeline.answers.trained_run import TrainedRun, read_trained_run
from pipeline.domain.config_files import parse
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from tests.support.asgi import POT, Reply
from tests.support.serving import Served, served

TOKEN = "correct-horse-battery-staple"
BEARER = {"authorization": f"Bearer {TOKEN}"}
CONCURRENT, ALL = 200, 2000
GROWTH = 1.05
"""Largest resident memory after all requests, divided by that after the first 200."""
ASK = "/answers?depth=numbers"


@dataclass(frozen=True)
class Bad:
    """A request that must be refused: what is sent, and the status and some words of the refusal."""

    body: object = None
    status: int = 422
    words: str = ""
    path: str = ASK
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()


BAD = (
    Bad(b"x" * 1_000_001, 413, "1,000,000 bytes"),
    Bad(b'{"a":' * 50 + b"1" + b"}" * 50, 422, "levels inside each other"),
    Bad(b"[" * 100_000, 422, "levels inside each other"),
    Bad(b"not JSON", 422, "not JSON"),
    Bad(b"\xff\xfe", 422, "not UTF-8"),
    Bad(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", 422, "not valid", headers=(("content-type", "application/yaml"),)),
    Bad(b"{}", 415, "Content-Type", headers=(("content-type", "text/html"),)),
    Bad(POT | {"scale": "100 kg"}, 422, "cannot be converted"),
    Bad(POT | {"product": ""}, 422, "has no `product`"),
    Bad(POT | {"equipment": "Z-9"}, 422, "no batch was made on equipment"),
    Bad(POT | {"settings": {"agitation": "1e99 rpm"}}, 422, "cannot be a value of a plant"),
    Bad(None, 404, "nothing at this address", "/answers/..%2f..%2fetc%2fpasswd", "GET"),
    Bad(None, 404, "was given here", "/answers/0123456789abcdef", "GET"),
    Bad(None, 405, "does not take this method", "/answers", "DELETE"),
    Bad(POT, 401, "needs a token", headers=(("authorization", "Bearer wrong"),)),
    Bad(POT, 421, "--name", headers=(("host", "evil.example"),)),
    Bad(POT, 403, "another origin", headers=(("origin", "https://evil.example"),)),
)


@pytest.mark.long
def test_load__every_good_request_is_answered_and_every_bad_one_refused_and_memory_stays(project: Places) -> None:
    run = read_trained_run(project)
    with served(project.conf.parent, SCALEBRIDGE_TOKEN=TOKEN) as service, ThreadPoolExecutor(CONCURRENT) as clients:
        checks = [_good(service, run, n) if n % 2 else _bad(service, BAD[n // 2 % len(BAD)]) for n in range(CONCURRENT)]
        for done in [clients.submit(check) for check in checks]:
            done.result()
        before = service.memory(BEARER)
        more = [_good(service, run, n) if n % 10 else _bad(service, BAD[n % len(BAD)]) for n in range(CONCURRENT, ALL)]
        with ThreadPoolExecutor(8) as fewer:
            for done in [fewer.submit(check) for check in more]:
                done.result()
        after = service.memory(BEARER)
    print(
        f"resident memory after {CONCURRENT} requests {before / 1e6:.0f} MB, after {ALL} {after / 1e6:.0f} MB: {after / before:.3f}"
    )
    assert after <= GROWTH * before


def _proposal(n: int) -> dict[str, object]:
    """Proposals that all differ, so that no cache hides what they cost."""
    return POT | {"settings": {"agitation": f"{50 + n / 100} rpm", "temperature": "36.85 degC"}}


def _good(service: Served, run: TrainedRun, n: int) -> Callable[[], None]:
    def check() -> None:
        found = service.ask("POST", ASK, _proposal(n), BEARER)
        assert found.status == 200, found.body
        if n < CONCURRENT or n % 50 == 1:
            assert found.body.decode() == _expected(run, n)

    return check


def _expected(run: TrainedRun, n: int) -> str:
    made = parse(Proposal, _proposal(n), "proposal")
    return as_text(answer(make_case(made, run), run, depth="numbers"))


def _bad(service: Served, bad: Bad) -> Callable[[], None]:
    def check() -> None:
        body = bad.body if isinstance(bad.body, bytes | dict) else b""
        headers = {"content-type": "application/json"} | BEARER | dict(bad.headers)
        _check_refusal(bad, service.ask(bad.method, bad.path, body, headers))

    return check


def _check_refusal(bad: Bad, found: Reply) -> None:
    assert found.status == bad.status, (bad.words, found.body)
    assert bad.words in found.error, found.error
    assert not any(sign in found.error for sign in ("Traceback", "/tmp", ".py", "\n"))
    assert found.headers["content-type"] == "application/json"
