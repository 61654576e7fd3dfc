"""The address of a server or broker. It may hold a password, so nothing shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.domain.errors import ScalebridgeError

_PORTS = {"mqtt": 1883, "mqtts": 8883, "opc.tcp": 4840}


@dataclass(frozen=True)
class Address:
    """An address in parts."""

    scheme: str
    host: str = field(repr=False)
    port: int = field(repr=False)
    path: str = field(repr=False)
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)
    options: Mapping[str, str] = field(repr=False)

    def option(self, name: str) -> str | None:
        """Return an option, which stands behind a `?` in the address."""
        return self.options.get(name)

    @property
    def bare(self) -> str:
        """The address without user, password and options, for a library that wants it as one text."""
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


def parsed_address(text: str, connection: str, schemes: tuple[str, ...], options: tuple[str, ...]) -> Address:
    """Return the parts of the address of a connection. A message never holds the address.

    Raises ScalebridgeError for another scheme, an option that is not known, or an address without a host.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise ScalebridgeError(
            f"The address of connection '{connection}' cannot be read; check its host and its port"
        ) from None
    if parts.scheme not in schemes:
        wanted = " or ".join(f"{one}://" for one in schemes)
        raise ScalebridgeError(f"The address of connection '{connection}' must begin with {wanted}")
    if not parts.hostname:
        raise ScalebridgeError(f"The address of connection '{connection}' has no host")
    given = dict(parse_qsl(parts.query))
    if wrong := sorted(set(given) - set(options)):
        known = ", ".join(options) or "none"
        raise ScalebridgeError(
            f"The address of connection '{connection}' has the option '{wrong[0]}'; known options: {known}"
        )
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return Address(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path, user, password, given)
