"""What happens to every request before and after its route: who may ask, how large it is, and what is counted of it."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.domain.boundary.boundary import ended
from pipeline.domain.boundary.sentences import sentence
from pipeline.domain.places import ERRORS
from pipeline.service.access import Access
from pipeline.service.metrics import Metrics
from pipeline.service.refusals import RefusedError, refused, without_paths
from pipeline.service.settings import ServiceSettings

OPEN = ("/login", "/favicon.ico")
"""Addresses that need no token."""
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    b"cache-control": b"no-store",
}
"""Sent with every response, unless the route sends its own."""


DRAINED = 8
"""A body up to so many times the largest one is read before it is refused."""
SECONDS_TO_DRAIN = 2.0


class Guard:
    """Stands around the application."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings, access: Access, metrics: Metrics) -> None:
        self._app, self._settings, self._access, self._metrics = app, settings, access, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, sent = time.perf_counter(), _Sent(send)
        try:
            refusal = await self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, sent)
            else:
                body = await self._body(scope, receive)
                await self._app(scope, _replayed(body, receive), sent)
        except RefusedError as error:
            await self._end(scope, receive, sent, refused(error.status, error.sentence, _closing(error.status)))
        except Exception as error:
            await self._end(scope, receive, sent, self._mistake(error))
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            self._metrics.request(route, _method(scope), sent.status, time.perf_counter() - began)

    async def _refusal(self, scope: Scope) -> Response | None:
        """Return the refusal of a request that must not be let in."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self._access.check_place(headers)
        if scope["path"] in OPEN or self._access.may_ask(headers):
            return None
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            return RedirectResponse(f"/login?next={quote(scope['path'])}", 303)
        return refused(
            401, "This service needs a token: send it as `Authorization: Bearer …`", {"WWW-Authenticate": "Bearer"}
        )

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body of a request. Raises RefusedError if it is too large, or takes too long to arrive."""
        most, seconds = self._settings.limits.body, self._settings.limits.seconds_to_send
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        try:
            if stated.isdigit() and int(stated) > most:
                await _drained(receive, most, int(stated))
                raise _too_large(most)
            return await asyncio.wait_for(_read(receive, most), seconds)
        except TimeoutError:
            raise RefusedError(408, f"The request did not arrive within {seconds:g} s") from None

    def _mistake(self, error: Exception) -> Response:
        """Return the response to an error that no route expects. Its details go to the log, not to who asked."""
        data = self._settings.places.runs.parent
        print(ended("scalebridge serve", error, data / ERRORS), file=sys.stderr)
        if isinstance(error, OSError | MemoryError):
            return refused(503, without_paths(sentence(error), data), {"Retry-After": "60"})
        return refused(500, "The program made a mistake, and wrote details into its log. Please report this")

    async def _end(self, scope: Scope, receive: Receive, sent: "_Sent", response: Response) -> None:
        if not sent.status:
            await response(scope, receive, sent)


class _Sent:
    """Sends on, adds headers, and notes the status."""

    def __init__(self, send: Send) -> None:
        self._send, self.status = send, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            there = {name.lower() for name, _ in message.get("headers", ())}
            more = [(name, value) for name, value in HEADERS.items() if name not in there]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await self._send(message)


def _replayed(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Return a channel that gives the body, and then what the client does next, such as hanging up."""
    given = False

    async def channel() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return channel


async def _read(receive: Receive, most: int) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "The client hung up before its request was whole")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _too_large(most)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _drained(receive: Receive, most: int, stated: int) -> None:
    """Throw away a body that is a little too large. A client that still sends would lose the refusal otherwise."""
    if stated <= DRAINED * most:
        with contextlib.suppress(RefusedError, TimeoutError):
            await asyncio.wait_for(_read(receive, DRAINED * most), SECONDS_TO_DRAIN)


def _too_large(most: int) -> RefusedError:
    return RefusedError(413, f"The body of the request is larger than {most:,} bytes; a proposal has about 2,000")


def _closing(status: int) -> dict[str, str]:
    """A body that was not read cannot be told from the next request, so the connection ends."""
    return {"Connection": "close"} if status in (408, 413) else {}


def _method(scope: Scope) -> str:
    """Return the method, or `other` for a made-up one: a client must not make new series of numbers."""
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
