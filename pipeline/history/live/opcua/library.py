"""The library of OPC UA, which is installed on request."""

import logging
from typing import Any

from pipeline.history.live.extra import needs_extra


def opcua_library() -> Any:
    """Return the library of OPC UA.

    Raises ScalebridgeError if it is not installed.
    """
    try:
        import asyncua
        import asyncua.ua.uaerrors
    except ImportError:
        raise needs_extra("Sources by OPC UA") from None
    quiet = logging.getLogger("asyncua")
    quiet.propagate = False  # what goes wrong is said in sentences
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())
    return asyncua
