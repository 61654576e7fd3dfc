"""Who may ask: the names under which the service is reached, foreign pages, and the token."""

import hmac
import ipaddress
import socket
from collections.abc import Mapping
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError
from pipeline.service.refusals import RefusedError
from pipeline.service.settings import ServiceSettings

COOKIE = "scalebridge_session"
SHORTEST = 16
"""Least characters of a token. A shorter one can be guessed."""
LOCAL = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this computer alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def token_for(host: str, file: Path | None, environment: str | None) -> str | None:
    """Return the token of a service that listens at an address: from the file, else from the environment.

    Raises ScalebridgeError if the address is reached from other computers and there is no token, or if the token can be guessed.
    """
    given = environment
    if file is not None:
        if not file.is_file():
            raise ScalebridgeError(f"The token file {file} does not exist; write a long random text into it")
        given = file.read_text(encoding="utf-8", errors="replace")
    token = (given or "").strip()
    if not token and file is None and is_loopback(host):
        return None
    if not token:
        where = f"the token file {file} is empty" if file is not None else "there is no token"
        raise ScalebridgeError(
            f"Other computers reach the address {host}, and {where}: give --token-file with a file that holds a long random text, "
            "or set SCALEBRIDGE_TOKEN"
        )
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise ScalebridgeError(
            f"The token has {len(token)} characters; it needs at least {SHORTEST} printable ASCII characters without blanks, such "
            "as those of `openssl rand -hex 24`"
        )
    return token


class Access:
    """Decides whether a request is let in."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._token = None if settings.token is None else settings.token.encode()
        own = () if settings.host in ("0.0.0.0", "::") else (settings.host,)
        machine = () if self._token is None else (socket.gethostname(),)
        self._names = {name.lower() for name in (*LOCAL, *own, *machine, *settings.names)}

    @property
    def session(self) -> str:
        """The value of the cookie of a browser that brought the token. The token cannot be computed from it."""
        assert self._token is not None
        return hmac.new(self._token, b"session of a browser", sha256).hexdigest()

    def check_place(self, headers: Mapping[str, str]) -> None:
        """Refuse a request for a foreign name, and one that a foreign page makes. headers: with small letters.

        A page elsewhere can let its own name point to this computer, and then ask as if it were from here. It cannot change the
        name in `Host`. Raises RefusedError.
        """
        host = headers.get("host", "")
        if not self._is_own(_name_of(host)):
            raise RefusedError(
                421, "This service does not answer under the name in `Host`; start it with --name for that name"
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host.lower():
            raise RefusedError(403, "This request comes from a page of another origin; only pages of this service may ask")
        foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if foreign and headers.get("sec-fetch-mode") != "navigate":
            raise RefusedError(403, "This request comes from a page of another site; only pages of this service may ask")

    def may_ask(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a request brings the token, or the cookie of a browser that brought it."""
        if self._token is None:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.is_token(given.strip()):
            return True
        return hmac.compare_digest(_cookie(headers.get("cookie", "")).encode(), self.session.encode())

    def is_token(self, given: str) -> bool:
        """Compare a text with the token, in a time that does not depend on where they differ."""
        return self._token is None or hmac.compare_digest(given.encode(), self._token)

    def _is_own(self, name: str) -> bool:
        # An address is no name, so no foreign page can let it point here. Without a token, it must be one of this computer.
        return name in self._names or (self._token is not None and _is_address(name))


def _name_of(host: str) -> str:
    """Return the name in a `Host` header, without its port.

    >>> _name_of("LocalHost:8765"), _name_of("[::1]:8765"), _name_of("plant.example")
    ('localhost', '::1', 'plant.example')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value
