"""The axes of a transfer: what changes between the place where a product ran and the place where it will run."""

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


TRANSFER_COLUMNS = ("step", "place")
"""Columns of the tables of past transfers, where axes are declared: the axis, and the new site or device."""


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
