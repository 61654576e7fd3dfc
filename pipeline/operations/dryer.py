"""Features of a dryer for granules and wet cakes. Inputs are in SI units. Moisture is mass of water per mass of dry solid.

Inputs: initial_moisture, final_moisture, drying_time, dry_mass, heating_power (mean, given to the air or the wall).
"""

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

KUDRA = "Kudra (2004) Drying Technol. 22, 917"

INPUTS = quantities(
    initial_moisture=("g/g", "mass of water per mass of dry solid at the start"),
    final_moisture=("g/g", "mass of water per mass of dry solid at the end"),
    drying_time=("h", "time of drying"),
    dry_mass=("kg", "mass of dry solid"),
    heating_power=("kW", "mean power given to the air or the wall"),
)


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

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
