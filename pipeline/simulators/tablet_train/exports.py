"""Batch records, lists of machines, lots, genealogy and transfers as the sites export them.

Leeds writes CSV. Ulm writes CSV in German with semicolons, decimal commas and other units. Porto writes workbooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train import coating, granulation, milling
from pipeline.simulators.tablet_train.equipment import table
from pipeline.simulators.tablet_train.train import STEPS, Train, numbers

Written = tuple[str, float, int]
"""Header, factor and decimal places: the written value is quantity · factor."""
SITES = ("Leeds", "Ulm", "Porto")


@dataclass(frozen=True)
class Column:
    """A number of the batch record of a step, and how each site writes it."""

    name: str
    """Quantity in the inputs, the amounts or the readings of the step."""
    leeds: Written
    ulm: Written
    porto: Written

    def of(self, site: str) -> Written:
        """How a site writes it."""
        return {"Leeds": self.leeds, "Ulm": self.ulm, "Porto": self.porto}[site]


def _same(name: str, english: str, german: str, factor: float, digits: int) -> Column:
    """A column that all sites write in the same unit."""
    return Column(name, (english, factor, digits), (german, factor, digits), (english, factor, digits))


MACHINE = {
    "granulation": ("granulator", "Granulator", "Granulator"),
    "drying": ("dryer", "Dryer", "Trockner"),
    "milling": ("mill", "Mill", "Mühle"),
    "blending": ("blender", "Blender", "Mischer"),
    "compression": ("press", "Press", "Presse"),
    "coating": ("pan", "Pan", "Coater"),
}
"""Step → kind of machine, header in English, header in German."""
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "granulation": (
        Column("drug_load", ("Drug load [%]", 100, 2), ("Wirkstoffanteil %", 100, 2), ("Drug load (g/kg)", 1000, 1)),
        _same("powder_mass", "Powder [kg]", "Pulver kg", 1, 3),
        _same("liquid_mass", "Water [kg]", "Wasser kg", 1, 3),
        Column("liquid_flow", ("Spray [mL/min]", 6e7, 1), ("Sprührate L/h", 3.6e6, 3), ("Spray [mL/min]", 6e7, 1)),
        Column("impeller_speed", ("Impeller [rpm]", 60, 0), ("Rührer 1/s", 1, 3), ("Impeller [rpm]", 60, 0)),
        Column("massing_time", ("Wet massing [s]", 1, 0), ("Kneten min", 1 / 60, 3), ("Wet massing [s]", 1, 0)),
        Column("impeller_power", ("Power [W]", 1, 1), ("Leistung kW", 1e-3, 5), ("Power [W]", 1, 1)),
        _same("wet_granules", "Wet granules [kg]", "Feuchtgranulat kg", 1, 3),
    ),
    "drying": (
        _same("dryer_load", "Load [kg]", "Einwaage kg", 1, 3),
        Column("air_flow", ("Air [kg/h]", 3600, 1), ("Luft kg/s", 1, 5), ("Air [kg/h]", 3600, 1)),
        Column("inlet_temperature", ("Inlet [degC]", 1, 1), ("Zuluft °C", 1, 1), ("Inlet [degC]", 1, 1)),
        Column("inlet_humidity", ("Humidity [g/kg]", 1000, 2), ("Feuchte kg/kg", 1, 5), ("Humidity [g/kg]", 1000, 2)),
        Column("drying_time", ("Drying [min]", 1 / 60, 1), ("Trocknung s", 1, 0), ("Drying [min]", 1 / 60, 1)),
        _same("water_removed", "Water removed [kg]", "Wasser entfernt kg", 1, 3),
        _same("dried_granules", "Dried granules [kg]", "Trockengranulat kg", 1, 3),
    ),
    "milling": (
        Column("screen", ("Screen [mm]", 1000, 2), ("Sieb mm", 1000, 2), ("Screen [um]", 1e6, 0)),
        Column("rotor_speed", ("Rotor [rpm]", 60, 0), ("Rotor 1/s", 1, 3), ("Rotor [rpm]", 60, 0)),
        _same("mill_flow", "Throughput [kg/h]", "Durchsatz kg/h", 3600, 1),
        Column("milling_power", ("Power [W]", 1, 1), ("Leistung kW", 1e-3, 5), ("Power [W]", 1, 1)),
        _same("mill_feed", "Feed [kg]", "Aufgabe kg", 1, 3),
        _same("mill_residue", "Residue [kg]", "Rückstand kg", 1, 4),
        _same("milled_granules", "Milled granules [kg]", "Mahlgut kg", 1, 3),
    ),
    "blending": (
        _same("batch_size", "Batch size [kg]", "Ansatz kg", 1, 1),
        Column(
            "usual_density", ("Bulk density [g/mL]", 1e-3, 2), ("Schüttdichte g/L", 1, 0), ("Bulk density [g/mL]", 1e-3, 2)
        ),
        Column("rotation", ("Speed [rpm]", 60, 1), ("Drehzahl 1/s", 1, 4), ("Speed [rpm]", 60, 1)),
        Column("blending_time", ("Blending [min]", 1 / 60, 2), ("Mischen s", 1, 0), ("Blending [min]", 1 / 60, 2)),
        Column(
            "lubrication_time", ("Lubrication [min]", 1 / 60, 2), ("Schmieren s", 1, 0), ("Lubrication [min]", 1 / 60, 2)
        ),
        _same("lubricant_share", "Lubricant [%]", "Schmiermittel %", 100, 2),
        _same("granules_to_blend", "Granules [kg]", "Granulat kg", 1, 3),
        _same("outer_phase", "Outer phase [kg]", "Außenphase kg", 1, 3),
        _same("final_blend", "Blend [kg]", "Mischung kg", 1, 3),
    ),
    "compression": (
        _same("strength_mg", "Strength [mg]", "Stärke mg", 1, 2),
        _same("tablet_mg", "Core mass [mg]", "Kernmasse mg", 1, 1),
        _same("tablet_diameter", "Diameter [mm]", "Durchmesser mm", 1000, 2),
        Column("force", ("Main force [kN]", 1e-3, 3), ("Hauptpresskraft N", 1, 0), ("Main force [kN]", 1e-3, 3)),
        Column("turret_speed", ("Turret [rpm]", 60, 1), ("Rotor 1/s", 1, 4), ("Turret [rpm]", 60, 1)),
        _same("press_feed", "Blend [kg]", "Mischung kg", 1, 3),
        _same("rejected_cores", "Rejects [kg]", "Ausschuss kg", 1, 3),
        _same("good_cores", "Cores [kg]", "Kerne kg", 1, 3),
    ),
    "coating": (
        _same("pan_load", "Cores [kg]", "Kerne kg", 1, 3),
        Column("pan_speed", ("Pan [rpm]", 60, 2), ("Trommel 1/s", 1, 5), ("Pan [rpm]", 60, 2)),
        Column("pan_air", ("Air [kg/h]", 3600, 1), ("Luft kg/s", 1, 5), ("Air [kg/h]", 3600, 1)),
        _same("pan_inlet", "Inlet [degC]", "Zuluft °C", 1, 1),
        Column("pan_humidity", ("Humidity [g/kg]", 1000, 2), ("Feuchte kg/kg", 1, 5), ("Humidity [g/kg]", 1000, 2)),
        Column("exhaust_temperature", ("Exhaust [degC]", 1, 1), ("Abluft °C", 1, 1), ("Exhaust [degC]", 1, 1)),
        Column("spray_rate", ("Spray [g/min]", 6e4, 2), ("Sprührate kg/h", 3600, 3), ("Spray [g/min]", 6e4, 2)),
        _same("spray_mass", "Suspension [kg]", "Suspension kg", 1, 3),
        _same("spray_solids", "Solids [%]", "Feststoff %", 100, 1),
        _same("coated_tablets", "Coated tablets [kg]", "Filmtabletten kg", 1, 3),
    ),
}
"""Step → columns of its batch record."""
GEOMETRY: Mapping[str, tuple[tuple[str, str, float, int], ...]] = {
    "granulator": (
        ("bowl_volume", "Bowl [L]", 1000, 1),
        ("impeller_diameter", "Impeller [mm]", 1000, 1),
        ("blade_height", "Blade height [mm]", 1000, 1),
        ("blade_count", "Blades", 1, 0),
        ("spray_width", "Spray width [mm]", 1000, 0),
        ("drop_diameter", "Drops [um]", 1e6, 0),
    ),
    "dryer": (("bed_diameter", "Bed diameter [mm]", 1000, 0),),
    "mill": (("rotor_diameter", "Rotor diameter [mm]", 1000, 0),),
    "blender": (("blender_volume", "Volume [L]", 1000, 1), ("blender_radius", "Radius [mm]", 1000, 0)),
    "press": (
        ("pitch_circle", "Pitch circle [mm]", 1000, 0),
        ("punch_head_flat", "Head flat [mm]", 1000, 2),
        ("stations", "Stations", 1, 0),
    ),
    "pan": (("pan_diameter", "Diameter [mm]", 1000, 0), ("pan_volume", "Volume [L]", 1000, 1)),
}
"""Kind of machine → column, header, factor, decimal places."""
LOT_FACTORS = {"mcc_density": 1e-3, "mcc_moisture": 100.0}
"""Property of a lot → factor to the unit of its certificate; otherwise 1."""


def _readings(seed: int, noise: float, step: str, train: Train) -> dict[str, pl.Series]:
    """What machines report by themselves: power and exhaust temperature, with the error of the instrument."""
    own = numbers(train.inputs[step], noise)
    rng = generator(seed, f"instruments of {step}")
    if step == "granulation":
        power = granulation.impeller_power(own)
        return {"impeller_power": pl.Series(power * (1 + 0.03 * noise * rng.standard_normal(len(power))))}
    if step == "milling":
        power = milling.milling_energy(own) * own["mill_flow"]
        return {"milling_power": pl.Series(power * (1 + 0.05 * noise * rng.standard_normal(len(power))))}
    if step == "coating":
        exhaust = coating.exhaust_temperature(own)
        return {"exhaust_temperature": pl.Series(exhaust + 0.3 * noise * rng.standard_normal(len(exhaust)))}
    return {}


def batch_records(seed: int, noise: float, train: Train, recorded: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """File → batch record of a step at a site, as text. `recorded` holds the amounts as weighed."""
    files = {}
    for step in STEPS:
        weighed = recorded[step].drop("batch")
        rows = train.inputs[step].drop([name for name in weighed.columns if name in train.inputs[step].columns])
        rows = rows.with_columns(**{name: weighed[name] for name in weighed.columns}, **_readings(seed, noise, step, train))
        for site in SITES:
            suffix = "xlsx" if site == "Porto" else "csv"
            files[f"{site.lower()}_{step}.{suffix}"] = _record(rows.filter(pl.col("site") == site), site, step)
    return files


def _record(rows: pl.DataFrame, site: str, step: str) -> pl.DataFrame:
    german = site == "Ulm"
    machine, english, other = MACHINE[step]
    names = [pl.col("batch").alias("Charge" if german else "Batch")]
    if step in ("granulation", "coating"):
        names.append(pl.col("product").alias("Produkt" if german else "Product"))
        moment = pl.col("started_at").dt.strftime("%d.%m.%Y %H:%M" if german else "%Y-%m-%d %H:%M")
        names.append(moment.alias("Beginn" if german else "Start"))
    names.append(pl.col(machine).alias(other if german else english))
    return rows.select(*names, *(_text(pl.col(column.name), column.of(site), german) for column in COLUMNS[step]))


def _text(value: pl.Expr, written: Written, comma: bool) -> pl.Expr:
    header, factor, digits = written
    text = (value.cast(pl.Float64) * factor).round(digits).cast(pl.String)
    return (text.str.replace(".", ",", literal=True) if comma else text).alias(header)


def machine_lists() -> dict[str, pl.DataFrame]:
    """File → the machines of one kind with their geometry, as text."""
    return {f"{kind}_list.csv": _list(kind) for kind in GEOMETRY}


def _list(kind: str) -> pl.DataFrame:
    columns = (
        (pl.col(name) * factor).round(digits).cast(pl.String).alias(header)
        for name, header, factor, digits in GEOMETRY[kind]
    )
    return table(kind).select(pl.col(kind).alias("Machine"), pl.col("site").alias("Site"), *columns)


def lot_files(lots: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """File → lots of a material with what their certificates state, as text."""
    return {f"{material}_lots.csv": _lots(frame) for material, frame in lots.items()}


def _lots(frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in frame.columns if name not in ("lot", "begins", "product")]
    values = (pl.col(name) * LOT_FACTORS.get(name, 1.0) for name in names)
    return frame.select(pl.col("lot").alias("Lot"), *(value.round(4).cast(pl.String) for value in values))


def genealogy_files(uses: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """File → which batch of a step consumed how much of which lot, as text."""
    named = {"batch": "Batch", "material": "Material", "lot": "Lot", "mass": "kg"}
    return {
        f"genealogy_{step}.csv": frame.rename(named).with_columns(pl.col("kg").cast(pl.String))
        for step, frame in uses.items()
    }


def transfer_file(seed: int, noise: float, transfers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Which batch went into which, and how much, as text: From, To, kg. Each amount was weighed with an error of 0.2 %."""
    joined = pl.concat(transfers.values()).select("source", "target", "mass")
    error = 0.002 * noise * generator(seed, "weighing of transfers").standard_normal(joined.height)
    weighed = (pl.col("mass") * (1 + pl.Series(error))).round(3).cast(pl.String)
    return joined.select(pl.col("source").alias("From"), pl.col("target").alias("To"), weighed.alias("kg"))
