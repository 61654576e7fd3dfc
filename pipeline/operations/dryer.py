"""Features of a dryer for granules and wet cakes. Inputs are in SI units. Moisture is mass of water per mass of dry solid.

Inputs: initial_moisture, final_moisture, drying_time, dry_mass, heating_power (mean, given to the air or the wall).
"""

from pipeline import similarity
from pipeline.operations.feature import Feature

KUDRA = "Kudra (2004) Drying Technol. 22, 917"

FEATURES: tuple[Feature, ...] = (
    Feature(
        "mean_drying_rate",
        "1/h",
        ("initial_moisture", "final_moisture", "drying_time"),
        similarity.mean_drying_rate,
        "Mean fall of the moisture per time",
        "definition",
    ),
    Feature(
        "energy_per_water",
        "kJ/kg",
        ("heating_power", "drying_time", "dry_mass", "initial_moisture", "final_moisture"),
        similarity.energy_per_water,
        "Energy per mass of water removed",
        KUDRA,
    ),
)
