"""Features of filtration in one pass: depth, sterile and virus filters. Inputs are in SI units.

Inputs: filtered_volume, filter_area, filtration_time, filter_pressure (difference over the filter), product_concentration
of the feed, filter_capacity (Vmax per area from a test at constant pressure), clean_flux (flux at the start, at the
pressure of the process).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

BADMINGTON = "Badmington et al. (1995) Pharm. Technol. 19, 64"
DEFINITION = "definition"

FILTERED = ("filtered_volume", "filter_area")

INPUTS = quantities(
    filtered_volume=("L", "volume through the filter"),
    filter_area=("m2", "area of the filter"),
    filtration_time=("h", "time of the filtration"),
    filter_pressure=("bar", "pressure difference over the filter"),
    product_concentration=("g/L", "product in the feed"),
    filter_capacity=("L/m2", "volume per area at which the filter plugs (Vmax), from a test at constant pressure"),
    clean_flux=("L/(m2*h)", "flux at the start, at the pressure of the process"),
)


def permeability(volume: pl.Expr, area: pl.Expr, time: pl.Expr, pressure: pl.Expr) -> pl.Expr:
    """Mean flux per pressure [m/(s·Pa)]."""
    return similarity.permeability(similarity.filter_flux(volume, area, time), pressure)


def plugging(volume: pl.Expr, area: pl.Expr, capacity: pl.Expr) -> pl.Expr:
    """Throughput over capacity [-]."""
    return similarity.plugging(similarity.filter_throughput(volume, area), capacity)


def flux_left(volume: pl.Expr, area: pl.Expr, capacity: pl.Expr) -> pl.Expr:
    """Flux at the end over the flux of the clean filter [-]."""
    return similarity.flux_left(similarity.filter_throughput(volume, area), capacity)


def area_over_least(
    volume: pl.Expr, area: pl.Expr, capacity: pl.Expr, clean_flux: pl.Expr, filtration_time: pl.Expr
) -> pl.Expr:
    """Area over the area that the volume needs in this time [-]."""
    return area / similarity.least_filter_area(volume, capacity, clean_flux, filtration_time)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "filter_throughput",
        "L/m^2",
        FILTERED,
        similarity.filter_throughput,
        "Volume per area: what the filter was tested for, and where it may break through",
        DEFINITION,
    ),
    Feature(
        "filter_flux",
        "L/(m^2*h)",
        (*FILTERED, "filtration_time"),
        similarity.filter_flux,
        "Mean flux: low flux and pauses affect the retention of small viruses",
        DEFINITION,
    ),
    Feature(
        "filter_product_load",
        "g/m^2",
        ("product_concentration", "filtered_volume", "filter_area"),
        similarity.load_per_area,
        "Mass of product per area: plugging of virus filters",
        DEFINITION,
    ),
    Feature(
        "filter_permeability",
        "L/(m^2*h*bar)",
        (*FILTERED, "filtration_time", "filter_pressure"),
        permeability,
        "Mean flux per pressure: falls while the filter plugs",
        "Darcy (1856)",
    ),
    Feature(
        "filter_plugging",
        "percent",
        (*FILTERED, "filter_capacity"),
        plugging,
        "Share of the capacity that is used, V/Vmax",
        BADMINGTON,
    ),
    Feature(
        "filter_flux_left",
        "percent",
        (*FILTERED, "filter_capacity"),
        flux_left,
        "Flux at the end over the flux of the clean filter, at constant pressure",
        BADMINGTON,
    ),
    Feature(
        "filter_area_over_least",
        "dimensionless",
        (*FILTERED, "filter_capacity", "clean_flux", "filtration_time"),
        area_over_least,
        "Area over the area that the volume needs in this time: the factor of safety",
        BADMINGTON,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
