"""A session with an OPC UA server: how it is opened and closed, and what is said where it cannot be opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.history.live.address import Address
from pipeline.history.live.opcua.library import opcua_library
from pipeline.history.live.opcua.status import reason

OPCUA_SCHEMES, OPCUA_OPTIONS = ("opc.tcp",), ("security", "application_uri")
"""What an address of a server begins with, and its options: `Policy,Mode,certificate,key[,certificate of the server]`, and the URI
in the certificate of the client."""
ANSWER = 30.0
"""Longest time for an answer of the server [s]."""


def server_of(connection: str) -> str:
    """Return how a message names a server. It never holds the address.

    >>> server_of("plant")
    "OPC UA server of connection 'plant'"
    """
    return f"OPC UA server of connection '{connection}'"


@asynccontextmanager
async def session(address: Address, connection: str) -> AsyncIterator[Any]:
    """Open a session with a server, and close it at the end.

    Raises ScalebridgeError if the server cannot be reached or refuses the session. A message never holds the address.
    """
    library = opcua_library()
    # the library asks on its own whether the server is there; a server that computes a large page answers late
    client = library.Client(address.bare, timeout=ANSWER, watchdog_intervall=ANSWER)
    try:
        if address.user is not None:
            client.set_user(address.user)
            client.set_password(address.password or "")
        if (security := address.option("security")) is not None:
            await client.set_security_string(security)
            client.application_uri = address.option("application_uri") or client.application_uri
        await asyncio.wait_for(client.connect(), ANSWER)
    except Exception as error:
        with suppress(Exception):
            client.disconnect_socket()
        raise ScalebridgeError(_refusal(f"The {server_of(connection)}", error, library.ua)) from None
    try:
        yield client
    finally:
        with suppress(Exception):
            await asyncio.wait_for(client.disconnect(), 5)


def _refusal(who: str, error: BaseException, ua: Any) -> str:
    """Return the sentence on a session that could not be opened. who: the server, at the beginning of a sentence."""
    if isinstance(error, ua.UaError):
        return f"{who} refused the session ({reason(error)}); check user, password and certificate of the connection"
    if isinstance(error, TimeoutError):
        return f"{who} did not answer within {ANSWER:g} s"
    if isinstance(error, FileNotFoundError):
        return f"{who}: a certificate or key of its address does not exist: {error.filename}"
    if isinstance(error, OSError):
        return f"{who} cannot be reached ({type(error).__name__}); check that it runs, and the address of the connection"
    return f"{who} cannot be used: {first_line(error)}"
