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
        cell_diameter=("um", "diameter of a cell or bead"),
        upper_gassed_ratio=("", "power under gas over power without gas of the impellers above the lowest"),
        sparger_hole_count=("", "number of holes of the sparger"),
        sparger_hole_diameter=("mm", "diameter of a hole of the sparger"),
        inlet_oxygen=("%", "share of oxygen in the dry gas at the inlet"),
        inlet_carbon_dioxide=("%", "share of CO₂ in the dry gas at the inlet"),
        outlet_oxygen=("%", "share of oxygen in the dry gas at the outlet"),
        outlet_carbon_dioxide=("%", "share of CO₂ in the dry gas at the outlet"),
        heat_transfer_coefficient=("W/(m2*K)", "heat transfer coefficient of the jacket"),
        jacket_area=("m2", "area of the jacket"),
        coolant_temperature=("degC", "mean temperature of the coolant"),
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

HARVEST = OperationQuantities(
    _quantities(
        feed_flow=("L/h", "flow into the centrifuge"),
        bowl_speed=("rpm", "speed of the bowl, in turns"),
        bowl_diameter=("mm", "inner diameter of the bowl"),
        disc_count=("", "number of discs"),
        disc_outer_diameter=("mm", "outer diameter of the discs"),
        disc_inner_diameter=("mm", "inner diameter of the discs"),
        disc_half_angle=("angle_deg", "angle between a disc and the axis"),
        bowl_length=("mm", "length of a tubular bowl"),
        pool_diameter=("mm", "diameter of the free surface of the liquid in a tubular bowl"),
        particle_diameter=("um", "diameter of the cells or of the debris"),
        particle_density_difference=("kg/m3", "density of the particles less that of the liquid"),
        feed_viscosity=("mPa*s", "dynamic viscosity of the liquid into the centrifuge"),
        harvested_volume=("L", "volume through the depth filter"),
        depth_filter_area=("m2", "area of the depth filter"),
        depth_filtration_time=("h", "time of the depth filtration"),
        cell_density=("cell/mL", "cells per volume of what enters the depth filter"),
    ),
    {},
)

CHROMATOGRAPHY = OperationQuantities(
    _quantities(
        flow=("L/h", "flow through the column while it is loaded"),
        bed_height=("cm", "height of the packed bed"),
        column_diameter=("cm", "inner diameter of the column"),
        loaded_mass=("g", "mass of product in the load"),
        load_volume=("L", "volume of the load"),
        wash_volume=("L", "volume of the wash"),
        elution_volume=("L", "volume of the eluate"),
        particle_diameter=("um", "mean diameter of the beads"),
        porosity=("", "share of the bed between the beads; 0.36 where it is not given"),
        viscosity=("mPa*s", "dynamic viscosity of the liquid; 1 mPa·s where it is not given"),
        diffusivity=("m2/s", "diffusivity of the product in the liquid"),
        retention_volume=("L", "volume at the maximum of the tracer peak"),
        width_at_half_height=("L", "width of the tracer peak at half of its height"),
        leading_width=("L", "width of the tracer peak before its maximum, at 10 % of its height"),
        trailing_width=("L", "width of the tracer peak after its maximum, at 10 % of its height"),
    ),
    {},
)

FILTRATION = OperationQuantities(
    _quantities(
        filtered_volume=("L", "volume through the filter"),
        filter_area=("m2", "area of the filter"),
        filtration_time=("h", "time of the filtration"),
        filter_pressure=("bar", "pressure difference over the filter"),
        product_concentration=("g/L", "product in the feed"),
        filter_capacity=("L/m2", "volume per area at which the filter plugs (Vmax), from a test at constant pressure"),
        clean_flux=("L/(m2*h)", "flux at the start, at the pressure of the process"),
    ),
    {},
)

ULTRAFILTRATION = OperationQuantities(
    _quantities(
        permeate_flow=("L/h", "flow through the membrane"),
        feed_flow=("L/h", "flow along the membrane"),
        membrane_area=("m2", "area of the membrane"),
        protein_mass=("g", "mass of protein"),
        feed_volume=("L", "volume before concentration"),
        retentate_volume=("L", "volume after concentration, in the loop during diafiltration"),
        diafiltration_buffer_volume=("L", "volume of diafiltration buffer"),
        sieving=("", "concentration of a solute in the permeate over that in the loop; 1 where it is not given"),
        fibre_count=("", "number of hollow fibres"),
        fibre_diameter=("mm", "inner diameter of a hollow fibre"),
        channel_count=("", "number of flat channels"),
        channel_width=("mm", "width of a flat channel"),
        channel_height=("mm", "height of a flat channel"),
    )
    | {
        "feed_pressure": Quantity("bar", "pressure at the inlet of the membrane above the atmosphere", gauge=True),
        "retentate_pressure": Quantity("bar", "pressure at the outlet of the retentate above the atmosphere", gauge=True),
        "permeate_pressure": Quantity("bar", "pressure of the permeate above the atmosphere", gauge=True),
    },
    {},
)

SHAKEN_VESSEL = OperationQuantities(
    _quantities(
        shaking_speed=("rpm", "speed of the shaker, in turns"),
        shaking_diameter=("mm", "diameter of the circle on which the shaker moves"),
        vessel_diameter=("mm", "largest inner diameter of the flask"),
        working_volume=("mL", "volume of the liquid"),
        nominal_volume=("mL", "nominal volume of the flask"),
    ),
    {},
)

CELL_EXPANSION = OperationQuantities(
    _quantities(
        seeded_cells=("cell", "viable cells at the start"),
        harvested_cells=("cell", "viable cells at harvest"),
        culture_volume=("mL", "volume of the culture"),
        culture_area=("cm2", "surface on which the cells grow"),
        culture_time=("d", "time from seeding to harvest"),
        perfusion_flow=("mL/d", "fresh medium per time"),
        cell_density=("cell/mL", "viable cells per volume at the time of the perfusion flow"),
        vector_volume=("mL", "volume of vector"),
        vector_titre=("1/mL", "transducing units per volume of vector"),
        exposed_cells=("cell", "viable cells at transduction"),
        transduction_volume=("mL", "volume of cells, medium and vector at transduction"),
        vector_copies=("copies", "copies of the vector in a sample"),
        reference_copies=("copies", "copies of a gene in the same sample that is there once per haploid genome"),
        transduced_share=("%", "share of cells with the vector, as measured"),
        hold_time=("h", "time in which cells are held"),
        transit_time=("h", "time in which cells travel"),
        viability_before=("%", "viability before hold and transit"),
        viability_after=("%", "viability after hold and transit"),
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
    "harvest": HARVEST,
    "chromatography": CHROMATOGRAPHY,
    "filtration": FILTRATION,
    "ultrafiltration": ULTRAFILTRATION,
    "shaken_vessel": SHAKEN_VESSEL,
    "cell_expansion": CELL_EXPANSION,
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
