"""A lag: the time that a laboratory needs, as a definition declares it."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import quantity

LONGEST = timedelta(days=36_525)
"""The longest lag: a century. Dates with a longer one may lie beyond the last date that a computer can write."""


def lag(text: str) -> timedelta:
    """Read a lag such as `14 d`. Raises ValueError if it has no unit of time, is below zero, or is above `LONGEST`.

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
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"the lag is '{text}'; the longest one is {LONGEST.days:,} d")
    return timedelta(seconds=seconds)


def _checked(text: str) -> str:
    lag(text)
    return text


Lag = Annotated[str, AfterValidator(_checked)]
"""Text of a lag, such as `14 d` or `36 h`."""
