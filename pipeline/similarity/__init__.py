"""Quantities that stay comparable across scales: one pure function per quantity, polars expressions in and out.

All quantities are in SI base units; rotational speeds are turns per second [1/s], never rad/s. There is one module per
phenomenon: `mixing`, `compression`, `coating`, `scale`. No quantity is the right one for every process: if one is held
constant while the scale changes, the others change.
"""

from pipeline.similarity.coating import (
    drying_environment_factor,
    drying_load,
    evaporative_cooling,
    film_thickness,
    pan_fill,
    spray_rate_per_load,
    weight_gain,
)
from pipeline.similarity.compression import (
    compression_pressure,
    dwell_time,
    ejection_stress,
    strain_rate,
    tensile_strength,
    turret_tip_speed,
)
from pipeline.similarity.mixing import (
    blend_time,
    blend_time_of_several_impellers,
    carbon_dioxide_stripping,
    froude_number,
    gas_flow_at_vessel,
    gas_flow_per_volume,
    gas_saturation,
    gassed_power_ratio,
    half_depth_pressure,
    kla_coalescing,
    kla_non_coalescing,
    kolmogorov_length,
    oxygen_transfer_rate,
    power,
    power_per_volume,
    reynolds_number,
    superficial_gas_velocity,
    tip_speed,
)
from pipeline.similarity.scale import area_per_volume, geometry_ratio, liquid_height, log10_ratio, wall_area_per_volume

__all__ = [
    "area_per_volume",
    "blend_time",
    "blend_time_of_several_impellers",
    "carbon_dioxide_stripping",
    "compression_pressure",
    "drying_environment_factor",
    "drying_load",
    "dwell_time",
    "ejection_stress",
    "evaporative_cooling",
    "film_thickness",
    "froude_number",
    "gas_flow_at_vessel",
    "gas_flow_per_volume",
    "gas_saturation",
    "gassed_power_ratio",
    "geometry_ratio",
    "half_depth_pressure",
    "kla_coalescing",
    "kla_non_coalescing",
    "kolmogorov_length",
    "liquid_height",
    "log10_ratio",
    "oxygen_transfer_rate",
    "pan_fill",
    "power",
    "power_per_volume",
    "reynolds_number",
    "spray_rate_per_load",
    "strain_rate",
    "superficial_gas_velocity",
    "tensile_strength",
    "tip_speed",
    "turret_tip_speed",
    "wall_area_per_volume",
    "weight_gain",
]
