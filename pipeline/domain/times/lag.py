"""A lag: the time that a laboratory needs, as a definition declares it."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import quantity


def lag(text: str) -> timedelta:
    """Read a lag such as `14 d`. Raises ValueError if it has no unit of time, or is below zero.

    >>> lag("2 weeks").days
    14
    """
    if len(text.split()) < 2:
        raise ValueError(f"the lag is '{text}'; write a number and its unit, such as '14 d'")
    try:
        seconds = quantity(text, "d")
    except ScalebridgeError as error:
        raise ValueError(f"the lag cannot be read: {error}") from None
    if seconds < 0:
        raise ValueError(f"the lag is '{text}'; it cannot be below zero")
    return timedelta(seconds=seconds)


def _checked(text: str) -> str:
    lag(text)
    return text


Lag = Annotated[str, AfterValidator(_checked)]
"""Text of a lag, such as `14 d` or `36 h`."""
