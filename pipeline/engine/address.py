"""The address of a cluster. It comes from the environment alone, and no message and no file shows it."""

import os

from pipeline.domain.errors import ClusterError

VARIABLE = "SCALEBRIDGE_CLUSTER"
"""Environment variable with the address of the scheduler. Without it, calls run on this machine."""
PROTOCOLS = ("tcp://", "tls://")
"""Beginnings of an address."""


def cluster_address() -> str | None:
    """Return the address of the scheduler; None if calls run on this machine.

    Raises ClusterError if the variable holds something else than an address.
    """
    address = os.environ.get(VARIABLE, "").strip()
    if not address:
        return None
    host, _, port = address.partition("://")[2].rpartition(":")
    if not address.startswith(PROTOCOLS) or not host or not port.isdigit():
        raise ClusterError(
            f"{VARIABLE} holds no address of a Dask scheduler. An address looks like tcp://host:8786 or tls://host:8786. "
            "Correct the variable, or remove it to run on this machine"
        )
    return address
