"""Table of the vessels of three sites. One row adds a vessel."""

from dataclasses import asdict, dataclass

import polars as pl


@dataclass(frozen=True)
class Vessel:
    """A stirred bioreactor with its geometry and limits."""

    equipment: str
    site: str
    working_volume: float
    """Volume at harvest [m³]."""
    tank_diameter: float
    """Inner diameter of the tank [m]."""
    impeller_diameter: float
    """Diameter of the impeller [m]."""
    impellers: int
    power_number: float
    sparger: str
    sparger_factor: float
    """kLa with this sparger over kLa with an open pipe: small holes make small bubbles."""
    max_agitation: float
    """Largest agitation [1/s]."""
    max_gas_flow: float
    """Largest gas flow [m³/s]."""
    head_pressure: float
    """Usual gauge pressure of the headspace [Pa]."""


def _bench(site: str, names: tuple[str, ...], volume: float, tank: float, impeller: float, rpm: float) -> list[Vessel]:
    """Several equal bench vessels: two pitched-blade impellers, drilled pipe, atmospheric pressure."""
    return [
        Vessel(name, site, volume, tank, impeller, 2, 1.3, "drilled pipe", 1.2, rpm / 60, volume * 0.3 / 60, 0.0)
        for name in names
    ]


VESSELS: tuple[Vessel, ...] = (
    *_bench("Boston", ("MB-01", "MB-02", "MB-03", "MB-04", "MB-05", "MB-06"), 0.25e-3, 0.062, 0.0275, 1500),
    *_bench("Boston", ("GB-11", "GB-12", "GB-13"), 5e-3, 0.165, 0.070, 800),
    Vessel("PB-50", "Boston", 0.05, 0.34, 0.145, 2, 1.3, "drilled pipe", 1.2, 350 / 60, 0.05 * 0.15 / 60, 5e3),
    Vessel("V-500", "Visp", 0.5, 0.74, 0.32, 2, 1.3, "drilled pipe", 1.0, 180 / 60, 0.5 * 0.06 / 60, 2e4),
    Vessel("V-2001", "Visp", 2.0, 1.18, 0.50, 2, 1.3, "drilled pipe", 1.0, 130 / 60, 2.0 * 0.04 / 60, 3e4),
    Vessel("V-2002", "Visp", 2.0, 1.18, 0.50, 2, 1.3, "sintered", 1.6, 130 / 60, 2.0 * 0.04 / 60, 3e4),
    Vessel("SU-500", "Cork", 0.5, 0.78, 0.30, 1, 2.1, "drilled disc", 1.4, 150 / 60, 0.5 * 0.05 / 60, 0.0),
    Vessel("SU-2000", "Cork", 2.0, 1.22, 0.44, 1, 2.1, "drilled disc", 1.4, 115 / 60, 2.0 * 0.03 / 60, 0.0),
    Vessel("V-15001", "Visp", 15.0, 2.22, 0.92, 3, 0.9, "drilled pipe", 1.0, 80 / 60, 15.0 * 0.025 / 60, 4e4),
    Vessel("V-15002", "Visp", 15.0, 2.22, 0.92, 3, 0.9, "sintered", 1.5, 80 / 60, 15.0 * 0.025 / 60, 4e4),
    Vessel("CK-15", "Cork", 15.0, 2.36, 1.02, 2, 1.3, "drilled pipe", 1.0, 75 / 60, 15.0 * 0.02 / 60, 2e4),
)


def table(vessels: tuple[Vessel, ...] = VESSELS) -> pl.DataFrame:
    """Vessels as a table, one row each."""
    return pl.DataFrame([asdict(vessel) for vessel in vessels])
