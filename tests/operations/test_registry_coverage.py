"""The quantities that stay comparable across scales, step by step in our own words, and where the registry has each of them."""

import pytest

from pipeline import similarity
from pipeline.operations import scale_features
from pipeline.operations.registry import unit_operations

WANTED: dict[str, dict[str, dict[str, str]]] = {
    "stirred vessel": {
        "bioreactor": {
            "Reynolds number of the impeller": "reynolds_number",
            "tip speed": "tip_speed",
            "power": "power",
            "power per volume": "power_per_volume",
            "power under gas": "gassed_power_ratio",
            "power under gas, several impellers": "gassed_power_of_all_impellers",
            "superficial gas velocity": "superficial_gas_velocity",
            "gas per volume and minute": "gas_flow_per_volume",
            "kLa, coalescing": "kla_coalescing",
            "kLa, not coalescing": "kla_non_coalescing",
            "oxygen transfer": "oxygen_transfer_capacity",
            "CO₂ stripping": "carbon_dioxide_stripping_rate",
            "blend time": "blend_time",
            "Kolmogorov length": "kolmogorov_length",
            "Froude number": "froude_number",
            "oxygen uptake, gas balance": "oxygen_uptake_rate",
            "CO₂ evolution, gas balance": "carbon_dioxide_evolution_rate",
            "uptake against transfer": "oxygen_demand_share",
            "kLa from the balance": "kla_from_gas_balance",
            "heat of the cells": "metabolic_heat",
            "heat removal": "heat_removal_capacity",
            "heat of the cells against removal": "heat_load",
            "shear by eddies": "smallest_eddy_to_cell_ratio",
            "velocity of the gas that enters": "sparger_gas_velocity",
        }
    },
    "rocking bag": {
        "rocking_bag": {
            "Reynolds number": "rocking_reynolds_number",
            "speed": "rocking_edge_speed",
            "resonance of the wave": "rocking_frequency_ratio",
            "surface per volume": "rocking_surface_per_volume",
        }
    },
    "orbitally shaken flask": {
        "shaken_vessel": {
            "Reynolds number": "shaken_reynolds_number",
            "power per volume": "shaken_power_per_volume",
            "in phase or not": "shaken_phase_number",
            "Froude number": "shaken_froude_number",
            "kLa": "shaken_kla",
        }
    },
    "harvest": {
        "harvest": {
            "settling area, disc stack": "disc_stack_settling_area",
            "settling area, tubular bowl": "tubular_settling_area",
            "flow per settling area": "disc_stack_loading",
            "depth filter, load": "depth_filter_throughput",
            "depth filter, flux": "depth_filter_flux",
        }
    },
    "chromatography": {
        "chromatography": {
            "residence time": "residence_time",
            "load per volume of resin": "resin_load",
            "column volumes": "elution_column_volumes",
            "bed height over diameter": "bed_aspect_ratio",
            "pressure drop": "bed_pressure_drop",
            "Péclet number": "column_peclet_number",
            "reduced plate height": "reduced_plate_height",
        }
    },
    "filtration": {
        "filtration": {
            "flux": "filter_flux",
            "volume per area": "filter_throughput",
            "mass per area": "filter_product_load",
        },
        "ultrafiltration": {
            "flux": "permeate_flux",
            "transmembrane pressure": "transmembrane_pressure",
            "diafiltration volumes": "diafiltration_volumes",
            "shear rate, fibres": "fibre_shear_rate",
            "shear rate, cassettes": "channel_shear_rate",
        },
    },
    "freeze drying": {
        "freeze_dryer": {
            "heat transfer of the vial": "vial_heat_transfer",
            "resistance of the cake": "cake_resistance",
            "fill depth": "fill_depth",
            "sublimation rate": "sublimation_rate",
            "capability of the equipment": "equipment_capability",
        }
    },
    "high-shear granulation": {
        "high_shear_granulator": {
            "Froude number": "granulator_froude_number",
            "tip speed": "granulator_tip_speed",
            "relative swept volume": "relative_swept_volume",
            "work per mass": "granulation_work",
            "spray flux": "spray_flux",
        }
    },
    "fluid bed": {
        "fluid_bed": {
            "spray per area of the bed": "spray_rate_per_bed_area",
            "spray per air": "spray_water_per_air",
            "evaporative capacity": "evaporative_capacity",
            "water balance": "moisture_gain",
            "wet bulb": "wet_bulb_temperature",
        }
    },
    "drying and milling": {
        "dryer": {"energy per water": "energy_per_water"},
        "mill": {"energy per mass": "milling_energy"},
    },
    "blending": {
        "blender": {
            "Froude number": "blender_froude_number",
            "fill": "blender_fill",
            "revolutions": "blending_revolutions",
            "extent of lubrication": "lubrication_extent",
        }
    },
    "roller compaction": {
        "roller_compactor": {
            "force per width": "specific_compaction_force",
            "gap": "gap_to_roll_diameter",
            "solid fraction": "ribbon_solid_fraction",
            "nip angle": "nip_angle",
        }
    },
    "tablet press": {
        "tablet_press": {
            "dwell time": "dwell_time",
            "speed of the turret": "turret_tip_speed",
            "pressure": "compression_pressure",
            "strain rate": "strain_rate",
            "tensile strength": "tensile_strength",
            "compressibility": "expected_solid_fraction",
            "strength against solid fraction": "expected_strength",
        }
    },
    "pan coating": {
        "coating": {
            "load of the pan": "pan_fill",
            "spray per load": "spray_rate_per_load",
            "drying environment": "drying_environment_factor",
            "environmental equivalency": "environmental_equivalency",
        }
    },
    "crystallisation": {
        "crystalliser": {
            "supersaturation": "supersaturation_ratio",
            "power per volume": "crystalliser_power_per_volume",
            "tip speed": "crystalliser_tip_speed",
            "secondary nucleation": "secondary_nucleation_rate",
        }
    },
    "cell therapy": {
        "cell_expansion": {
            "seeding density": "seeding_density",
            "fold expansion": "fold_expansion",
            "population doublings": "population_doublings",
            "perfusion per cell": "perfusion_per_cell",
            "multiplicity of infection": "multiplicity_of_infection",
            "vector copies per cell": "vector_copies_per_cell",
            "volume of vector": "transduction_volume_ratio",
            "hold and transit": "waiting_time",
        }
    },
}
"""Step → operation → quantity in words → feature."""
GENERAL = {
    "logarithm of the ratio to a reference scale": "log10_ratio",
    "area per volume": "area_per_volume",
    "ratios of lengths": "geometry_ratio",
}
"""What every operation can use: in words → formula."""
ROWS = [
    (step, kind, words, feature)
    for step, kinds in WANTED.items()
    for kind, quantities in kinds.items()
    for words, feature in quantities.items()
]


@pytest.mark.parametrize(("step", "kind", "words", "feature"), ROWS)
def test_registry__has_the_quantity(step: str, kind: str, words: str, feature: str) -> None:
    offered = {one.name for one in unit_operations()[kind].features}
    assert feature in offered, f"{step}: {words}"


@pytest.mark.parametrize("words", GENERAL)
def test_registry__has_what_every_operation_uses(words: str) -> None:
    assert GENERAL[words] in similarity.__all__


def test_registry__every_process_has_the_logarithm_of_its_scale() -> None:
    assert [feature.name for feature in scale_features.FEATURES] == ["log10_scale"]
