"""Machines of three sites. Only their geometry and their usual speed act on a batch. One row adds a machine."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl


@dataclass(frozen=True)
class Machine:
    """A machine, and the largest amount that it is used for."""

    name: str
    site: str
    capacity: float
    """Largest amount per batch [kg]. A batch goes to the smallest machine that holds it."""


@dataclass(frozen=True)
class Granulator(Machine):
    """A high-shear granulator."""

    bowl_volume: float
    """[m³]."""
    impeller_diameter: float
    """[m]."""
    blade_height: float
    """Height of a blade, upright [m]."""
    blade_count: float
    spray_width: float
    """Width of the spray of all nozzles, across the motion of the powder [m]."""
    drop_diameter: float
    """[m]."""


@dataclass(frozen=True)
class FluidBed(Machine):
    """A fluid bed dryer."""

    bed_diameter: float
    """Diameter of the bed at the plate [m]."""


@dataclass(frozen=True)
class Mill(Machine):
    """A conical screen mill."""

    rotor_diameter: float
    """[m]."""


@dataclass(frozen=True)
class Blender(Machine):
    """A bin blender."""

    blender_volume: float
    """[m³]."""
    blender_radius: float
    """Distance from the axis to the furthest wall [m]."""
    usual_rotation: float
    """[1/s]."""


@dataclass(frozen=True)
class Press(Machine):
    """A rotary tablet press."""

    pitch_circle: float
    """Pitch circle diameter of the turret [m]."""
    punch_head_flat: float
    """[m]."""
    stations: float
    usual_turret_speed: float
    """[1/s]."""


@dataclass(frozen=True)
class Pan(Machine):
    """A perforated coating pan."""

    pan_diameter: float
    """[m]."""
    pan_volume: float
    """Brim volume [m³]."""
    spray_area: float
    """Area of the bed below all nozzles [m²]."""
    usual_air: float
    """Dry air per time [kg/s]."""
    heat_loss: float
    """Heat lost through walls and ducts per kelvin [W/K]."""


def _granulator(name: str, site: str, capacity: float, litres: float, nozzles: int, drop_um: float) -> Granulator:
    """A granulator of usual proportions: the impeller nearly spans the bowl, and the blades rise to a tenth of it."""
    diameter = round(0.96 * (litres / 1000 / 0.60) ** (1 / 3), 3)
    width = round(nozzles * min(0.30, 0.42 * diameter), 3)
    return Granulator(name, site, capacity, litres / 1000, diameter, round(0.105 * diameter, 4), 3.0, width, drop_um * 1e-6)


GRANULATORS: tuple[Granulator, ...] = (
    _granulator("HS-10", "Leeds", 3, 10, 1, 120),
    _granulator("HS-50", "Leeds", 12, 50, 1, 150),
    _granulator("HS-250", "Leeds", 60, 250, 1, 180),
    _granulator("HS-400", "Leeds", 120, 400, 2, 180),
    _granulator("GR-300", "Ulm", 70, 300, 2, 200),
    _granulator("GR-800", "Ulm", 200, 800, 2, 220),
    _granulator("GR-1200", "Ulm", 330, 1200, 2, 220),
    _granulator("MG-65", "Porto", 15, 65, 1, 150),
    _granulator("MG-400", "Porto", 130, 400, 1, 200),
    _granulator("MG-1000", "Porto", 330, 1000, 3, 220),
)
FLUID_BEDS: tuple[FluidBed, ...] = (
    FluidBed("FB-2", "Leeds", 3, 0.20),
    FluidBed("FB-15", "Leeds", 16, 0.38),
    FluidBed("FB-60", "Leeds", 80, 0.72),
    FluidBed("FB-120", "Leeds", 160, 0.90),
    FluidBed("WS-75", "Ulm", 90, 0.80),
    FluidBed("WS-200", "Ulm", 260, 1.20),
    FluidBed("WS-300", "Ulm", 430, 1.40),
    FluidBed("SL-15", "Porto", 20, 0.42),
    FluidBed("SL-120", "Porto", 170, 0.95),
    FluidBed("SL-300", "Porto", 430, 1.35),
)
MILLS: tuple[Mill, ...] = (
    Mill("CM-5", "Leeds", 14, 0.12),
    Mill("CM-20", "Leeds", 160, 0.25),
    Mill("KM-30", "Ulm", 90, 0.27),
    Mill("KM-60", "Ulm", 430, 0.45),
    Mill("QC-10", "Porto", 20, 0.15),
    Mill("QC-50", "Porto", 430, 0.40),
)
BLENDERS: tuple[Blender, ...] = (
    Blender("BB-8", "Leeds", 2.5, 0.008, 0.18, 25 / 60),
    Blender("BB-30", "Leeds", 12, 0.030, 0.27, 22 / 60),
    Blender("BB-150", "Leeds", 60, 0.150, 0.47, 16 / 60),
    Blender("BB-600", "Leeds", 220, 0.600, 0.76, 12 / 60),
    Blender("CB-160", "Ulm", 60, 0.160, 0.48, 15 / 60),
    Blender("CB-700", "Ulm", 230, 0.700, 0.80, 11 / 60),
    Blender("CB-2000", "Ulm", 650, 2.000, 1.13, 8 / 60),
    Blender("IB-40", "Porto", 13, 0.040, 0.30, 20 / 60),
    Blender("IB-600", "Porto", 220, 0.600, 0.77, 12 / 60),
    Blender("IB-1800", "Porto", 650, 1.800, 1.10, 9 / 60),
)
PRESSES: tuple[Press, ...] = (
    Press("RP-8", "Leeds", 13, 0.16, 9.5e-3, 8, 28 / 60),
    Press("RP-24", "Leeds", 70, 0.29, 9.5e-3, 24, 40 / 60),
    Press("RP-37", "Leeds", 230, 0.35, 9.5e-3, 37, 45 / 60),
    Press("FE-36", "Ulm", 110, 0.34, 9.5e-3, 36, 45 / 60),
    Press("FE-55", "Ulm", 330, 0.41, 9.5e-3, 55, 60 / 60),
    Press("XL-10", "Porto", 14, 0.18, 9.5e-3, 10, 35 / 60),
    Press("XL-45", "Porto", 330, 0.40, 12.7e-3, 45, 50 / 60),
)


def _pan(name: str, site: str, capacity: float, diameter: float, guns: int, air: float) -> Pan:
    """A pan of usual proportions. Its loss of heat grows with its surface."""
    litres = round(1000 * math.pi / 4 * diameter**2 * 0.62 * diameter, 1)
    return Pan(name, site, capacity, diameter, litres / 1000, guns * 0.020 * min(1.0, diameter / 0.6), air, 28 * diameter**2)


PANS: tuple[Pan, ...] = (
    _pan("LC-15", "Leeds", 3, 0.38, 1, 0.032),
    _pan("LC-24", "Leeds", 16, 0.61, 1, 0.13),
    _pan("LC-36", "Leeds", 60, 0.91, 2, 0.45),
    _pan("LC-48", "Leeds", 210, 1.22, 4, 1.10),
    _pan("DC-40", "Ulm", 60, 1.00, 2, 0.50),
    _pan("DC-55", "Ulm", 210, 1.35, 4, 1.20),
    _pan("DC-67", "Ulm", 330, 1.70, 6, 1.70),
    _pan("PC-24", "Porto", 16, 0.61, 2, 0.14),
    _pan("PC-48", "Porto", 160, 1.22, 3, 1.00),
)
MACHINES: dict[str, Sequence[Machine]] = {
    "granulator": GRANULATORS,
    "dryer": FLUID_BEDS,
    "mill": MILLS,
    "blender": BLENDERS,
    "press": PRESSES,
    "pan": PANS,
}
"""Kind of machine → machines."""


def table(kind: str) -> pl.DataFrame:
    """The machines of one kind, one row each. The column with the name is called as the kind."""
    return pl.DataFrame([asdict(machine) for machine in MACHINES[kind]]).rename({"name": kind})


def smallest(kind: str, site: str, amount: float) -> str:
    """Name of the smallest machine of a kind at a site that holds an amount [kg]; the largest of the site if none does."""
    own = sorted((m for m in MACHINES[kind] if m.site == site), key=lambda machine: machine.capacity)
    return next((machine.name for machine in own if machine.capacity >= amount), own[-1].name)
