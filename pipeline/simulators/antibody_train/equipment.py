"""Equipment of three sites, step by step. One row adds a piece of equipment."""

from dataclasses import asdict, dataclass

import polars as pl

VOLUMES = (0.002, 0.010, 0.2, 2.0, 12.0)
"""Working volumes of the cultures [m³], from bench to commercial scale. A stage of development is an index of this tuple."""


@dataclass(frozen=True)
class Bioreactor:
    """A stirred bioreactor."""

    bioreactor: str
    site: str
    culture_volume: float
    """Volume at harvest [m³]."""
    tank_diameter: float
    """Inner diameter [m]."""
    impeller_diameter: float
    """[m]."""
    impellers: int
    power_number: float
    sparger: float
    """kLa with this sparger over kLa with an open pipe."""
    head_pressure: float
    """Gauge pressure of the headspace [Pa]."""


@dataclass(frozen=True)
class Centrifuge:
    """A disc stack centrifuge. Bench work uses a scaled-down one, which needs some litres of broth."""

    centrifuge: str
    site: str
    culture_volume: float
    """Culture for which it is used [m³]."""
    disc_count: int
    disc_outer_diameter: float
    """[m]."""
    disc_inner_diameter: float
    """[m]."""
    bowl_speed: float
    """Usual speed [1/s]."""
    filter_area: float
    """Depth filter behind it [m²]."""


@dataclass(frozen=True)
class Column:
    """A packed chromatography column."""

    column: str
    site: str
    culture_volume: float
    """Culture for which it is used [m³]."""
    diameter: float
    """Inner diameter [m]."""


@dataclass(frozen=True)
class Skid:
    """A skid for ultrafiltration and diafiltration."""

    skid: str
    site: str
    culture_volume: float
    """Culture for which it is used [m³]."""
    membrane_area: float
    """[m²]."""
    hold_up: float
    """Volume of pipes and cassettes that a drain does not empty [L]."""
    feed_pressure: float
    """Usual pressure at the inlet of the cassettes (gauge) [bar]. Long pipes and stacked cassettes need more."""


HALF_ANGLE = 40 / 360
"""Angle between disc and axis of every disc stack, in turns."""
PARTICLE = {"capture": 85e-6, "polishing": 50e-6}
"""Mean diameter of the beads of each column [m]."""

BENCH = [Bioreactor(f"L-2{letter}", "Lund", 0.002, 0.130, 0.058, 1, 1.5, 1.2, 0.0) for letter in "ABCD"]
BIOREACTORS: tuple[Bioreactor, ...] = (
    *BENCH,
    Bioreactor("L-10A", "Lund", 0.010, 0.220, 0.095, 2, 1.3, 1.2, 0.0),
    Bioreactor("L-10B", "Lund", 0.010, 0.220, 0.095, 2, 1.3, 1.2, 0.0),
    Bioreactor("L-200", "Lund", 0.2, 0.580, 0.250, 2, 1.3, 1.1, 1e4),
    Bioreactor("GS-200", "Galway", 0.2, 0.590, 0.200, 1, 2.1, 1.4, 0.0),
    Bioreactor("GS-2000", "Galway", 2.0, 1.220, 0.440, 1, 2.1, 1.4, 0.0),
    Bioreactor("K-2001", "Kiel", 2.0, 1.180, 0.500, 2, 1.3, 1.1, 2e4),
    Bioreactor("K-12001", "Kiel", 12.0, 2.050, 0.860, 3, 1.1, 1.0, 2e4),
    Bioreactor("K-12002", "Kiel", 12.0, 2.050, 0.860, 3, 1.1, 1.5, 2e4),
    Bioreactor("G-12001", "Galway", 12.0, 2.150, 0.900, 2, 1.5, 1.0, 1e4),
)
CENTRIFUGES: tuple[Centrifuge, ...] = (
    Centrifuge("L-DS1", "Lund", 0.002, 20, 0.060, 0.024, 165.0, 0.035),
    Centrifuge("L-DS2", "Lund", 0.010, 36, 0.080, 0.032, 150.0, 0.16),
    Centrifuge("L-DS3", "Lund", 0.2, 60, 0.150, 0.060, 125.0, 2.4),
    Centrifuge("G-DS2", "Galway", 0.2, 55, 0.160, 0.060, 120.0, 2.2),
    Centrifuge("G-DS3", "Galway", 2.0, 85, 0.260, 0.095, 108.0, 22.0),
    Centrifuge("K-DS1", "Kiel", 2.0, 90, 0.250, 0.095, 112.0, 20.0),
    Centrifuge("K-DS2", "Kiel", 12.0, 125, 0.360, 0.130, 100.0, 110.0),
    Centrifuge("G-DS4", "Galway", 12.0, 120, 0.380, 0.140, 95.0, 120.0),
)
CAPTURE_COLUMNS: tuple[Column, ...] = (
    Column("L-A26", "Lund", 0.002, 0.026),
    Column("L-A50", "Lund", 0.010, 0.050),
    Column("L-A200", "Lund", 0.2, 0.20),
    Column("G-A180", "Galway", 0.2, 0.18),
    Column("G-A600", "Galway", 2.0, 0.60),
    Column("K-A630", "Kiel", 2.0, 0.63),
    Column("K-A1400", "Kiel", 12.0, 1.40),
    Column("G-A1200", "Galway", 12.0, 1.20),
)
POLISHING_COLUMNS: tuple[Column, ...] = (
    Column("L-C26", "Lund", 0.002, 0.026),
    Column("L-C50", "Lund", 0.010, 0.050),
    Column("L-C200", "Lund", 0.2, 0.20),
    Column("G-C200", "Galway", 0.2, 0.20),
    Column("G-C600", "Galway", 2.0, 0.60),
    Column("K-C600", "Kiel", 2.0, 0.60),
    Column("K-C1000", "Kiel", 12.0, 1.00),
    Column("G-C1200", "Galway", 12.0, 1.20),
)
SKIDS: tuple[Skid, ...] = (
    Skid("L-U1", "Lund", 0.002, 0.02, 0.010, 1.0),
    Skid("L-U2", "Lund", 0.010, 0.10, 0.040, 1.1),
    Skid("L-U3", "Lund", 0.2, 1.5, 0.50, 1.4),
    Skid("G-U2", "Galway", 0.2, 1.5, 0.60, 1.5),
    Skid("G-U3", "Galway", 2.0, 14.0, 4.5, 1.9),
    Skid("K-U1", "Kiel", 2.0, 12.0, 4.0, 1.8),
    Skid("K-U2", "Kiel", 12.0, 70.0, 20.0, 2.2),
    Skid("G-U4", "Galway", 12.0, 60.0, 22.0, 2.4),
)


def bioreactors() -> pl.DataFrame:
    """Bioreactors as a table, one row each."""
    return pl.DataFrame([asdict(item) for item in BIOREACTORS])


def centrifuges() -> pl.DataFrame:
    """Centrifuges as a table, one row each."""
    return pl.DataFrame([asdict(item) for item in CENTRIFUGES])


def columns_of(step: str) -> pl.DataFrame:
    """Columns of the step `capture` or `polishing` as a table, one row each."""
    items = CAPTURE_COLUMNS if step == "capture" else POLISHING_COLUMNS
    return pl.DataFrame([asdict(item) for item in items]).rename({"column": f"{step}_column"})


def skids() -> pl.DataFrame:
    """Skids as a table, one row each."""
    return pl.DataFrame([asdict(item) for item in SKIDS])
