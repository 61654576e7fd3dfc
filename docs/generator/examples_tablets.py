"""Worked examples of the formulas of tablets: compression and coating; and of nucleation."""

from docs.generator.worked_examples import WorkedExample

ZAGAR = "Žagar, Mihelič (2022) Scientific Data 9:99, process data, batch 2 (6.1 mm × 3.4 mm, 64.68 N): "
COOLPROP = "CoolProp 8.0.0, run: "
BY_HAND = "By hand: "

LOOKED_FOR_PRESSES = (
    "Looked for: tech-publish.com, smitmc.com, pharmainform.com, courses. They name no pitch circle, or no number"
)
LOOKED_FOR_PANS = "Looked for: the course in pharmaceutics, calculators, public code. They give no number for it"

EXAMPLES: tuple[WorkedExample, ...] = (
    # compression
    WorkedExample(
        "compression_pressure",
        ("15 kN", "10 mm"),
        "191 MPa",
        1e-3,
        "Open course in pharmaceutics, page “Tablet compression and compaction”: 15 kN on a flat punch of 10 mm",
        "published",
    ),
    WorkedExample(
        "turret_tip_speed", ("60 rpm", "400 mm"), "1.2566 m/s", 1e-4, f"{BY_HAND}π·1·0.4. {LOOKED_FOR_PRESSES}", "derivation"
    ),
    WorkedExample(
        "dwell_time",
        ("12.7 mm", "60 rpm", "400 mm"),
        "10.106 ms",
        1e-4,
        f"{BY_HAND}12.7 mm of a circle of 1,256.64 mm, which takes one second. {LOOKED_FOR_PRESSES}",
        "derivation",
    ),
    WorkedExample(
        "strain_rate",
        ("8 mm", "4 mm", "10 ms"),
        "50 1/s",
        1e-9,
        f"{BY_HAND}half of the height in 10 ms. {LOOKED_FOR_PRESSES}",
        "derivation",
    ),
    WorkedExample(
        "ejection_stress",
        ("100 N", "10 mm", "3 mm"),
        "1.061033 MPa",
        1e-6,
        "fluids 1.3.1, compared live in tests/similarity/test_similarity_libraries.py: force over A_cylinder without its ends",
        "library",
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
    WorkedExample(
        "pan_fill",
        ("120 kg", "800 kg/m3", "200 L"),
        "0.75",
        1e-9,
        f"{BY_HAND}150 L of 200 L. {LOOKED_FOR_PANS}",
        "derivation",
    ),
    WorkedExample(
        "spray_rate_per_load",
        ("120 g/min", "200 kg"),
        "0.036 1/h",
        1e-9,
        f"{BY_HAND}7.2 kg/h on 200 kg. {LOOKED_FOR_PANS}",
        "derivation",
    ),
    WorkedExample(
        "drying_load",
        ("0.0464 kg/s", "0", "2.07 kg/s"),
        "22.4 g/kg",
        1e-3,
        "Coulson and Richardson, volume 2, example 16.3, as computed in FOSSEE/Scilab-TBC-Uploads, 542: 0.0464 kg/s of "
        "water raise the humidity of 2.07 kg/s of dry air from 0.006 to 0.0284",
        "published",
    ),
    WorkedExample(
        "evaporative_cooling",
        ("4 g/kg",),
        "9.55 K",
        2e-3,
        f"{COOLPROP}dry air of 333 K at constant enthalpy takes up 4 g/kg of water that enters at 45 °C. In air with 8 "
        "g/kg it is 9.41 K, 1.5 % less",
        "library",
    ),
    WorkedExample(
        "drying_environment_factor",
        ("4 g/kg", "333 K", "319 K"),
        "1.4725",
        5e-3,
        f"{COOLPROP}1.00717 kJ/(kg·K) of air times 14 K, over 4 g/kg times 2,393.99 kJ/kg (water at 45 °C)",
        "library",
    ),
    WorkedExample(
        "environmental_equivalency",
        ("10 g/kg", "8 g/kg", "318.15 K", "101325 Pa"),
        "4.74161",
        0.01,
        f"{COOLPROP}saturated air at 45 °C holds 65.416 g/kg as a real gas, 0.6 % more than as an ideal one; less 18 "
        "g/kg, over 10 g/kg",
        "library",
    ),
    WorkedExample(
        "weight_gain",
        ("41.7 kg", "0.12", "150 kg"),
        "0.03333",
        2e-3,
        "Open course in pharmaceutics, page on tablet coating, “Planning a coating run”: 5.0 kg of solids in 41.7 kg "
        "of suspension on 150 kg",
        "published",
    ),
    WorkedExample(
        "film_thickness",
        ("3.42 mm", "3.34 mm"),
        "40 um",
        1e-9,
        f"{BY_HAND}half of 80 µm on each face. {LOOKED_FOR_PANS}",
        "derivation",
    ),
    # crystallisation
    WorkedExample(
        "secondary_nucleation_rate",
        ("10000000 1/(m3*s)", "1 W/kg", "100 kg/m3", "0.05", "0.6", "1", "2"),
        "2500000 1/(m3*s)",
        1e-9,
        "CADET-Core, code of its model of crystallisation: k·s^b·M^k, put in by hand as 10⁷·0.05²·100. It has no "
        "dissipation; ε^r is 1 at 1 W/kg",
        "equation",
    ),
)
