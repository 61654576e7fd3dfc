"""Worked examples of the formulas of solids: drying, granulation, blending, compaction and crystallisation."""

from docs.generator.worked_examples import WorkedExample

IAPWS = "IAPWS R14-08 (2011), sublimation pressure, check value at 230 K, as in the documentation of chemicals 1.5.2"
ASHRAE = "ASHRAE (2017) Handbook of Fundamentals, chapter 1, "
OPENED_ASHRAE = ", as in the tests of psychrometrics/psychrolib"
PSYCHROLIB = "PsychroLib, tests in SI units, spreadsheet value: "
LYOPRONTO = (
    "LyoPRONTO, reference run of primary drying (LyoHUB/LyoPRONTO, test_data/reference_primary_drying.csv), row at 1.5 h: "
    "shelf at 20 °C, 150 mTorr, 19.02 % dried; "
)
API = "API Standard 520, Part 1, example of critical flow (24,270 kg/h through 3,699 mm² at a discharge of 0.975, Z = 0.9), "
COULSON = "Coulson and Richardson, volume 2, example {}, as computed in FOSSEE/Scilab-TBC-Uploads, 542: "
BOND = "Scilab textbook companion of a text on unit operations, example 29.1 (limestone, work index of its table 29.1): "
FLUIDS = "fluids 1.3.1, compared live in tests/similarity/test_similarity_libraries.py: "
PHARMACEUTICS = "Open course in pharmaceutics, page "
COMPACTION = f"{PHARMACEUTICS}“Tablet compression and compaction”, "
FLAT_FRONT = ("0.15 torr", "4.00304e-4 cal/s/K/cm^2", "3.8 cm^2", "3.14 cm^2", "3.50623 torr*cm^2*h/g", "0.560302 cm")
ROLLS = ("250 mm", "50 mm", "2 mm", "0.1 1/s")
BY_HAND = "By hand: "

LOOKED_FOR_GRANULATION = (
    "Looked for: papers on nucleation and growth of granules, of which the first page could be opened; public code"
)
LOOKED_FOR_DRYING = (
    "Looked for: the companion to Coulson and Richardson, guides to dryers. They give rates per area, or no numbers"
)
LOOKED_FOR_BLENDING = "Looked for: Kushner and Moore in public code and pages. Nothing with numbers could be opened"
LOOKED_FOR_ROLLERS = (
    "Looked for: papers on Johanson's theory (Bindhumadhavan 2005, Yusof 2005, Balicki 2003), of which the first pages "
    "could be opened"
)
LOOKED_FOR_COMPACTS = (
    "Looked for: courses, calculators and papers on tablets. They have flat tablets and the equation of Heckel alone"
)

EXAMPLES: tuple[WorkedExample, ...] = (
    # freeze drying
    WorkedExample("ice_vapour_pressure", ("230 K",), "8.94735 Pa", 5e-4, IAPWS, "published"),
    WorkedExample(
        "ice_vapour_pressure", ("253.15 K",), "103.24 Pa", 5e-4, f"{ASHRAE}table 3 at −20 °C{OPENED_ASHRAE}", "published"
    ),
    WorkedExample(
        "vial_heat_transfer",
        ("2.75e-4 cal/s/K/cm^2", "8.93e-4 cal/s/K/cm^2/torr", "0.46 1/torr", "0.15 torr"),
        "4.00304e-4 cal/s/K/cm^2",
        1e-5,
        f"{LYOPRONTO}heat of the published flux (678 cal/g) over the difference of the published temperatures of shelf "
        "and vial",
        "published",
    ),
    WorkedExample(
        "cake_resistance",
        ("1.4 torr*cm^2*h/g", "16 torr*cm*h/g", "0 1/cm", "0.131639 cm"),
        "3.50623 torr*cm^2*h/g",
        1e-5,
        f"{LYOPRONTO}difference of the pressures at the published front and in the chamber, over the published flux",
        "published",
    ),
    WorkedExample(
        "fill_depth",
        ("2 mL", "3.14 cm^2"),
        "0.6369427 cm",
        1e-6,
        f"{FLUIDS}TANK.h_from_V of an upright tank with flat ends",
        "library",
    ),
    WorkedExample(
        "sublimation_temperature",
        ("293.15 K", *FLAT_FRONT),
        "249.2306 K",
        5e-5,
        f"{LYOPRONTO}published temperature of the front −23.919 °C",
        "published",
    ),
    WorkedExample(
        "sublimation_rate",
        ("249.2306 K", "0.15 torr", "3.14 cm^2", "3.50623 torr*cm^2*h/g"),
        "3.39132e-4 kg/h",
        2e-3,
        f"{LYOPRONTO}published flux 1.08004 kg/(h·m²) on 3.14 cm²; its vapour pressure of ice differs by 0.1 %",
        "published",
    ),
    WorkedExample(
        "vial_bottom_temperature",
        ("249.2306 K", "3.39132e-4 kg/h", "3.14 cm^2", "0.560302 cm"),
        "251.1623 K",
        5e-6,
        f"{LYOPRONTO}published temperature of the bottom −21.988 °C",
        "published",
    ),
    WorkedExample(
        "choked_flow",
        ("3606.57 mm^2", "670 kPa", "348 K", "1.11", "56.6667 g/mol"),
        "24270 kg/h",
        1e-3,
        f"{API}as in the documentation of fluids 1.3.1; the molar mass is 51 g/mol over Z",
        "published",
    ),
    # high-shear granulation
    WorkedExample(
        "relative_swept_volume",
        ("240 rpm", "300 mm", "30 mm", "3", "25 L"),
        "1.017876 1/s",
        1e-6,
        f"{FLUIDS}V_cylinder of the disc that a blade sweeps, times blades and turns, over the bowl",
        "library",
    ),
    WorkedExample(
        "spray_flux",
        ("120 mL/min", "1 m/s", "100 mm", "100 um"),
        "0.3",
        1e-9,
        "Count of drops: 2 mL/s are 3.82 million drops per second; their circles cover 0.03 m²/s of 0.1 m²/s of powder"
        f". {LOOKED_FOR_GRANULATION}",
        "derivation",
    ),
    WorkedExample(
        "wetted_share",
        ("0.693147",),
        "0.5",
        1e-6,
        "scipy 1.17.1, compared live in tests/similarity/test_similarity_libraries.py: 1 less stats.poisson(ln 2).pmf(0)",
        "library",
    ),
    WorkedExample(
        "specific_work",
        ("500 W", "4 min", "6 kg"),
        "20 kJ/kg",
        1e-9,
        f"{BY_HAND}120 kJ into 6 kg. {LOOKED_FOR_GRANULATION}",
        "derivation",
    ),
    WorkedExample(
        "stokes_deformation_number",
        ("1200 kg/m^3", "2 m/s", "24 kPa"),
        "0.1",
        1e-9,
        f"{BY_HAND}kinetic energy 2,400 J/m³ over 24,000 J/m³. {LOOKED_FOR_GRANULATION}",
        "derivation",
    ),
    # moist air
    WorkedExample(
        "saturation_pressure", ("298.15 K",), "3169.7 Pa", 3e-4, f"{ASHRAE}table 3 at 25 °C{OPENED_ASHRAE}", "published"
    ),
    WorkedExample(
        "saturation_pressure", ("323.15 K",), "12351.3 Pa", 3e-4, f"{ASHRAE}table 3 at 50 °C{OPENED_ASHRAE}", "published"
    ),
    WorkedExample(
        "saturation_pressure", ("373.15 K",), "101418 Pa", 3e-4, f"{ASHRAE}table 3 at 100 °C{OPENED_ASHRAE}", "published"
    ),
    WorkedExample(
        "humidity_ratio",
        ("3169.7 Pa", "95461 Pa"),
        "0.0213603998",
        1e-5,
        f"{PSYCHROLIB}saturated air at 25 °C, 500 m above the sea",
        "library",
    ),
    WorkedExample(
        "wet_bulb_temperature",
        ("313.15 K", "0.0065", "101325 Pa"),
        "293.15 K",
        3e-4,
        f"{ASHRAE}example 1: air at 40 °C with a wet bulb of 20 °C has a humidity ratio of 0.0065{OPENED_ASHRAE}",
        "published",
    ),
    WorkedExample(
        "wet_bulb_temperature",
        ("303.15 K", "0.0192281274", "95461 Pa"),
        "298.15 K",
        1e-5,
        f"{PSYCHROLIB}air at 30 °C with a wet bulb of 25 °C",
        "library",
    ),
    WorkedExample(
        "evaporative_capacity",
        ("1 kg/s", "303.15 K", "0.0192281274", "95461 Pa"),
        "2.13227 g/s",
        3e-3,
        f"{PSYCHROLIB}humidity ratio 0.0213604 of saturated air at the wet bulb of 25 °C, less that of the air",
        "library",
    ),
    WorkedExample(
        "air_density",
        ("298.15 K", "101325 Pa"),
        "1.18441 kg/m^3",
        1e-3,
        f"{ASHRAE}table 2: dry air at 25 °C has 0.8443 m³/kg{OPENED_ASHRAE}",
        "published",
    ),
    # fluid bed
    WorkedExample(
        "spray_rate_per_area",
        ("180 g/min", "500 mm"),
        "15.27887 g/s/m^2",
        1e-6,
        f"{FLUIDS}flow per cross-section behind the laminar pressure drop of one_phase_dP",
        "library",
    ),
    WorkedExample(
        "moisture_gain",
        ("0 kg/s", "0", "2.07 kg/s", "0.006", "0.0284", "1 kg"),
        "-0.0464 1/s",
        1e-3,
        f"{COULSON.format('16.3')}2.07 kg/s of dry air take up 0.0464 kg/s of water, from 0.006 to 0.0284; here from 1 "
        "kg of solid",
        "published",
    ),
    WorkedExample(
        "superficial_air_velocity",
        ("0.2 kg/s", "1 kg/m^3", "500 mm"),
        "1.018592 m/s",
        1e-6,
        f"{FLUIDS}velocity behind the laminar pressure drop of one_phase_dP in a pipe of 0.5 m",
        "library",
    ),
    WorkedExample(
        "minimum_fluidisation_velocity",
        ("300 um", "1300 kg/m^3", "1.1 kg/m^3", "1.95e-5 Pa*s"),
        "0.0352876 m/s",
        5e-4,
        "chemics 22.8, run: umf_coeff with the coefficients of Wen and Yu; its g is 9.81 m/s²",
        "library",
    ),
    # drying and milling
    WorkedExample(
        "mean_drying_rate",
        ("0.25", "0.02", "1 h"),
        "0.23 1/h",
        1e-9,
        f"{BY_HAND}230 g of water per kg of dry solid in an hour. {LOOKED_FOR_DRYING}",
        "derivation",
    ),
    WorkedExample(
        "drying_time",
        ("0.30", "0.08", "0.15", "0.05", "1.12876e-4 1/s"),
        "6.654 h",
        1e-4,
        f"{COULSON.format('16.1')}the first drying, 0.25 to 0.10 in 15 ks, gives the rate constant 0.1129 1/ks",
        "published",
    ),
    WorkedExample(
        "energy_per_water",
        ("20 kW", "1 h", "60 kg", "0.25", "0.01"),
        "5 MJ/kg",
        1e-9,
        f"{BY_HAND}72 MJ remove 14.4 kg of water. {LOOKED_FOR_DRYING}",
        "derivation",
    ),
    WorkedExample(
        "bond_energy",
        ("12.74 kWh/t", "2 in", "0.125 in"),
        "1.69559 kWh/t",
        1e-4,
        f"{BOND}100 ton/h from 2 in to 1/8 in with P = 0.3162·W·(…) in mm; 169.6 kW",
        "published",
    ),
    WorkedExample(
        "bond_work_index", ("1.69559 kWh/t", "2 in", "0.125 in"), "12.74 kWh/t", 1e-4, f"{BOND}read backwards", "published"
    ),
    WorkedExample(
        "specific_milling_energy",
        ("169.6 kW", "100 t/h"),
        "1.69559 kWh/t",
        1e-3,
        f"{BOND}169.6 kW for 100 ton/h",
        "published",
    ),
    # blending
    WorkedExample(
        "blender_froude_number",
        ("12 rpm", "600 mm"),
        "0.0966163",
        1e-6,
        f"{FLUIDS}Froude, squared, for the speed ω·R and the length R",
        "library",
    ),
    WorkedExample(
        "blender_fill",
        ("60 kg", "0.5 g/mL", "200 L"),
        "0.6",
        1e-9,
        f"{BY_HAND}120 L of 200 L. {LOOKED_FOR_BLENDING}",
        "derivation",
    ),
    WorkedExample(
        "revolutions",
        ("25 rpm", "4 min"),
        "100",
        1e-9,
        f"{PHARMACEUTICS}“Tablet quality tests”: the 100 turns of the friability test, which novapharmanews.com gives "
        "as 4 min at 25 rpm",
        "published",
    ),
    WorkedExample(
        "lubrication_extent",
        ("125 L", "0.4", "100"),
        "200 dm",
        1e-9,
        f"{BY_HAND}a cube of 125 L has edges of 5 dm; 40 % are empty: 2 dm per turn. {LOOKED_FOR_BLENDING}",
        "derivation",
    ),
    WorkedExample(
        "lubricated_strength",
        ("3 MPa", "0.5", "0.0693147 1/m", "10 m"),
        "2.25 MPa",
        1e-6,
        f"{BY_HAND}half of the strength can be lost, and half of that half is lost after ln 2 over the sensitivity"
        f". {LOOKED_FOR_BLENDING}",
        "derivation",
    ),
    # roller compaction
    WorkedExample(
        "specific_compaction_force",
        ("30 kN", "50 mm"),
        "6 kN/cm",
        1e-9,
        f"{BY_HAND}30 kN on 5 cm. {LOOKED_FOR_ROLLERS}",
        "derivation",
    ),
    WorkedExample(
        "ribbon_throughput",
        (*ROLLS, "1200 kg/m^3"),
        "33.9292 kg/h",
        1e-5,
        f"{BY_HAND}0.0785398 m/s through a gap of 100 mm² at 1,200 kg/m³ are 9.42478 g/s. {LOOKED_FOR_ROLLERS}",
        "derivation",
    ),
    WorkedExample(
        "ribbon_solid_fraction",
        ("33.9292 kg/h", *ROLLS, "1500 kg/m^3"),
        "0.8",
        1e-5,
        f"{BY_HAND}1,200 kg/m³ of 1,500 kg/m³. {LOOKED_FOR_ROLLERS}",
        "derivation",
    ),
    WorkedExample(
        "nip_angle",
        ("40 angle_deg", "17 angle_deg", "6", "2 mm", "200 mm"),
        "8.2388 angle_deg",
        1e-4,
        "Pressure gradient of grip from finite differences of the volume between the rolls, pressure ∝ density^6; "
        "equal to that of "
        "slip at a root of a general root finder"
        f". {LOOKED_FOR_ROLLERS}",
        "derivation",
    ),
    # compacts
    WorkedExample(
        "tablet_solid_fraction",
        ("400 mg", "10 mm", "4 mm", "1.5 g/mL"),
        "0.849",
        5e-4,
        f"{COMPACTION}“From force to Heckel yield pressure”",
        "published",
    ),
    WorkedExample(
        "heckel_solid_fraction",
        ("200 MPa", "99 MPa", "0.35"),
        "0.906",
        1e-3,
        f"{COMPACTION}“Is more pressure worth it?”: a porosity of 9.4 %",
        "published",
    ),
    WorkedExample(
        "kawakita_compression",
        ("30 MPa", "0.6", "10 MPa"),
        "0.45",
        1e-9,
        f"Kawakita plot: P/C = P/a + 1/(a·b) = 50 + 16.667 MPa, and 30 MPa over 66.667 MPa. {LOOKED_FOR_COMPACTS}",
        "derivation",
    ),
    WorkedExample(
        "compact_strength",
        ("0.88", "10 MPa", "8"),
        "3.83 MPa",
        1e-3,
        f"{COMPACTION}problem on a porosity of 12 %",
        "published",
    ),
    WorkedExample(
        "convex_tensile_strength",
        ("100 N", "10 mm", "3 mm", "3 mm"),
        "2.12207 MPa",
        0.12,
        "Fell and Newton for flat faces: without a cup, the fit to convex discs comes within 12 % of 2·F/(π·D·t)"
        f". {LOOKED_FOR_COMPACTS}",
        "derivation",
    ),
    WorkedExample(
        "capsule_shaped_tensile_strength",
        ("150 N", "10 mm", "3 mm", "3 mm"),
        "2.12207 MPa",
        0.12,
        f"Fell and Newton for flat faces, at two thirds of the force. {LOOKED_FOR_COMPACTS}",
        "derivation",
    ),
    # crystallisation
    WorkedExample(
        "supersaturation_ratio",
        ("2.45", "2.04"),
        "1.20",
        2e-3,
        f"{COULSON.format('15.1')}sucrose in kg per kg of water at 293 K",
        "published",
    ),
    WorkedExample(
        "supersaturation_ratio",
        ("0.710145", "0.671053"),
        "1.06",
        2e-3,
        f"{COULSON.format('15.1')}the same in kg per kg of solution",
        "published",
    ),
    WorkedExample(
        "just_suspended_speed",
        ("5.8", "1 mm^2/s", "200 um", "1.5", "0.1", "500 mm"),
        "129.728 rpm",
        3e-4,
        "agitcalc, a public library for agitators, value of its tests: 10 % of particles of 200 µm and 2,500 kg/m³ in "
        "water, 2.162139 1/s",
        "library",
    ),
)
