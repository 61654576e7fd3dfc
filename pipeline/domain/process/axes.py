"""The axes of a transfer: what changes between the place where a product ran and the place where it will run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Axis = Literal["scale", "site", "device"]
"""What a transfer changes.

- `scale`: the batch size.
- `site`: the site, at a batch size that the product has run at elsewhere (scale-out).
- `device`: the device (the attribute `equipment`) at the same batch size, or the number of equal devices in parallel where
  the batch size counts devices.
"""
WITHOUT_AXIS: tuple[Axis, ...] = ("scale", "site")
"""Axes along which past transfers are looked for where a process definition states none."""
TRANSFER: Mapping[Axis, str] = {
    "scale": "scale-up",
    "site": "transfer to another site",
    "device": "transfer to another device",
}
"""Axis → what a transfer along it is called."""


@dataclass(frozen=True)
class Axes:
    """The axes along which products of a process are transferred."""

    declared: tuple[Axis, ...] | None = None
    """As the process definition states them; None where it states none."""
    counts_devices: bool = False
    """The batch size is the number of devices in parallel, so a larger one is a transfer along `device`."""

    @property
    def searched(self) -> tuple[Axis, ...]:
        """Axes along which past transfers are looked for."""
        return WITHOUT_AXIS if self.declared is None else self.declared

    @property
    def of_size(self) -> Axis:
        """Axis of a transfer to a larger batch size."""
        return "device" if self.counts_devices else "scale"

    @property
    def new_to_lineage(self) -> bool:
        """Whether a device is new to a product until this product ran on it, and not only until any product did."""
        return "device" in (self.declared or ())


def transfers_in_words(axes: set[Axis], count: int) -> str:
    """Return what several transfers are called.

    >>> transfers_in_words({"scale"}, 3), transfers_in_words({"site"}, 1), transfers_in_words({"scale", "site"}, 2)
    ('scale-ups', 'transfer to another site', 'transfers')
    """
    one = TRANSFER[next(iter(axes))] if len(axes) == 1 else "transfer"
    if count == 1:
        return one
    return one.replace("transfer", "transfers", 1) if one.startswith("transfer") else f"{one}s"
