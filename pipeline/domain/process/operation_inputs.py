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
        tablet_weight=("mg", "mass of a tablet"),
        true_density=("g/mL", "density of the solid without pores"),
        band_height=("mm", "height of the cylindrical part of a convex tablet"),
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

FREEZE_DRYER = OperationQuantities(
    _quantities(
        shelf_temperature=("degC", "temperature of the shelf in primary drying"),
        chamber_pressure=("mTorr", "absolute pressure in the chamber in primary drying"),
        fill_volume=("mL", "volume of liquid in a vial"),
        vial_area=("cm^2", "outer cross-section of a vial"),
        product_area=("cm^2", "inner cross-section of a vial"),
        vial_count=("vial", "vials in the batch"),
        contact_transfer=("W/m^2/K", "heat transfer to the vial at zero pressure, Kc"),
        pressure_slope=("W/m^2/K/Torr", "rise of the heat transfer with pressure, Kp"),
        pressure_curvature=("1/Torr", "curvature of the heat transfer with pressure, Kd"),
        base_resistance=("Torr*cm^2*h/g", "resistance of the cake at zero thickness, R0"),
        resistance_slope=("Torr*cm*h/g", "rise of the resistance with thickness, A1"),
        resistance_curvature=("1/cm", "curvature of the resistance with thickness, A2"),
        duct_diameter=("mm", "diameter of the duct from the chamber to the condenser"),
        vapour_temperature=("degC", "temperature of the vapour before the duct; 20 °C where it is not given"),
    ),
    {},
)

HIGH_SHEAR_GRANULATOR = OperationQuantities(
    _quantities(
        impeller_speed=("rpm", "speed of the impeller, in turns"),
        impeller_diameter=("mm", "diameter of the impeller"),
        blade_height=("mm", "height of a blade, measured upright"),
        blade_count=("", "number of blades"),
        bowl_volume=("L", "volume of the bowl"),
        powder_mass=("kg", "mass of dry powder"),
        bulk_density=("g/mL", "bulk density of the dry powder"),
        liquid_mass=("kg", "mass of granulation liquid"),
        liquid_flow=("mL/min", "volume of granulation liquid per time"),
        surface_speed=("m/s", "speed of the powder surface below the spray"),
        spray_width=("mm", "width of the spray across the motion of the powder"),
        drop_diameter=("um", "diameter of the drops"),
        granulation_power=("W", "mean power of the impeller above that of the empty machine"),
        granulation_time=("min", "time of liquid addition and wet massing"),
        granule_density=("g/mL", "density of the wet granules"),
        granule_strength=("kPa", "yield stress of the wet granules"),
    ),
    {},
)

FLUID_BED = OperationQuantities(
    _quantities(
        spray_rate=("g/min", "mass of spray per time"),
        solids_fraction=("% w/w", "share of solids in the mass of the spray"),
        air_flow=("kg/s", "mass of dry air per time"),
        inlet_temperature=("degC", "temperature of the inlet air"),
        inlet_humidity=("g/kg", "mass of water per mass of dry inlet air"),
        exhaust_humidity=("g/kg", "mass of water per mass of dry exhaust air"),
        bed_diameter=("mm", "diameter of the bed at the plate"),
        dry_mass=("kg", "mass of dry solid in the bed"),
        particle_diameter=("um", "diameter of the particles"),
        particle_density=("g/mL", "density of the particles"),
        air_pressure=("mbar", "absolute pressure of the air; 1 atm where it is not given"),
    ),
    {},
)

DRYER = OperationQuantities(
    _quantities(
        initial_moisture=("g/g", "mass of water per mass of dry solid at the start"),
        final_moisture=("g/g", "mass of water per mass of dry solid at the end"),
        drying_time=("h", "time of drying"),
        dry_mass=("kg", "mass of dry solid"),
        heating_power=("kW", "mean power given to the air or the wall"),
    ),
    {},
)

MILL = OperationQuantities(
    _quantities(
        rotor_speed=("rpm", "speed of the rotor, in turns"),
        rotor_diameter=("mm", "diameter of the rotor"),
        milling_power=("kW", "power above the idle power"),
        mass_flow=("kg/h", "mass of product per time"),
        feed_size=("um", "sieve through which 80 % of the feed pass"),
        product_size=("um", "sieve through which 80 % of the product pass"),
    ),
    {},
)

BLENDER = OperationQuantities(
    _quantities(
        rotation_speed=("rpm", "speed of the blender, in turns"),
        blender_radius=("mm", "distance from the axis to the furthest wall"),
        blender_volume=("L", "volume of the empty blender"),
        blend_mass=("kg", "mass of powder"),
        bulk_density=("g/mL", "bulk density of the powder"),
        blending_time=("min", "time of blending before the lubricant"),
        lubrication_time=("min", "time of blending with the lubricant"),
    ),
    {},
)

ROLLER_COMPACTOR = OperationQuantities(
    _quantities(
        roll_force=("kN", "force between the rolls"),
        roll_width=("mm", "width of the rolls"),
        roll_diameter=("mm", "diameter of the rolls"),
        gap=("mm", "distance between the rolls"),
        roll_speed=("rpm", "speed of the rolls, in turns"),
        throughput=("kg/h", "mass of ribbon per time"),
        true_density=("g/mL", "density of the solid without pores"),
        effective_friction=("angle_deg", "effective angle of internal friction of the powder"),
        wall_friction=("angle_deg", "angle of friction between powder and roll"),
        compressibility=("", "power of the density with which the pressure grows"),
    ),
    {},
)

CRYSTALLISER = OperationQuantities(
    _quantities(
        concentration=("g/L", "concentration of the solute"),
        solubility=("g/L", "solubility at the same temperature and solvent"),
        agitation=("rpm", "speed of the stirrer, in turns"),
        impeller_diameter=("mm", "diameter of the impeller"),
        power_number=("", "power number of the impeller"),
        working_volume=("L", "volume of the suspension"),
        suspension_constant=("", "constant of Zwietering for this impeller and vessel"),
        crystal_size=("um", "size of the crystals"),
        crystal_density=("g/mL", "density of the crystals"),
        liquid_density=("g/mL", "density of the liquid"),
        liquid_viscosity=("mPas", "dynamic viscosity of the liquid"),
        solids_loading=("g/g", "mass of solid per mass of liquid"),
    ),
    {},
)

QUANTITIES: Mapping[str, OperationQuantities] = {
    "bioreactor": BIOREACTOR,
    "tablet_press": TABLET_PRESS,
    "coating": COATING,
    "freeze_dryer": FREEZE_DRYER,
    "high_shear_granulator": HIGH_SHEAR_GRANULATOR,
    "fluid_bed": FLUID_BED,
    "dryer": DRYER,
    "mill": MILL,
    "blender": BLENDER,
    "roller_compactor": ROLLER_COMPACTOR,
    "crystalliser": CRYSTALLISER,
}
"""Kind of operation → what it takes."""
