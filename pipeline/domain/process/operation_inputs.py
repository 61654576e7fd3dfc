"""What each kind of unit operation takes: its inputs and tags, each with a unit that gives the dimension."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.domain.units import Substance, Unit, conversion, gauge_offset, unit


@dataclass(frozen=True)
class Quantity:
    """An input or a tag of a unit operation."""

    unit: str
    """A usual unit. An attribute must have a unit that converts to it."""
    meaning: str
    """What it is, in a few words."""
    gauge: bool = False
    """Whether it is a pressure above the atmosphere. An attribute in `bar` is taken as such, one in `bara` or `psig` converted."""

    def taken(self, written: str, substance: Substance) -> Unit:
        """Return the conversion from the SI form of an attribute to the SI form of this quantity.

        Raises ScalebridgeError if the unit of the attribute cannot be converted.
        """
        return _taken(self, written, substance)


@cache
def _taken(quantity: Quantity, written: str, substance: Substance) -> Unit:
    """Conversion of `Quantity.taken`. It is asked for each formula of each table, and there are few different questions."""
    above = gauge_offset(written) if quantity.gauge else 0.0
    known = conversion(written, f"{quantity.unit}g" if above else quantity.unit, substance)
    return Unit(written, known.factor / unit(written).factor, -above, known.dimension)


@dataclass(frozen=True)
class OperationQuantities:
    """Inputs and tags of one kind of unit operation, by name."""

    inputs: Mapping[str, Quantity]
    tags: Mapping[str, Quantity]


def _quantities(**given: tuple[str, str]) -> dict[str, Quantity]:
    return {name: Quantity(unit, meaning) for name, (unit, meaning) in given.items()}


BIOREACTOR = OperationQuantities(
    _quantities(
        agitation=("rpm", "speed of the stirrer, in turns"),
        impeller_diameter=("mm", "diameter of the impeller"),
        impeller_count=("", "number of impellers"),
        power_number=("", "power number of one impeller"),
        vessel_diameter=("mm", "inner diameter of the tank"),
        working_volume=("L", "volume of the liquid"),
        gas_flow=(
            "L/min",
            "volume of sparged gas per time, stated at 1 atm and 37 °C unless a `reference_state` is declared",
        ),
        dissolved_oxygen=("% sat", "dissolved oxygen as a share of air saturation"),
        temperature=("degC", "temperature of the broth; 37 °C where it is not given"),
    )
    | {
        "head_pressure": Quantity(
            "bar", "pressure of the headspace above the atmosphere; 0 where it is not given", gauge=True
        )
    },
    _quantities(
        temperature=("degC", "temperature of the broth"),
        ph=("pH", "pH of the broth"),
        dissolved_oxygen=("% sat", "dissolved oxygen as a share of air saturation"),
        agitation=("rpm", "speed of the stirrer, in turns"),
        gas_flow=("L/min", "volume of sparged gas per time"),
        co2=("mmHg", "partial pressure of dissolved CO₂"),
        oxygen_share=("%", "share of oxygen in the gas"),
        base=("mmol/L", "base added per initial volume"),
        vcd=("cell/mL", "viable cells per volume"),
        lactate=("mmol/L", "lactate"),
        ammonia=("mmol/L", "ammonia"),
        osmolality=("mOsm/kg", "osmolality"),
    ),
)

TABLET_PRESS = OperationQuantities(
    _quantities(
        main_compression_force=("kN", "main compression force"),
        pre_compression_force=("kN", "pre-compression force"),
        ejection_force=("N", "ejection force"),
        breaking_force=("N", "breaking force of a tablet"),
        tablet_diameter=("mm", "diameter of a tablet"),
        tablet_thickness=("mm", "thickness of a tablet"),
        fill_depth=("mm", "fill depth of the die"),
        cylindrical_height=("mm", "distance of the punches at main compression"),
        tablet_rate=("tablet/h", "tablets per time"),
        tablet_count=("tablet", "tablets in the batch"),
        turret_speed=("rpm", "speed of the turret, in turns"),
        pitch_circle_diameter=("mm", "pitch circle diameter of the turret"),
        punch_head_flat=("mm", "diameter of the flat of the punch head"),
    ),
    _quantities(
        tablet_rate=("tablet/h", "tablets per time"),
        feeder_speed=("rpm", "speed of the feeder, in turns"),
        force_variation=("%", "relative standard deviation of the main force"),
        main_compression_force=("kN", "main compression force"),
        pre_compression_force=("kN", "pre-compression force"),
        fill_depth=("mm", "fill depth of the die"),
        cylindrical_height=("mm", "distance of the punches at main compression"),
        stiffness=("N", "stiffness that the press reports"),
        ejection_force=("N", "ejection force"),
        produced=("tablet", "running count of tablets kept"),
        waste=("tablet", "running count of tablets rejected"),
    ),
)

COATING = OperationQuantities(
    _quantities(
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
    ),
    {},
)

QUANTITIES: Mapping[str, OperationQuantities] = {
    "bioreactor": BIOREACTOR,
    "tablet_press": TABLET_PRESS,
    "coating": COATING,
}
"""Kind of operation → what it takes."""
