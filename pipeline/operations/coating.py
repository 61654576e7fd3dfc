"""Features of pan coating. Inputs are in SI units.

Inputs: pan_load, bulk_density, pan_volume, spray_rate, spray_mass, solids_fraction, air_flow (dry air, kg/s),
inlet_temperature, exhaust_temperature, core_thickness, coated_thickness, core_diameter, coated_diameter, core_weight,
coated_weight; inlet_humidity (mass of water per mass of dry air) and, if it is known, air_pressure (absolute; 1 atm
otherwise).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation
from pipeline.similarity.mixing import ATMOSPHERE

AM_ENDE = "am Ende, Berchielli (2005) Pharm. Dev. Technol. 10, 47"
PANDEY = "Pandey et al. (2006) AAPS PharmSciTech 7"
PORTER = "Porter, Sackett, Liu (2017) Developing Solid Oral Dosage Forms, 2nd edition, chapter 34"

INPUTS = quantities(
    pan_load=("kg", "mass of the cores"),
    bulk_density=("g/mL", "bulk density of the cores"),
    pan_volume=("L", "brim volume of the pan"),
    spray_rate=("g/min", "mass of spray per time"),
    spray_mass=("kg", "mass of spray"),
    solids_fraction=("% w/w", "share of solids in the mass of the spray"),
    air_flow=("kg/s", "mass of dry air per time"),
    inlet_temperature=("degC", "temperature of the inlet air"),
    exhaust_temperature=("degC", "temperature of the exhaust air"),
    core_thickness=("mm", "thickness of the cores"),
    coated_thickness=("mm", "thickness of the coated tablets"),
    core_diameter=("mm", "diameter of the cores"),
    coated_diameter=("mm", "diameter of the coated tablets"),
    core_weight=("mg", "mass of a core"),
    coated_weight=("mg", "mass of a coated tablet"),
    inlet_humidity=("g/kg", "mass of water per mass of dry air at the inlet"),
    air_pressure=("mbar", "absolute pressure of the air; 1 atm where it is not given"),
)


def evaporative_cooling(spray_rate: pl.Expr, solids_fraction: pl.Expr, air_flow: pl.Expr) -> pl.Expr:
    """Fall of the temperature of the drying air by evaporation alone [K]."""
    return similarity.evaporative_cooling(similarity.drying_load(spray_rate, solids_fraction, air_flow))


def drying_environment(
    spray_rate: pl.Expr,
    solids_fraction: pl.Expr,
    air_flow: pl.Expr,
    inlet_temperature: pl.Expr,
    exhaust_temperature: pl.Expr,
) -> pl.Expr:
    """Heat lost by the air over the heat needed for evaporation [-]."""
    load = similarity.drying_load(spray_rate, solids_fraction, air_flow)
    return similarity.drying_environment_factor(load, inlet_temperature, exhaust_temperature)


def environmental_equivalency(
    spray_rate: pl.Expr,
    solids_fraction: pl.Expr,
    air_flow: pl.Expr,
    inlet_humidity: pl.Expr,
    exhaust_temperature: pl.Expr,
    air_pressure: pl.Expr | float,
) -> pl.Expr:
    """Water that the exhaust air could still take up over the water that it took up [-]."""
    load = similarity.drying_load(spray_rate, solids_fraction, air_flow)
    return similarity.environmental_equivalency(load, inlet_humidity, exhaust_temperature, air_pressure)


def relative_gain(coated_weight: pl.Expr, core_weight: pl.Expr) -> pl.Expr:
    """Weight gain by coating over the weight of the core [-], m_coated/m_core − 1.

    coated_weight and core_weight [kg] of the same number of tablets. Exact as a mean; a loss of moisture counts as less film.
    """
    return coated_weight / core_weight - 1


FEATURES: tuple[Feature, ...] = (
    Feature(
        "pan_fill",
        "dimensionless",
        ("pan_load", "bulk_density", "pan_volume"),
        similarity.pan_fill,
        "Share of the pan volume that is filled: affects mixing and bed depth",
        PANDEY,
    ),
    Feature(
        "spray_rate_per_load",
        "1/h",
        ("spray_rate", "pan_load"),
        similarity.spray_rate_per_load,
        "Spray rate per mass of tablets: wetting of the tablets",
        PANDEY,
    ),
    Feature(
        "drying_load",
        "g/kg",
        ("spray_rate", "solids_fraction", "air_flow"),
        similarity.drying_load,
        "Water sprayed per mass of drying air",
        AM_ENDE,
    ),
    Feature(
        "evaporative_cooling",
        "delta_degC",
        ("spray_rate", "solids_fraction", "air_flow"),
        evaporative_cooling,
        "Fall of the air temperature by evaporation alone",
        AM_ENDE,
    ),
    Feature(
        "drying_environment_factor",
        "dimensionless",
        ("spray_rate", "solids_fraction", "air_flow", "inlet_temperature", "exhaust_temperature"),
        drying_environment,
        "Heat lost by the air over the heat needed for evaporation: above 1, the pan loses heat",
        AM_ENDE,
    ),
    Feature(
        "environmental_equivalency",
        "dimensionless",
        ("spray_rate", "solids_fraction", "air_flow", "inlet_humidity", "exhaust_temperature"),
        environmental_equivalency,
        "Water that the exhaust could still take up over what it took up: low, the bed is wet; high, the spray dries early",
        "derived, after Ebey (1987) Pharm. Technol. 11, 40 and Strong (2009) AAPS PharmSciTech 10, 303",
        {"air_pressure": ATMOSPHERE},
    ),
    Feature(
        "theoretical_weight_gain",
        "percent",
        ("spray_mass", "solids_fraction", "pan_load"),
        similarity.weight_gain,
        "Film mass sprayed per mass of cores",
        PORTER,
    ),
    Feature(
        "weight_gain",
        "percent",
        ("coated_weight", "core_weight"),
        relative_gain,
        "Film mass that stayed on the cores",
        PORTER,
    ),
    Feature(
        "film_thickness",
        "um",
        ("coated_thickness", "core_thickness"),
        similarity.film_thickness,
        "Film on the faces, from the increase of the thickness",
        PORTER,
    ),
    Feature(
        "film_thickness_band",
        "um",
        ("coated_diameter", "core_diameter"),
        similarity.film_thickness,
        "Film on the band, from the increase of the diameter",
        PORTER,
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    examples=(
        QuantityExample(
            "weight_gain",
            {"coated_weight": "412 mg", "core_weight": "400 mg"},
            "3 percent",
            "Open course in pharmaceutics, page on tablet coating, “Same weight gain, thinner film”: 12 mg of film on 400 mg",
            "published",
        ),
    ),
)
