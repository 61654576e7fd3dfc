"""What a proposal does not state and the answer assumes, each with its origin."""

from collections.abc import Callable, Iterable
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


def by_origin(assumptions: Iterable[Assumption], name: Callable[[str], str]) -> tuple[str, ...]:
    """Return one line per origin, such as `head pressure 0.3 bar: as V-2001 ran in 9 batches`.

    name: attribute → display name.
    """
    found: dict[str, list[str]] = {}
    for one in assumptions:
        seen = f" ({one.seen})" if one.seen else ""
        found.setdefault(one.origin, []).append(f"{name(one.attribute)} {one.value}{seen}")
    return tuple(f"{', '.join(values)}: {origin}" for origin, values in found.items())
