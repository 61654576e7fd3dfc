"""The centres, their banks of devices and their instruments, and how each centre works.

A centre is a place where the whole process runs, from the receipt of starting material to the frozen infusion bag. Its suite is
shared with other therapies: the devices in parallel are all devices that run in the suite, not only those of this history.
"""

from dataclasses import dataclass
from typing import Literal

Model = Literal["mixing chamber", "rocking bag", "static membrane"]
Wash = Literal["spinning membrane", "counterflow centrifuge", "bowl centrifuge"]


@dataclass(frozen=True)
class DeviceModel:
    """A model of closed culture device."""

    culture_volume: float
    """Volume of medium in the culture [mL]."""
    oxygen_transfer: float
    """Largest rate of oxygen transfer [mmol/(L·h)]: kLa times solubility, or flow through a membrane."""


MODELS: dict[Model, DeviceModel] = {
    "mixing chamber": DeviceModel(240.0, 2.2),
    "rocking bag": DeviceModel(600.0, 1.3),
    "static membrane": DeviceModel(420.0, 0.62),
}
"""Rocking bags have kLa of some 5 to 10 per hour; times 0.2 mmol/L of oxygen this is 1 to 2 mmol/(L·h)."""


@dataclass(frozen=True)
class WashInstrument:
    """An instrument that washes and concentrates the harvest."""

    recovery: float
    """Share of the viable cells that it keeps at low load [-]."""
    capacity: float
    """Load at which a larger pellet or a fouled membrane begins to cost cells [1e6 cells]."""


INSTRUMENTS: dict[Wash, WashInstrument] = {
    "spinning membrane": WashInstrument(0.91, 7_000.0),
    "counterflow centrifuge": WashInstrument(0.88, 9_000.0),
    "bowl centrifuge": WashInstrument(0.82, 4_500.0),
}
"""A vendor reports 68 to 88 % for 4·10⁹ cells and more on a bowl centrifuge (Cytiva, CultureWash C-Pro)."""


@dataclass(frozen=True)
class Site:
    """One centre."""

    name: str
    code: str
    """Prefix of its batch numbers."""
    begins: float
    """First patient lot, as a share of the history."""
    transit: float
    """Median time from the collection to the centre [h]."""
    container: float
    """Temperature in the transport container [°C]."""
    frozen: bool
    """Whether the starting material comes cryopreserved."""
    selection_yield: float
    """Share of the viable T cells that its selection keeps at low load [-]."""
    activation_delay: float
    """Median time from selection to activation [h]."""
    wash: Wash
    banks: tuple[Model, ...]
    """Model of each bank of devices. The devices of a bank share a room."""
    most_devices: int
    """Devices in parallel at the end of the history."""
    operators: float
    """Devices that one team can serve without delay."""
    room: float
    """Loss of growth rate when 50 devices share the suite, relative to one device [-]: doors, temperature, late feeding."""
    cooling: float
    """Cooling rate of the infusion bag [K/min]."""


SITES: tuple[Site, ...] = (
    Site(
        "Ghent",
        "GH",
        0.00,
        2.5,
        20.0,
        False,
        0.70,
        2.0,
        "spinning membrane",
        ("mixing chamber", "rocking bag"),
        4,
        4,
        0.12,
        1.0,
    ),
    Site(
        "Basel",
        "BS",
        0.14,
        9.0,
        6.0,
        False,
        0.66,
        3.0,
        "spinning membrane",
        ("mixing chamber", "mixing chamber"),
        24,
        9,
        0.16,
        1.0,
    ),
    Site(
        "Lyon",
        "LY",
        0.26,
        6.0,
        20.0,
        False,
        0.63,
        5.0,
        "bowl centrifuge",
        ("rocking bag", "static membrane"),
        16,
        6,
        0.22,
        1.25,
    ),
    Site(
        "Toronto",
        "TO",
        0.38,
        34.0,
        5.0,
        True,
        0.60,
        4.0,
        "counterflow centrifuge",
        ("mixing chamber", "rocking bag"),
        50,
        14,
        0.18,
        1.0,
    ),
    Site(
        "Osaka",
        "OS",
        0.50,
        20.0,
        5.0,
        False,
        0.68,
        2.5,
        "counterflow centrifuge",
        ("static membrane", "mixing chamber"),
        32,
        12,
        0.13,
        0.9,
    ),
    Site(
        "Seville",
        "SE",
        0.62,
        13.0,
        18.0,
        False,
        0.62,
        7.0,
        "bowl centrifuge",
        ("rocking bag", "mixing chamber"),
        12,
        5,
        0.20,
        1.2,
    ),
)
"""The centre of development first, then in the order in which they begin. Each is invented."""
LADDER = (1, 2, 4, 8, 12, 16, 24, 32, 50)
"""Numbers of devices in parallel through which a centre grows."""


def bank_name(site: Site, bank: int) -> str:
    """Name of a bank of devices, such as `BS-2`."""
    return f"{site.code}-{bank + 1}"
