"""Worked examples of the formulas of vessels: stirred, rocking and shaken, and of scale and geometry."""

from docs.generator.worked_examples import WorkedExample

HYDROFOIL = (
    "github.com/maruedt/compile_exercise, mixing of a fermenter with a hydrofoil (T = H = 1.2 m, D 0.42 m, 1.5 1/s): "
)
GATE = "GATE 2016, biotechnology, question 20: "
BIOSTEAM = "BioSTEAM, module of aeration: coefficients {} of van 't Riet, evaluated by hand"
ESTIMATOR = "bioprocesstools.com/otr-kla-estimator: coefficients 0.002, 0.7, 0.2, evaluated by hand"
HARRIOTT = "Harriott (2003) Chemical Reactor Design, example 7.6, as computed in FOSSEE/Scilab-TBC-Uploads, 1040/CH7: "
SCALE_LESSON = (
    "Open course in bioengineering, lesson “Mixing and scale-up: power, tip speed and what cannot be kept constant”: "
)
FLUIDS = "fluids 1.3.1, compared live in tests/similarity/test_similarity_libraries.py: "
AGITCALC = "agitcalc, a public library for agitators, value of its tests: "
BLUESHIELD = "blueshield.engineering, a public library for water treatment, value of its tests: "
BY_HAND = "By hand: "
FLASK = "water in a flask of 250 mL, "

LOOKED_FOR_GASSED = (
    "Looked for: Hughmark's correlation in public code and in companions to textbooks. They use other correlations"
)
LOOKED_FOR_AERATION = "Looked for: calculators of scale-up and public code. They print no number for it"
LOOKED_FOR_BLENDING = "Looked for: fluids, agitcalc and courses. They have one impeller alone"
LOOKED_FOR_FLASKS = "Looked for: part II of the paper of Büchs (2000), of which the first page could be opened; public code"
LOOKED_FOR_BAGS = "Looked for: public code and pages on rocking bags. Nothing with numbers could be opened"
LOOKED_FOR_RATIOS = "Looked for: fluids. It has areas and volumes, not their ratio"

EXAMPLES: tuple[WorkedExample, ...] = (
    # stirred vessels
    WorkedExample(
        "reynolds_number",
        ("1.5 1/s", "0.42 m", "1000 kg/m3", "0.01 Pa*s"),
        "26500",
        2e-3,
        f"{HYDROFOIL}2.65·10⁴",
        "published",
    ),
    WorkedExample(
        "reynolds_number",
        ("200 rpm", "6 cm", "1000 kg/m3", "0.0007 Pa*s"),
        "17143",
        1e-4,
        f"{SCALE_LESSON}the vessel of 2 L",
        "published",
    ),
    WorkedExample(
        "tip_speed",
        ("62 rpm", "1 m"),
        "3.2463125 m/s",
        1e-6,
        f"{AGITCALC}the largest tip speed on the sheet of a vendor",
        "library",
    ),
    WorkedExample(
        "tip_speed",
        ("240 rpm", "5 cm"),
        "0.63 m/s",
        3e-3,
        f"{SCALE_LESSON}worked example, vessel of 1 L",
        "published",
    ),
    WorkedExample(
        "power", ("5", "300 rpm", "1 m", "1000 kg/m3"), "625 kW", 1e-9, f"{GATE}a turbine of power number 5", "published"
    ),
    WorkedExample(
        "power_per_volume",
        ("0.0432 W", "2 L"),
        "21.6 W/m3",
        1e-9,
        f"{SCALE_LESSON}the vessel of 2 L",
        "published",
    ),
    WorkedExample(
        "gassed_power_ratio",
        ("100 rpm", "1 m", "0.2 m", "10 m3/min", "10 m3"),
        "0.4010",
        3e-4,
        f"{BY_HAND}Q/(N·V) = 0.01, N²·D⁴/(g·W·V^⅔) = 0.3051; 0.1·0.01^−¼·0.3051^−⅕ = 0.1·3.1623·1.2680. {LOOKED_FOR_GASSED}",
        "derivation",
    ),
    WorkedExample(
        "half_depth_pressure",
        ("4 m", "0.5 bar", "1000 kg/m3"),
        "170938.3 Pa",
        1e-9,
        f"{FLUIDS}P_from_head(2 m) = 19,613.3 Pa, on 1 atm and 0.5 bar",
        "library",
    ),
    WorkedExample(
        "half_depth_pressure",
        ("12 m", "0 bar", "1000 kg/m3"),
        "160347 Pa",
        2e-3,
        f"{HARRIOTT}6 m below the surface at 1 atm for 10.3 m of water, 1.5825 atm",
        "published",
    ),
    WorkedExample(
        "gas_flow_at_vessel",
        ("1 m3/h", "101325 Pa", "273.15 K", "170938.3 Pa", "310.15 K"),
        "0.67305075 m3/h",
        1e-7,
        "chemicals 1.5.2, run: molar volume ideal_gas(310.15 K, 170,938.3 Pa) over ideal_gas(273.15 K, 101,325 Pa)",
        "library",
    ),
    WorkedExample(
        "superficial_gas_velocity",
        ("60 L/min", "0.5 m"),
        "5.0930 mm/s",
        1e-4,
        f"{FLUIDS}velocity behind the laminar pressure drop of one_phase_dP in a pipe of 0.5 m",
        "library",
    ),
    WorkedExample(
        "gas_flow_per_volume",
        ("500 L/min", "1 m3"),
        "0.5 1/min",
        1e-9,
        f"{BY_HAND}500 L/min over 1,000 L. {LOOKED_FOR_AERATION}",
        "derivation",
    ),
    WorkedExample(
        "kla_coalescing",
        ("1 kW/m3", "10 mm/s"),
        "0.041207 1/s",
        1e-4,
        BIOSTEAM.format("0.026, 0.4, 0.5"),
        "library",
    ),
    WorkedExample("kla_non_coalescing", ("1 kW/m3", "10 mm/s"), "0.10024 1/s", 1e-4, ESTIMATOR, "equation"),
    WorkedExample(
        "gas_saturation",
        ("3.4242e-7 kg/(m3*Pa)", "0.2095", "101325 Pa", "6280 Pa"),
        "6.727 mg/L",
        0.02,
        "Equation of APHA (1985) for fresh water under moist air at 1 atm, as printed in the documentation of SWAT+, "
        "at 37 °C; the "
        "solubility put in is that of Sander (2015) at 37 °C, 1.07·10⁻⁵ mol/(m³·Pa)",
        "equation",
    ),
    WorkedExample(
        "gas_saturation",
        ("3.3741e-7 kg/(m3*Pa)", "0.086", "160347 Pa", "0 Pa"),
        "4.64 mg/L",
        5e-3,
        f"{HARRIOTT}1.45·10⁻⁴ mol/L of oxygen at 8.6 %, from a Henry constant of 52,000 atm per mole fraction",
        "published",
    ),
    WorkedExample(
        "oxygen_transfer_rate",
        ("0.22 1/s", "4.64 mg/L", "2.8 mg/L"),
        "1440 mg/(L*h)",
        0.02,
        f"{HARRIOTT}a demand of 45 mmol/(L·h) at kLa 0.22 1/s leaves 2.8 mg/L",
        "published",
    ),
    WorkedExample(
        "carbon_dioxide_stripping",
        ("0.001 1/s", "0.01 1/s", "1 m"),
        "6.2813 1/h",
        1e-3,
        f"{BY_HAND}q/m = 1.72414·10⁻³ 1/s; 1 − exp(−0.9·0.01/1.72414·10⁻³) = 0.99459; 3·10⁻⁵ 1/s from the surface, and "
        "solved numerically in tests/similarity/test_similarity_libraries.py"
        f". {LOOKED_FOR_AERATION}",
        "derivation",
    ),
    WorkedExample(
        "blend_time",
        ("1.5 1/s", "1.5871", "0.42 m", "1.2 m", "1.2 m"),
        "24.234 s",
        3e-3,
        f"{HYDROFOIL}24.7 s from 70 W with the constant 5.3, here 5.2",
        "published",
    ),
    WorkedExample(
        "blend_time_of_several_impellers",
        ("1 1/s", "1", "0.5 m", "1.5 m"),
        "47.634 s",
        1e-4,
        f"{BY_HAND}3.3·3^2.43; within 2 % of the form for one impeller at H = T, D = T/3 (46.8 s). {LOOKED_FOR_BLENDING}",
        "derivation",
    ),
    WorkedExample(
        "froude_number",
        ("20 rpm", "3 m"),
        "0.0339961",
        3e-4,
        f"{AGITCALC}Froude number of an impeller of 3 m",
        "library",
    ),
    WorkedExample(
        "kla_from_uptake",
        ("1440 mg/(L*h)", "4.64 mg/L", "2.8 mg/L"),
        "0.22 1/s",
        0.02,
        f"{HARRIOTT}read backwards, from the demand and the dissolved oxygen to kLa",
        "published",
    ),
    # shaken vessels
    WorkedExample(
        "shaken_phase_number",
        ("50 mm", "82 mm", "25 mL", "250 rpm", "1000 kg/m3", "0.001 Pa*s"),
        "5.1783",
        1e-4,
        f"{BY_HAND}{FLASK}V^⅓/d = 0.35659, film 0.084521, Reynolds number 44,008 × 0.084521² = 314.39; 0.60976·(1 + "
        "3·2.49747)"
        f". {LOOKED_FOR_FLASKS}",
        "derivation",
    ),
    WorkedExample(
        "shaken_kla",
        ("250 rpm", "25 mL", "50 mm", "82 mm"),
        "105.17 1/h",
        1e-4,
        "Fit of Maier and Seletzky as printed in an article on oxygen transfer in flasks "
        "(th4.ilovetranslation.com/mAx8Mm49LlD=d, "
        "equation 1), evaluated by hand: 6.67·10⁻⁶·250^1.16·25^−0.83·5^0.38·8.2^1.92 1/s",
        "equation",
    ),
    # rocking bags
    WorkedExample(
        "rocking_reynolds_number",
        ("10 L", "30 rpm", "1", "5 cm", "40 cm", "0.000001 m2/s"),
        "10000",
        1e-9,
        f"{BY_HAND}0.01·0.5/(10⁻⁶·(0.1 + 0.4)). {LOOKED_FOR_BAGS}",
        "derivation",
    ),
    WorkedExample(
        "rocking_edge_speed",
        ("30 rpm", "7 angle_deg", "80 cm"),
        "0.15353 m/s",
        1e-4,
        f"{BY_HAND}2π·0.5·0.122173·0.4. {LOOKED_FOR_BAGS}",
        "derivation",
    ),
    WorkedExample(
        "sloshing_frequency",
        ("0.8 m", "0.3 m"),
        "0.89825 1/s",
        3e-4,
        "Code_Aster, test V8.21.101, reference solution: first mode 0.898250 Hz with g = 9.81 m/s². The length of 0.8 m and "
        "the depth of 0.3 m follow from its acoustic modes of 1166.67 and 1458.33 Hz at 1,400 m/s",
        "published",
    ),
    # scale and geometry
    WorkedExample(
        "log10_ratio",
        ("10000 L", "10 L"),
        "3",
        1e-9,
        f"{BLUESHIELD}log_reduction(10000, 10)",
        "library",
    ),
    WorkedExample(
        "area_per_volume", ("6 m2", "2 m3"), "3 1/m", 1e-9, f"{BY_HAND}6 m² over 2 m³. {LOOKED_FOR_RATIOS}", "derivation"
    ),
    WorkedExample(
        "wall_area_per_volume",
        ("0.5 m",),
        "8 1/m",
        1e-9,
        f"{FLUIDS}A_cylinder without its two ends, over V_cylinder",
        "library",
    ),
    WorkedExample(
        "liquid_height",
        ("2 m3", "1.18 m"),
        "1.828842 m",
        1e-6,
        f"{FLUIDS}TANK.h_from_V of an upright tank with flat ends",
        "library",
    ),
    WorkedExample(
        "geometry_ratio",
        ("0.55 m", "1.1 m"),
        "0.5",
        1e-9,
        f"{FLUIDS}aspect_ratio",
        "library",
    ),
)
