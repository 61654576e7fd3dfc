"""Worked examples of the formulas of tablets: compression and coating; and of nucleation."""

from docs.generator.worked_examples import WorkedExample

ZAGAR = "Žagar, Mihelič (2022) Scientific Data 9:99, process data, batch 2 (6.1 mm × 3.4 mm, 64.68 N): "
BY_HAND = "By hand: "

EXAMPLES: tuple[WorkedExample, ...] = (
    # compression
    WorkedExample(
        "compression_pressure", ("10 kN", "10 mm"), "127.32 MPa", 1e-4, f"{BY_HAND}10 kN over 78.540 mm²", "derivation"
    ),
    WorkedExample("turret_tip_speed", ("60 rpm", "400 mm"), "1.2566 m/s", 1e-4, f"{BY_HAND}π·1·0.4", "derivation"),
    WorkedExample(
        "dwell_time",
        ("12.7 mm", "60 rpm", "400 mm"),
        "10.106 ms",
        1e-4,
        f"{BY_HAND}12.7 mm of a circle of 1,256.64 mm, which takes one second",
        "derivation",
    ),
    WorkedExample(
        "strain_rate", ("8 mm", "4 mm", "10 ms"), "50 1/s", 1e-9, f"{BY_HAND}half of the height in 10 ms", "derivation"
    ),
    WorkedExample(
        "ejection_stress", ("100 N", "10 mm", "3 mm"), "1.0610 MPa", 1e-4, f"{BY_HAND}100 N over 94.248 mm²", "derivation"
    ),
    WorkedExample(
        "tensile_strength",
        ("64.68 N", "6.1 mm", "3.4 mm"),
        "1.986376675 MPa",
        6e-4,
        f"{ZAGAR}the authors took π as 3.14, which is 0.05 %",
        "published",
    ),
    # coating
    WorkedExample("pan_fill", ("120 kg", "800 kg/m3", "200 L"), "0.75", 1e-9, f"{BY_HAND}150 L of 200 L", "derivation"),
    WorkedExample(
        "spray_rate_per_load", ("120 g/min", "200 kg"), "0.036 1/h", 1e-9, f"{BY_HAND}7.2 kg/h on 200 kg", "derivation"
    ),
    WorkedExample(
        "drying_load", ("5 g/s", "0.2", "1 kg/s"), "4 g/kg", 1e-9, f"{BY_HAND}4 g/s of water in 1 kg/s of air", "derivation"
    ),
    WorkedExample(
        "evaporative_cooling",
        ("4 g/kg",),
        "9.5427 K",
        1e-4,
        f"{BY_HAND}4 g of water take 9.6 kJ, 1 kg of air gives 1.006 kJ/K",
        "derivation",
    ),
    WorkedExample(
        "drying_environment_factor",
        ("4 g/kg", "333 K", "319 K"),
        "1.4671",
        1e-4,
        f"{BY_HAND}a fall of 14 K over 9.5427 K",
        "derivation",
    ),
    WorkedExample(
        "environmental_equivalency",
        ("10 g/kg", "8 g/kg", "318.15 K", "101325 Pa"),
        "4.741",
        0.01,
        "Saturated air at 45 °C holds 65.41 g/kg as a real gas, 0.5 % more than as an ideal one (tables of moist air, not "
        "opened); less 18 g/kg, over 10 g/kg",
        "derivation",
    ),
    WorkedExample("weight_gain", ("30 kg", "0.2", "200 kg"), "0.03", 1e-9, f"{BY_HAND}6 kg on 200 kg", "derivation"),
    WorkedExample(
        "film_thickness", ("3.42 mm", "3.34 mm"), "40 um", 1e-9, f"{BY_HAND}half of 80 µm on each face", "derivation"
    ),
    # crystallisation
    WorkedExample(
        "secondary_nucleation_rate",
        ("10000000 1/(m3*s)", "0.5 W/kg", "100 kg/m3", "0.05", "0.6", "1", "2"),
        "1649385 1/(m3*s)",
        1e-5,
        f"{BY_HAND}10⁷·0.659754·100·0.0025",
        "derivation",
    ),
)
