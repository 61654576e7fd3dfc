"""The words of units: every spelling that is read, with its factor to SI. Nothing outside this list is a unit.

Factors are exact, written as decimals or ratios. A test compares each of them with the library pint. Reading a word of this list
runs no code of a units library and evaluates no text.
"""

from dataclasses import dataclass
from fractions import Fraction

NO_DIMENSION = (0, 0, 0, 0, 0, 0)
"""Exponents of length, mass, time, temperature, amount of substance and electric current."""
LENGTH, AREA, VOLUME = (1, 0, 0, 0, 0, 0), (2, 0, 0, 0, 0, 0), (3, 0, 0, 0, 0, 0)
MASS, TIME, TEMPERATURE = (0, 1, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (0, 0, 0, 1, 0, 0)
AMOUNT, CURRENT = (0, 0, 0, 0, 1, 0), (0, 0, 0, 0, 0, 1)
PER_TIME, FORCE, PRESSURE = (0, 0, -1, 0, 0, 0), (1, 1, -2, 0, 0, 0), (-1, 1, -2, 0, 0, 0)
ENERGY, POWER, FLOW = (2, 1, -2, 0, 0, 0), (2, 1, -3, 0, 0, 0), (3, 0, -1, 0, 0, 0)
VOLTAGE = (2, 1, -3, 0, 0, -1)

PREFIXES = {
    "": Fraction(1), "p": Fraction(1, 10**12), "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000),
    "c": Fraction(1, 100), "d": Fraction(1, 10), "h": Fraction(100), "k": Fraction(1000), "M": Fraction(10**6),
    "G": Fraction(10**9), "nano": Fraction(1, 10**9), "micro": Fraction(1, 10**6), "milli": Fraction(1, 1000),
    "centi": Fraction(1, 100), "kilo": Fraction(1000), "mega": Fraction(10**6),
}  # fmt: skip
"""Prefix → factor. A prefix in letters, such as `milli`, stands before a spelling of four letters or more."""

GAUGE = "stated pressure"
"""Kind of a pressure whose unit says whether it counts from vacuum or from one atmosphere."""
GAS = "gas at a reference state"
"""Kind of a gas volume at a temperature and pressure that the unit does not tell."""


@dataclass(frozen=True)
class Word:
    """One unit: its spellings, the prefixes that it takes, and its conversion to SI, si = value · factor + offset."""

    spellings: tuple[str, ...]
    dimension: tuple[int, ...]
    factor: Fraction
    prefixes: str = ""
    """Letters that may stand before it as prefixes."""
    kind: str = ""
    """What is counted, such as cells, where the dimension does not tell."""
    offset: Fraction = Fraction(0)


def _word(
    spellings: str, dimension: tuple[int, ...], factor: str, prefixes: str = "", kind: str = "", offset: str = "0"
) -> Word:
    return Word(tuple(spellings.split()), dimension, Fraction(factor), prefixes, kind, Fraction(offset))


_TURN = str(Fraction(1 / (2 * 3.141592653589793)))
_ATM, _PSI = "101325", str(Fraction("0.45359237") * Fraction("9.80665") / Fraction("0.0254") ** 2)

WORDS = (
    # length, area, volume
    _word("m metre metres meter meters", LENGTH, "1", "pnumcdk"),
    _word("micron microns", LENGTH, "1/1000000"),
    _word("in inch inches", LENGTH, "0.0254"),
    _word("ft foot feet", LENGTH, "0.3048"),
    _word("L l litre litres liter liters Ltr ltr", VOLUME, "1/1000", "pnumcdhk"),
    _word("cc ccm", VOLUME, "1/1000000"),
    _word("gal_US US_gal", VOLUME, "0.003785411784"),
    _word("gal_UK UK_gal", VOLUME, "0.00454609"),
    # mass and molar mass
    _word("g gram grams gm", MASS, "1/1000", "pnumck"),
    _word("mcg", MASS, "1/1000000000"),
    _word("t tonne tonnes", MASS, "1000"),
    _word("lb lbs lbm", MASS, "0.45359237"),
    _word("oz", MASS, "0.028349523125"),
    _word("grain grains", MASS, "0.00006479891"),
    _word("Da dalton", MASS, "1.66053906660e-27", "k"),
    # time
    _word("s sec secs second seconds", TIME, "1", "num"),
    _word("min mins minute minutes", TIME, "60"),
    _word("h H hr hrs hour hours", TIME, "3600"),
    _word("d day days", TIME, "86400"),
    _word("wk week weeks", TIME, "604800"),
    # temperature
    _word("K kelvin", TEMPERATURE, "1", "m"),
    _word("degC celsius Celsius Cel degree_Celsius", TEMPERATURE, "1", "", "temperature scale", "273.15"),
    _word("degF fahrenheit Fahrenheit", TEMPERATURE, "5/9", "", "temperature scale", str(Fraction("459.67") * 5 / 9)),
    _word("delta_degC", TEMPERATURE, "1", "", "temperature difference"),
    _word("delta_degF", TEMPERATURE, "5/9", "", "temperature difference"),
    # amount and concentration
    _word("mol mole moles", AMOUNT, "1", "pnumk"),
    _word("M molar", (-3, 0, 0, 0, 1, 0), "1000", "pnum"),
    _word("Osm osm Osmol osmol osmole osmoles", AMOUNT, "1", "m", "osmoles"),
    _word("kat", (0, 0, -1, 0, 1, 0), "1", "num"),
    # rotation is counted in turns
    _word("turn turns rev revs revolution revolutions", NO_DIMENSION, "1", "", "turns"),
    _word("rpm RPM Rpm", PER_TIME, "1/60", "k", "turns"),
    _word("rps RPS", PER_TIME, "1", "", "turns"),
    _word("rad radian radians", NO_DIMENSION, _TURN, "", "turns"),
    _word("angle_deg", NO_DIMENSION, "1/360", "", "turns"),
    _word("Hz hertz", PER_TIME, "1", "kM"),
    # force, pressure
    _word("N newton newtons", FORCE, "1", "muk"),
    _word("kgf kp", FORCE, "9.80665"),
    _word("lbf", FORCE, str(Fraction("0.45359237") * Fraction("9.80665"))),
    _word("dyn", FORCE, "0.00001"),
    _word("Pa pascal pascals", PRESSURE, "1", "mhkMG"),
    _word("bar bars", PRESSURE, "100000", "m"),
    _word("psi PSI", PRESSURE, _PSI),
    _word("atm", PRESSURE, _ATM),
    _word("Torr torr", PRESSURE, "101325/760", "m"),
    _word("mmHg", PRESSURE, "133.322387415"),
    _word("inHg", PRESSURE, "3386.388640341"),
    _word("mmWC mmWS", PRESSURE, "9.80665"),
    _word("cmWC", PRESSURE, "98.0665"),
    _word("inWC", PRESSURE, "249.08891"),
    _word("barg", PRESSURE, "100000", "m", GAUGE, _ATM),
    _word("bara", PRESSURE, "100000", "m", GAUGE),
    _word("psig PSIG", PRESSURE, _PSI, "", GAUGE, _ATM),
    _word("psia PSIA", PRESSURE, _PSI, "", GAUGE),
    _word("Pag", PRESSURE, "1", "kM", GAUGE, _ATM),
    _word("Paa", PRESSURE, "1", "kM", GAUGE),
    # energy, power, viscosity, torque, acceleration, dose
    _word("J joule joules", ENERGY, "1", "mkMG"),
    _word("W watt watts", POWER, "1", "mkM"),
    _word("Wh", ENERGY, "3600", "kM"),
    _word("cal", ENERGY, "4.184", "k"),
    _word("Nm", ENERGY, "1", "mk"),
    _word("Pas", (-1, 1, -1, 0, 0, 0), "1", "m"),
    _word("P poise", (-1, 1, -1, 0, 0, 0), "0.1", "cm"),
    _word("St stokes", (2, 0, -1, 0, 0, 0), "0.0001", "c"),
    _word("gravity", (1, 0, -2, 0, 0, 0), "9.80665"),
    _word("Gy", (2, 0, -2, 0, 0, 0), "1", "k"),
    # electricity: conductivity of buffers, resistivity of water
    _word("V volt volts", VOLTAGE, "1", "muk"),
    _word("A ampere amperes", CURRENT, "1", "num"),
    _word("ohm Ohm", (2, 1, -3, 0, 0, -2), "1", "kM"),
    _word("mho", (-2, -1, 3, 0, 0, 2), "1", "mu"),
    _word("S siemens Siemens", (-2, -1, 3, 0, 0, 2), "1", "num"),
    # flow; flow of gas at a reference state
    _word("LPM lpm Lpm", FLOW, "1/60000"),
    _word("LPH lph", FLOW, "1/3600000"),
    _word("ccpm", FLOW, "1/60000000"),
    _word("LMH lmh", (1, 0, -1, 0, 0, 0), "1/3600000"),
    _word("slpm SLPM slm SLM sLpm standard_L_per_min", FLOW, "1/60000", "", GAS),
    _word("sccm SCCM", FLOW, "1/60000000", "", GAS),
    _word("scfm SCFM", FLOW, str(Fraction("0.3048") ** 3 / 60), "", GAS),
    _word("scfh SCFH", FLOW, str(Fraction("0.3048") ** 3 / 3600), "", GAS),
    _word("cubic_metre_of_gas", VOLUME, "1", "", GAS),
    _word("NL sL SL", VOLUME, "1/1000", "", GAS),
    _word("vvm VVM", PER_TIME, "1/60", "", "gas volume per liquid volume"),
    # shares
    _word("percent % pct Percent", NO_DIMENSION, "1/100", "", "share"),
    _word("percent_mass", NO_DIMENSION, "1/100", "", "share of mass"),
    _word("percent_volume", NO_DIMENSION, "1/100", "", "share of volume"),
    _word("percent_amount", NO_DIMENSION, "1/100", "", "share of moles"),
    _word("percent_saturation", NO_DIMENSION, "1/100", "", "share of saturation"),
    _word("percent_humidity", NO_DIMENSION, "1/100", "", "share of humidity"),
    _word("percent_area", NO_DIMENSION, "1/100", "", "share of area"),
    _word("percent_mass_per_volume", (-3, 1, 0, 0, 0, 0), "10"),
    _word("ppm PPM", NO_DIMENSION, "1/1000000", "", "share"),
    _word("ppb PPB", NO_DIMENSION, "1/1000000000", "", "share"),
    # numbers and counts
    _word("dimensionless", NO_DIMENSION, "1"),
    _word("pH", NO_DIMENSION, "1", "", "pH"),
    _word("cell cells vc VC", NO_DIMENSION, "1", "kMG", "cells"),
    _word("tablet tablets", NO_DIMENSION, "1", "kM", "tablets"),
    _word("capsule capsules", NO_DIMENSION, "1", "kM", "capsules"),
    _word("vial vials", NO_DIMENSION, "1", "k", "vials"),
    _word("syringe syringes", NO_DIMENSION, "1", "k", "syringes"),
    _word("device devices", NO_DIMENSION, "1", "", "devices"),
    _word("piece pieces pcs ea EA", NO_DIMENSION, "1", "k", "pieces"),
    _word("CFU cfu", NO_DIMENSION, "1", "k", "colonies"),
    _word("PFU pfu", NO_DIMENSION, "1", "", "plaques"),
    _word("vg", NO_DIMENSION, "1", "", "genomes"),
    _word("copies", NO_DIMENSION, "1", "", "copies"),
    _word("AU", NO_DIMENSION, "1", "m", "absorbance"),
    # units of a method: they convert to nothing else
    _word("IU", NO_DIMENSION, "1", "mkM", "international units"),
    _word("EU", NO_DIMENSION, "1", "", "endotoxin units"),
    _word("NTU", NO_DIMENSION, "1", "", "nephelometric turbidity"),
    _word("FNU", NO_DIMENSION, "1", "", "formazin turbidity"),
    _word("TCID", NO_DIMENSION, "1", "", "infectious doses"),
)  # fmt: skip

OF_A_METHOD = frozenset(
    {
        "international units",
        "endotoxin units",
        "nephelometric turbidity",
        "formazin turbidity",
        "infectious doses",
        GAUGE,
        GAS,
    }
)
"""Kinds that no bare number stands for: `IU/mL` and `1/mL` are different, `cell/mL` and `1/mL` are not."""

AMBIGUOUS = {
    "C": "'C' may be degrees Celsius or coulomb; write degC",
    "F": "'F' may be degrees Fahrenheit or farad; write degF",
    "deg": "'deg' may be a temperature or an angle; write degC, degF or angle_deg",
    "U": "'U' may be an enzyme unit or a turn (Umdrehung); write umol/min, IU or rpm",
    "gr": "'gr' may be gram or grain; write g or grain",
    "Gr": "'Gr' may be gram or grain; write g or grain",
    "cfm": "'cfm' does not say whether the gas is at standard or at vessel conditions; write ft3/min, or scfm with a "
    "`reference_state`",
    "CFM": "'CFM' does not say whether the gas is at standard or at vessel conditions; write ft3/min, or scfm with a "
    "`reference_state`",
    "gal": "'gal' may be the US or the UK gallon; write L, gal_US or gal_UK",
    "gpm": "'gpm' may be the US or the UK gallon; write L/min, gal_US/min or gal_UK/min",
    "GPM": "'GPM' may be the US or the UK gallon; write L/min, gal_US/min or gal_UK/min",
    "ton": "'ton' may be 1,000 kg, a US ton or a UK ton; write t or lb",
    "tons": "'tons' may be 1,000 kg, a US ton or a UK ton; write t or lb",
    "month": "'month' has no fixed length; write day or week",
    "months": "'months' has no fixed length; write day or week",
    "year": "'year' has no fixed length; write day or week",
    "years": "'years' has no fixed length; write day or week",
}
"""Word that has two meanings in plants → what is meant by it, and what to write."""
