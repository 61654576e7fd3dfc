"""Worked examples of the formulas of bioprocesses and cell therapy."""

from docs.generator.worked_examples import WorkedExample

SEADER = (
    "Seader, Henley, Roper, Separation Process Principles, a tubular bowl for E. coli, "
    "as solved on scribd.com/document/347640498: "
)
HARRIOTT = "Harriott (2003) Chemical Reactor Design, example 7.6, as computed in FOSSEE/Scilab-TBC-Uploads, 1040/CH7: "
SHULER = "Shuler, Kargi, Bioprocess Engineering, problem 10.3, as solved on askfilo.com: "
SHEAR_LESSON = (
    "Open course in bioengineering, lesson “Shear, eddies and cells: the Kolmogorov scale and when stirring becomes "
    "damage”: "
)
SCAFFOLD_LESSON = (
    "Open course in bioengineering, lesson “Cells for a scaffold: how many are needed, how much expansion that costs "
    "and whether "
    "it fits”: "
)
FLUIDS = "fluids 1.3.1, compared live in tests/similarity/test_similarity_libraries.py: "
BLUESHIELD = "blueshield.engineering, a public library for water treatment, value of its tests: "
HALF_HEIGHT = (
    "scipy 1.17.1, compared live in tests/similarity/test_similarity_libraries.py: signal.peak_widths of a Gaussian "
    "peak whose "
    "standard deviation is 5 % of its volume, so N = (1/0.05)² = 400"
)
SOLVED = "solved numerically in tests/similarity/test_similarity_libraries.py"
BALANCE = (
    "Balance set up forwards: 100 mol of air (20.95 % O₂, 0.04 % CO₂) lose 5 mol O₂ and gain 4.5 mol CO₂, so 99.5 mol leave"
)
SPUN = ("800 1/s", "4.5 in", "1.75 in", "1.3 in")
OFF_GAS = ("100 mol/h", "0.2095", "0.0004", "0.160301508", "0.045628141", "1 m3")

LOOKED_FOR_FILTER_SIZING = (
    "Looked for: guides to filter sizing (bioprocesstools.com, instantools.site, a maker's application note). Their "
    "beginnings, which could be opened, have no such number"
)
LOOKED_FOR_ULTRAFILTRATION = (
    "Looked for: guides and calculators of ultrafiltration, public code. They print the formula without numbers"
)
LOOKED_FOR_COLUMNS = (
    "Looked for: calculators of columns, libraries of chromatography, data of makers of resins. None gives all numbers "
    "that go in"
)
LOOKED_FOR_FLASKS = "Looked for: part II of the paper of Büchs (2000), of which the first page could be opened; public code"
LOOKED_FOR_CELLS = "Looked for: calculators and lessons of cell culture. They give no number for it"

EXAMPLES: tuple[WorkedExample, ...] = (
    # stirred vessels
    WorkedExample(
        "power",
        ("6", "120 rpm", "1.333 m", "1000 kg/m3"),
        "202 kW",
        0.002,
        f"{HARRIOTT}a standard turbine without gas",
        "published",
    ),
    WorkedExample(
        "gassed_power_of_several_impellers",
        ("202.02 kW", "0.55", "57.24 kW", "0.8", "3"),
        "203 kW",
        0.003,
        f"{HARRIOTT}one turbine at 0.55 and two pitched-blade impellers at 0.8 of their power without gas",
        "published",
    ),
    WorkedExample(
        "molar_gas_flow",
        ("1 L/s", "101325 Pa", "273.15 K"),
        "44.615 mmol/s",
        0.0002,
        "Molar volume of 22.414 L/mol at 0 °C and 1 atm, as used for off-gas on bioprocesstools.com/off-gas-analyzer",
        "published",
    ),
    WorkedExample(
        "oxygen_uptake_rate",
        ("54584 mol/h", "0.21", "0", "0.08568", "0.12432", "150.8 m3"),
        "45 mol/(m3*h)",
        2e-3,
        f"{HARRIOTT}a demand of 45 mmol/(L·h), for which 0.592 of the oxygen of the air is used (3 cm/s at 30 °C and 1 "
        "atm, vessel of 4 m × 12 m). The example keeps the gas flow constant: as much CO₂ leaves",
        "published",
    ),
    WorkedExample(
        "carbon_dioxide_evolution_rate",
        OFF_GAS,
        "4.5 mol/(m3*h)",
        1e-6,
        f"{BALANCE}, {SOLVED}. Looked for: courses, calculators and textbook companions; they print the uptake of "
        "oxygen alone",
        "derivation",
    ),
    WorkedExample(
        "respiratory_quotient",
        ("6 mol/(m3*h)", "6 mol/(m3*h)"),
        "1",
        1e-9,
        "BioPharm International, Modeling of biopharmaceutical processes, part 1: six CO₂ from six O₂ of a sugar with "
        "six carbon atoms",
        "published",
    ),
    WorkedExample(
        "metabolic_heat",
        ("100 mmol/(L*h)",),
        "46 kJ/(L*h)",
        1e-9,
        f"{SHULER}80,000 L at 100 mmol/(L·h) release 3,680,000 kJ/h",
        "published",
    ),
    WorkedExample(
        "metabolic_heat",
        ("1 mol/(m3*s)",),
        "443.5 kW/m3",
        0.04,
        "106 kcal/mol from chemostats: Imanaka, Aiba (1976) J. Appl. Chem. Biotechnol. 26, 559, abstract; 452 kJ/mol from "
        "3.38 kcal/g: Minkevich, Eroshin (1973) Folia Microbiol. 18, 376, abstract",
        "published",
    ),
    WorkedExample(
        "heat_removal_capacity",
        ("300 W/(m2*K)", "2 m2", "353.15 K", "293.15 K", "1 m3"),
        "36 kW/m3",
        1e-9,
        "Chemclaw, a public library for process safety, value of its tests of heat_removal_capacity: 300·2·60 W; here "
        "in 1 m³",
        "library",
    ),
    WorkedExample(
        "impeller_zone_dissipation",
        ("625 W", "0.5 m", "1000 kg/m3"),
        "5 W/kg",
        1e-9,
        f"{FLUIDS}Power_number times N³·D² at any speed",
        "library",
    ),
    WorkedExample(
        "kolmogorov_length",
        ("1 W/kg", "0.000001 m2/s"),
        "32 um",
        0.02,
        "Nielsen, Villadsen, Lidén, Bioreaction Engineering Principles, 2nd edition, note 11.3: water at 1 W/L",
        "published",
    ),
    WorkedExample(
        "kolmogorov_length",
        ("0.0216 W/kg", "0.0000007 m2/s"),
        "63.1 um",
        1e-3,
        f"{SHEAR_LESSON}21.6 W/m³ at 0.70 mm²/s",
        "published",
    ),
    WorkedExample(
        "eddy_to_cell_ratio",
        ("63.1 um", "150 um"),
        "0.42",
        3e-3,
        f"{SHEAR_LESSON}microcarriers of 150 µm",
        "published",
    ),
    WorkedExample(
        "sparger_gas_velocity",
        ("60 L/min", "100", "1 mm"),
        "12.7324 m/s",
        1e-5,
        f"{FLUIDS}velocity behind the laminar pressure drop of one_phase_dP in each hole",
        "library",
    ),
    # shaken vessels
    WorkedExample(
        "shaken_reynolds_number",
        ("250 rpm", "82 mm", "1000 kg/m3", "0.001 Pa*s"),
        "28016.7",
        1e-5,
        f"{FLUIDS}Reynolds for the speed n·d and the length d",
        "library",
    ),
    WorkedExample(
        "shaken_power_number",
        ("28017",),
        "0.2502",
        0.01,
        "The law for low viscosity of part I of the paper, Ne' = 1.94·Re^−0.2, which was fitted to other measurements"
        f". {LOOKED_FOR_FLASKS}",
        "derivation",
    ),
    WorkedExample(
        "shaken_power_per_volume",
        ("0.2502", "250 rpm", "82 mm", "25 mL", "1000 kg/m3"),
        "957 W/m3",
        0.002,
        f"By hand: 0.2502·1000·72.34·4.521·10⁻⁵ W/m over (0.02924 m)². {LOOKED_FOR_FLASKS}",
        "derivation",
    ),
    WorkedExample(
        "shaken_froude_number",
        ("250 rpm", "50 mm"),
        "1.747256",
        1e-5,
        f"{FLUIDS}Froude, squared, for the speed and the radius of the circle",
        "library",
    ),
    # harvest
    WorkedExample(
        "settling_velocity",
        ("0.7 um", "30 kg/m3", "0.00102 Pa*s"),
        "7.85e-9 m/s",
        0.002,
        f"{SEADER}cells of 0.7 µm settle at 7.85·10⁻⁷ cm/s",
        "published",
    ),
    WorkedExample(
        "tubular_settling_area",
        SPUN,
        "690 m2",
        0.004,
        f"{SEADER}7,400 ft², or 690 m²",
        "published",
    ),
    WorkedExample(
        "flow_per_settling_area",
        ("5.42e-6 m3/s", "690 m2"),
        "7.85e-9 m/s",
        0.002,
        f"{SEADER}5.42·10⁻⁶ m³/s at most, where cells of 7.85·10⁻⁹ m/s are just caught",
        "published",
    ),
    WorkedExample(
        "relative_centrifugal_force",
        ("50000 rpm", "45 mm"),
        "62000",
        0.02,
        "Stanbury, Whitaker, Hall, Principles of Fermentation Technology, chapter 10: a laboratory tubular bowl of "
        "about 2.25 cm "
        "radius at 50,000 rpm has approximately 62,000 g",
        "published",
    ),
    WorkedExample(
        "disc_stack_settling_area",
        ("6000 rpm", "80", "31.4 cm", "12 cm", "40 angle_deg"),
        "29361.7 m2",
        5e-4,
        "difflow, a public library of unit operations, function disc_stack_sigma, run with numpy in place of JAX; its "
        "g is 9.81 m/s²",
        "library",
    ),
    # filters
    WorkedExample(
        "filter_throughput",
        ("1000 L", "5 m2"),
        "200 L/m2",
        1e-9,
        f"By hand, for the filtration of the next example. {LOOKED_FOR_FILTER_SIZING}",
        "derivation",
    ),
    WorkedExample(
        "filter_flux",
        ("1000 L", "5 m2", "2 h"),
        "100 L/(m2*h)",
        1e-9,
        "costcalculator.calculator.city, rate of filtration: 1,000 L through 5 m² in 2 h",
        "published",
    ),
    WorkedExample(
        "load_per_area",
        ("10 g/L", "500 L", "10 m2"),
        "500 g/m2",
        1e-9,
        f"By hand: 5 kg of product on 10 m². {LOOKED_FOR_FILTER_SIZING}",
        "derivation",
    ),
    WorkedExample(
        "permeability",
        ("25 L/(m2*h)", "2 bar"),
        "12.5 L/(m2*h*bar)",
        1e-9,
        f"{BLUESHIELD}apparent_permeance(25, 2)",
        "library",
    ),
    WorkedExample("plugging", ("200 L/m2", "800 L/m2"), "0.25", 1e-9, f"By hand. {LOOKED_FOR_FILTER_SIZING}", "derivation"),
    WorkedExample(
        "flux_left",
        ("200 L/m2", "800 L/m2"),
        "0.5625",
        1e-9,
        f"Poiseuille: pores that lost a quarter of their cross-section carry 0.75² of the flow. {LOOKED_FOR_FILTER_SIZING}",
        "derivation",
    ),
    WorkedExample(
        "least_filter_area",
        ("500 L", "1000 L/m2", "1000 L/(m2*h)", "1 h"),
        "1 m2",
        1e-9,
        "The area through which 500 L/m² pass in 1 h: dv/dt = 1000·(1 − v/1000)² reaches v = 500 at t = 1, solved "
        "numerically in tests/similarity/test_similarity_libraries.py"
        f". {LOOKED_FOR_FILTER_SIZING}",
        "derivation",
    ),
    # ultrafiltration
    WorkedExample(
        "transmembrane_pressure",
        ("2 bar", "1.6 bar", "0.1 bar"),
        "1.7 bar",
        1e-9,
        f"{BLUESHIELD}transmembrane_pressure(2, 1.6, 0.1)",
        "library",
    ),
    WorkedExample(
        "permeate_flux",
        ("100 L/h", "2 m2"),
        "50 L/(m2*h)",
        1e-9,
        "costcalculator.calculator.city, rate of filtration: 50 L in 30 min through 2 m²",
        "published",
    ),
    WorkedExample(
        "concentration_factor",
        ("100 L", "12.5 L"),
        "8",
        1e-9,
        f"By hand: three times half the volume. {LOOKED_FOR_ULTRAFILTRATION}",
        "derivation",
    ),
    WorkedExample(
        "diafiltration_volumes", ("70 L", "10 L"), "7", 1e-9, f"By hand. {LOOKED_FOR_ULTRAFILTRATION}", "derivation"
    ),
    WorkedExample(
        "washed_out_rest",
        ("7", "1"),
        "0.0009",
        0.015,
        "Public handbook on biologics, page “Ultrafiltration & Diafiltration”: 0.0009 of the buffer is left after 7 volumes",
        "published",
    ),
    WorkedExample(
        "fibre_shear_rate",
        ("10 m3/h", "1", "50 mm"),
        "226.4 1/s",
        1e-3,
        "costcalculator.calculator.city, shear rate in pipe flow: 10 m³/h through 50 mm (the page does not look at the "
        "Reynolds number)",
        "published",
    ),
    WorkedExample(
        "fibre_shear_rate",
        ("1 L/min", "13", "1 mm"),
        "13058.9 1/s",
        1e-5,
        f"{FLUIDS}shear stress of the wall behind one_phase_dP, over the viscosity",
        "library",
    ),
    WorkedExample(
        "channel_shear_rate",
        ("16.67 mL/min", "1", "24 mm", "0.25 mm"),
        "1111.1 1/s",
        5e-4,
        "Open design of a parallel-plate flow chamber (MLO-Y4), table of shear stress: 1.0 Pa at 16.67 mL/min and 0.9 "
        "mPa·s, 24 mm × 0.25 mm",
        "published",
    ),
    # chromatography
    WorkedExample(
        "bed_volume",
        ("11.6 cm", "29.6 cm"),
        "8 L",
        0.003,
        "biaseparations.com, linear flow rate of monoliths: a packed bed of 11.6 cm height and 14.8 cm radius holds 8 L",
        "published",
    ),
    WorkedExample(
        "linear_velocity",
        ("1 mL/min", "0.5 cm"),
        "305.6 cm/h",
        0.0005,
        "rubiconscience.com.au, linear flow rate: 1 mL/min through a column of 0.5 cm",
        "published",
    ),
    WorkedExample(
        "linear_velocity",
        ("4 mL/min", "1 cm"),
        "305.6 cm/h",
        0.0005,
        "rubiconscience.com.au, linear flow rate: a column of 1 cm needs 4.0 mL/min for the same velocity",
        "published",
    ),
    WorkedExample(
        "residence_time",
        ("10 cm", "0.5 cm/min"),
        "20 min",
        1e-9,
        "labforge, a public library for flow chemistry, value of its tests: 10 mL at 0.5 mL/min stay 20 min; here a "
        "bed of 1 cm²",
        "library",
    ),
    WorkedExample("resin_load", ("1.5 kg", "50 L"), "30 g/L", 1e-9, f"By hand. {LOOKED_FOR_COLUMNS}", "derivation"),
    WorkedExample(
        "column_volumes",
        ("25 mL", "5 mL"),
        "5",
        1e-9,
        "Public protocol of the purification of DddI: a gradient of 5 CV (25 mL) on a column of 5 mL",
        "published",
    ),
    WorkedExample(
        "bed_permeability",
        ("100 um", "0.65"),
        "1.495e-10 m2",
        0.001,
        "A sintered wick of Chi (1976) Heat Pipe Theory and Practice, as verified in the public project sfr-tdd-mcp: "
        "spheres of "
        "100 µm, porosity 0.65",
        "published",
    ),
    WorkedExample(
        "bed_pressure_drop",
        ("0.06 m/s", "1 m", "8.64e-9 m2", "0.001 Pa*s"),
        "6944.4 Pa",
        1e-4,
        "codingace.net, table of the Ergun equation: viscous term of 6.9444 kPa/m at 0.06 m/s. Both columns of the "
        "table hold for "
        "water, porosity 0.4 and spheres of 2.7 mm, so for K = 8.64·10⁻⁹ m²",
        "published",
    ),
    WorkedExample(
        "plate_number",
        ("100 mL", "11.7741 mL"),
        "400",
        1e-5,
        HALF_HEIGHT,
        "library",
    ),
    WorkedExample(
        "plate_height",
        ("150 mm", "15000"),
        "10 um",
        1e-9,
        "sharpcalcs.com, theoretical plates: 15,000 plates in 150 mm",
        "published",
    ),
    WorkedExample("reduced_plate_height", ("270 um", "90 um"), "3", 1e-9, f"By hand. {LOOKED_FOR_COLUMNS}", "derivation"),
    WorkedExample("peak_asymmetry", ("2 mL", "2.5 mL"), "1.25", 1e-9, f"By hand. {LOOKED_FOR_COLUMNS}", "derivation"),
    WorkedExample(
        "particle_peclet_number",
        ("0.0005 m/s", "90 um", "5e-11 m2/s", "0.36"),
        "2500",
        1e-9,
        f"{FLUIDS}Peclet_mass for the speed between the beads",
        "library",
    ),
    WorkedExample(
        "column_peclet_number",
        ("400",),
        "800",
        1e-9,
        f"Spread of a pulse: relative variance 2/Pe for small dispersion, and 1/N by definition. {LOOKED_FOR_COLUMNS}",
        "derivation",
    ),
    # cell therapy
    WorkedExample(
        "seeding_density",
        ("1.67e8", "2 mL"),
        "8.33e7 1/mL",
        3e-3,
        f"{SCAFFOLD_LESSON}1.67·10⁸ cells in 2.0 mL",
        "published",
    ),
    WorkedExample(
        "seeding_density_per_area", ("1e8", "100 cm2"), "1e6 1/cm2", 1e-9, f"By hand. {LOOKED_FOR_CELLS}", "derivation"
    ),
    WorkedExample(
        "fold_expansion",
        ("1.67e8", "5e5"),
        "333",
        4e-3,
        f"{SCAFFOLD_LESSON}5.0·10⁵ cells grow to 1.67·10⁸",
        "published",
    ),
    WorkedExample(
        "doubling_time",
        ("2.5e6", "3e5", "95 h"),
        "31.1 h",
        0.002,
        "paralog.com/wiki, doubling time: 3·10⁵ cells become 2.5·10⁶ in 95 h",
        "published",
    ),
    WorkedExample(
        "population_doublings",
        ("2.5e6", "3e5"),
        "3.055",
        0.002,
        "paralog.com/wiki, doubling time: 95 h at a doubling time of 31.1 h",
        "published",
    ),
    WorkedExample(
        "population_doublings",
        ("1.67e8", "5e5"),
        "8.38",
        1e-3,
        f"{SCAFFOLD_LESSON}5.0·10⁵ cells grow to 1.67·10⁸",
        "published",
    ),
    WorkedExample(
        "perfusion_per_cell",
        ("0.96 L/d", "5e6 1/mL", "1 L"),
        "192 pL/d",
        1e-9,
        "Open course in bioengineering, lesson “Continuous and perfused culture: chemostat steady states, washout and "
        "cell-specific perfusion”: 0.04 vessel volumes per hour at 5.0·10⁶ cells/mL",
        "published",
    ),
    WorkedExample(
        "multiplicity_of_infection",
        ("10 uL", "1e9 1/mL", "2e6"),
        "5",
        1e-9,
        "codingace.net, multiplicity of infection, table: 2,000,000 cells at 10⁹ per mL need 10.00 µL for 5.0",
        "published",
    ),
    WorkedExample(
        "transduced_share",
        ("1",),
        "0.63",
        0.005,
        "kb.10xgenomics.com, multiplicity of infection: at 1, 37 % of the cells are not transduced, 37 % once and 26 % "
        "more often",
        "published",
    ),
    WorkedExample(
        "vector_copies_per_cell",
        ("4", "1"),
        "8",
        1e-9,
        "Public article on quantitative PCR in synthetic biology: four times as much of a construct as of a gene with "
        "two copies per cell",
        "published",
    ),
    WorkedExample(
        "copies_per_transduced_cell",
        ("1", "0.632121"),
        "1.581977",
        1e-5,
        "scipy 1.17.1, compared live in tests/similarity/test_similarity_libraries.py: mean of stats.poisson(1) above zero",
        "library",
    ),
    WorkedExample(
        "transduction_volume_ratio",
        ("25 uL", "0.5 mL"),
        "0.05",
        1e-9,
        "codingace.net, multiplicity of infection, table: 25.00 µL of virus and 0.475 mL of medium in 0.5 mL",
        "published",
    ),
    WorkedExample("waiting_time", ("3 h", "21 h"), "1 d", 1e-9, f"By hand. {LOOKED_FOR_CELLS}", "derivation"),
    WorkedExample(
        "viability_loss_rate",
        ("0.96", "0.48", "1 d"),
        "0.6931 1/d",
        1e-4,
        f"Half of the viable cells in one day: ln 2 per day. {LOOKED_FOR_CELLS}",
        "derivation",
    ),
)
