"""The protocol under which models are accepted, where the limits leave it to the axes of a transfer."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from pipeline.assessment.acceptance_ledger import BY_AXIS, AcceptanceConfig
from pipeline.domain.display import in_words
from pipeline.domain.process.axes import Axes, Axis

OF_THE_PAST = "past_scale_ups"
"""Protocol that re-enacts past transfers along all axes that are searched."""
LARGEST = "largest_scale_out"
"""Protocol that hides the largest batch size, or number of devices, of each line of batches."""


def with_protocol(limits: AcceptanceConfig, axes: Axes, forecast: Collection[str]) -> AcceptanceConfig:
    """Return the limits with the protocol that they mean.

    forecast: protocols under which there are forecasts. They are known before a forecast is scored, so the choice reads no score.
    A protocol that the limits name is kept. Otherwise it is the first that has forecasts: first those that hide batches along the
    axes, in the order of the axes, then the re-enactment of past transfers. If none has forecasts, it is the first of them, and
    nothing is accepted.
    """
    if limits.protocol != BY_AXIS:
        return limits
    wanted = list(_candidates(axes))
    return replace(limits, protocol=next((name for name in wanted if name in forecast), wanted[0]))


def why_protocol(stated: AcceptanceConfig, protocol: str, axes: Axes) -> str:
    """Return why models are accepted under a protocol, as a sentence; empty where the limits name it.

    stated: the limits as the configuration states them. It is also empty for a process without declared axes whose largest scales
    are hidden: every protocol is then about the batch size.
    """
    if stated.protocol != BY_AXIS or (axes.declared is None and protocol == LARGEST):
        return ""
    wanted = list(_candidates(axes))
    if protocol not in wanted:
        return ""
    reached = " and ".join(axes.searched)
    declared = "are looked for" if axes.declared is None else "are declared"
    chosen = f"The protocol follows from what a transfer changes: transfers along {reached} {declared}"
    before = wanted[: wanted.index(protocol)]
    if not before:
        return f"{chosen}, and {in_words(protocol)} is the first protocol that tests one of them."
    names = " and ".join(in_words(name) for name in before)
    return f"{chosen}. There are no forecasts under {names}, so {in_words(protocol)} counts."


def _candidates(axes: Axes) -> Iterator[str]:
    """Yield the protocols that test transfers along the axes, in the order in which they are chosen; some may come twice."""
    for axis in axes.searched:
        yield from _hiding(axis, axes)
    yield OF_THE_PAST


def _hiding(axis: Axis, axes: Axes) -> tuple[str, ...]:
    """Return the protocols that hide batches along an axis."""
    if axis == "device":
        return (LARGEST, "device_out") if axes.counts_devices else ("device_out",)
    return (LARGEST,) if axis == "scale" else ("site_out",)
