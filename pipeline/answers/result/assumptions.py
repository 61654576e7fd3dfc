"""What a proposal does not state and the answer assumes, each with its origin."""

from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT

Source = Literal["vessel", "scale", "reference", "products", "hold"]
"""The vessel, the batches at the same scale, the reference batches, all products, or a quantity that is held."""


@dataclass(config=STRICT, frozen=True)
class Assumption:
    """One value that the proposal does not state."""

    attribute: str
    """Attribute or material."""
    value: str
    """With its unit."""
    source: Source
    origin: str
    """Where the value comes from, in words that follow it: `as V-2001 ran in 9 batches`."""
    seen: str = ""
    """Range in the same batches, in words; empty where they agree."""
