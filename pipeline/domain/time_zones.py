"""IANA names of time zones, checked."""

from difflib import get_close_matches
from typing import Annotated
from zoneinfo import available_timezones

import polars as pl
from pydantic import AfterValidator

from pipeline.domain.errors import listed


def _known_zone(name: str) -> str:
    """Check a name with the library that converts the times. An offset such as +01:00 is not accepted as a name."""
    try:
        pl.Series([0]).cast(pl.Datetime("us")).dt.replace_time_zone(name)
        known = name[:1].isalpha()
    except pl.exceptions.ComputeError:
        known = False
    if not known:
        near = get_close_matches(name, sorted(available_timezones()), 3) or ["Europe/Zurich", "America/New_York", "UTC"]
        raise ValueError(f"'{name}' is not an IANA name of a time zone; use a name such as {listed(near)}")
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]
