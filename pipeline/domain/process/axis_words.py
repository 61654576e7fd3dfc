"""What a transfer is called, and the place that it leads to, by what it changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.domain.display import noun
from pipeline.domain.process.axes import Axis

Change = Literal["scale", "site", "device", "devices"]
"""What a transfer changes: an axis; `devices` is the number of devices in parallel."""


@dataclass(frozen=True)
class AxisWords:
    """Words of one kind of transfer."""

    one: str
    """Name of one transfer."""
    several: str
    """Name of several transfers."""
    noun: str
    """What changes, in `a change of …`."""
    between: str
    """What is compared, in `between the …`."""
    proposed: str
    """Where the proposed batch is made."""
    settings: str
    """Where and at which settings the proposed batch is made."""


WORDS: Mapping[Change, AxisWords] = {
    "scale": AxisWords(
        "scale-up", "scale-ups", "scale", "scales", "at the proposed scale", "at the proposed scale and settings"
    ),
    "site": AxisWords(
        "transfer to another site",
        "transfers to another site",
        "site",
        "sites",
        "at the proposed site",
        "at the proposed site and settings",
    ),
    "device": AxisWords(
        "transfer to another device",
        "transfers to another device",
        "device",
        "devices",
        "on the proposed device",
        "on the proposed device and at the proposed settings",
    ),
    "devices": AxisWords(
        "transfer to more devices",
        "transfers to more devices",
        "the number of devices",
        "numbers of devices",
        "with the proposed number of devices",
        "with the proposed number of devices and the proposed settings",
    ),
}
"""What changes → its words."""


def transfers_in_words(changes: Collection[Change], count: int) -> str:
    """Return what several past transfers are called.

    >>> transfers_in_words(["scale"], 3), transfers_in_words(["site"], 1), transfers_in_words(["scale", "site"], 2)
    ('scale-ups', 'transfer to another site', 'transfers')
    """
    found = set(changes)
    if len(found) != 1:
        return noun(count, "transfer")
    words = WORDS[found.pop()]
    return words.one if count == 1 else words.several


def axis_of(change: Change) -> Axis:
    """Return the axis of a change.

    >>> axis_of("site"), axis_of("devices")
    ('site', 'device')
    """
    return "device" if change == "devices" else change


def change_of(step: str | None, place: str | None) -> Change:
    """Return what a past transfer changed; step: its axis, None in older files; place: the new site or device.

    >>> change_of(None, None), change_of("site", "Cork"), change_of("device", "D-7"), change_of("device", None)
    ('scale', 'site', 'device', 'devices')
    """
    if step == "site":
        return "site"
    if step == "device":
        return "devices" if place is None else "device"
    return "scale"


def in_place(change: Change, place: str | None) -> str:
    """Return a site or device as it follows a batch; empty where the transfer changes neither.

    >>> in_place("site", "Cork"), in_place("device", "D-7"), in_place("scale", "Cork"), in_place("site", "3")
    (' in Cork', ' on D-7', '', ' at site 3')
    """
    if not place or change not in _PREFIX:
        return ""
    named, numbered = _PREFIX[change]
    return f"{named if any(letter.isalpha() for letter in place) else numbered}{place}"


_PREFIX: Mapping[Change, tuple[str, str]] = {"site": (" in ", " at site "), "device": (" on ", " on device ")}
"""What changes → words before a place with a name, and before one with a number."""
