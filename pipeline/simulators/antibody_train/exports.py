"""The raw files, as three sites export them: in their own columns, units, languages and formats."""

from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from pipeline.simulators.antibody_train import equipment
from pipeline.simulators.antibody_train.amounts import Amounts
from pipeline.simulators.antibody_train.campaigns import STEPS, Campaigns
from pipeline.simulators.antibody_train.equipment import HALF_ANGLE, PARTICLE
from pipeline.simulators.random_numbers import generator

Tables = dict[str, pl.DataFrame]
"""File → table of text."""
CLOCK, GERMAN_CLOCK = "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"
MISSING: dict[str, tuple[str, float]] = {
    "capture_batches.csv": ("Low pH hold [min]", 0.015),
    "polishing_batches.csv": ("Load conductivity [mS/cm]", 0.015),
    "kiel_kulturen.csv": ("Animpfdichte Mio/mL", 0.03),
}
"""File → column in which the operators left a share of the cells blank."""


@dataclass(frozen=True)
class Column:
    """A column of numbers of a record: written value = quantity · factor + offset."""

    header: str
    name: str
    digits: int = 2
    factor: float = 1.0
    offset: float = 0.0


LUND_CULTURE = (
    Column("Volume [L]", "litres", 3),
    Column("Agitation [rpm]", "rpm", 1),
    Column("Air flow [mL/min]", "gas", 2, 1000.0),
    Column("Temperature [degC]", "culture_temperature"),
    Column("pH", "culture_ph", 3),
    Column("Duration [day]", "culture_duration", 1),
    Column("Seeding [1e6/mL]", "seeding_density", 3),
    Column("Feed [%]", "feed_share"),
)
KIEL_CULTURE = (
    Column("Volumen m3", "culture_volume", 3),
    Column("Drehzahl 1/s", "agitation", 4),
    Column("Begasung m3/h", "gas", 3, 0.06),
    Column("Temperatur °C", "culture_temperature"),
    Column("pH", "culture_ph", 3),
    Column("Dauer Tage", "culture_duration", 1),
    Column("Animpfdichte Mio/mL", "seeding_density", 3),
    Column("Futter %", "feed_share"),
)
GALWAY_CULTURE = (
    Column("Volume (L)", "litres", 1),
    Column("Speed (rpm)", "rpm", 1),
    Column("Gas (L/min)", "gas", 3),
    Column("Temp (degF)", "culture_temperature", 2, 1.8, 32.0),
    Column("pH", "culture_ph", 3),
    Column("Run (h)", "culture_duration", 1, 24.0),
    Column("Seed (1e6/mL)", "seeding_density", 3),
    Column("Feed (%)", "feed_share"),
)
HARVEST = (
    Column("Volume [L]", "litres", 3),
    Column("Feed flow [L/h]", "feed_flow", 3),
    Column("Bowl speed [rpm]", "rpm", 0),
    Column("Filter area [m2]", "filter_area", 3),
    Column("Hold [h]", "harvest_hold", 1),
)
CAPTURE = (
    Column("Bed height [cm]", "capture_bed_height", 1),
    Column("Column volume [L]", "column_volume", 4),
    Column("Residence time [min]", "capture_residence", 2),
    Column("Resin load [g/L]", "resin_load", 2),
    Column("Cycles", "cycles", 0),
    Column("Wash [CV]", "capture_wash", 1),
    Column("Eluate [CV]", "capture_elution", 2),
    Column("Elution pH", "elution_ph", 2),
    Column("Low pH hold [min]", "low_ph_hold", 0),
)
KIEL_CAPTURE = (
    Column("Betthöhe cm", "capture_bed_height", 1),
    Column("Säulenvolumen L", "column_volume", 2),
    Column("Verweilzeit s", "capture_residence", 0, 60.0),
    Column("Beladung g/L", "resin_load", 2),
    Column("Zyklen", "cycles", 0),
    Column("Waschen SV", "capture_wash", 1),
    Column("Eluat SV", "capture_elution", 2),
    Column("Elution pH", "elution_ph", 2),
    Column("Saure Haltezeit min", "low_ph_hold", 0),
)
POLISHING = (
    Column("Bed height [cm]", "polishing_bed_height", 1),
    Column("Column volume [L]", "column_volume", 4),
    Column("Velocity [cm/h]", "polishing_velocity", 0),
    Column("Resin load [g/L]", "resin_load", 2),
    Column("Cycles", "cycles", 0),
    Column("Load conductivity [mS/cm]", "load_conductivity", 2),
    Column("Elution conductivity [mS/cm]", "elution_conductivity", 2),
    Column("Tracer volume [L]", "retention", 5),
    Column("Tracer width [L]", "width", 6),
)
FILTRATION = (
    Column("Feed flux [L/(m2 min)]", "feed_flux", 2),
    Column("Feed pressure [bar]", "pressure", 3),
    Column("Retentate pressure [bar]", "retentate_pressure", 2),
    Column("Protein per membrane [g/m2]", "membrane_load", 1),
    Column("Diafiltration volumes", "diafiltration_volumes", 1),
    Column("Retentate [L]", "retentate", 4),
    Column("Retentate [g/L]", "retentate_concentration", 1),
    Column("Flush [% of retentate]", "flush", 2, 100.0),
)


def _numbers(columns: tuple[Column, ...]) -> list[pl.Expr]:
    """Numbers as text; whole numbers without a decimal mark."""
    written = []
    for column in columns:
        value = (pl.col(column.name) * column.factor + column.offset).round(column.digits)
        text = value.cast(pl.String) if column.digits else value.cast(pl.Int64).cast(pl.String)
        written.append(text.alias(column.header))
    return written


def _amounts(names: dict[str, str], factor: float = 1.0) -> list[pl.Expr]:
    return [(pl.col(name) * factor).round_sig_figs(5).cast(pl.String).alias(header) for header, name in names.items()]


def _with_comma(table: pl.DataFrame, *texts: str) -> pl.DataFrame:
    """Write numbers with a decimal comma. `texts` are the columns that hold no numbers."""
    return table.with_columns(pl.all().exclude(texts).str.replace(".", ",", literal=True))


def _cultures(records: pl.DataFrame) -> Tables:
    def of(site: str, heads: tuple[str, str, str], moment: str, columns: tuple[Column, ...]) -> pl.DataFrame:
        batch, start, vessel = heads
        return records.filter(pl.col("site") == site).select(
            pl.col("batch").alias(batch),
            pl.col("started").dt.strftime(moment).alias(start),
            pl.col("bioreactor").alias(vessel),
            *_numbers(columns),
        )

    kiel = of("Kiel", ("Charge", "Beginn", "Kessel"), GERMAN_CLOCK, KIEL_CULTURE)
    return {
        "lund_cultures.csv": of("Lund", ("Batch", "Start", "Vessel"), CLOCK, LUND_CULTURE),
        "kiel_kulturen.csv": _with_comma(kiel, "Charge", "Beginn", "Kessel"),
        "galway_cultures.xlsx": of("Galway", ("Batch", "Started", "Bioreactor"), CLOCK, GALWAY_CULTURE),
    }


def _captures(records: pl.DataFrame) -> Tables:
    kiel = pl.col("site") == "Kiel"
    names = {"Product in [g]": "taken", "Eluate [g]": "given", "Flow-through [g]": "lost"}
    german = {"Auftrag kg": "taken", "Eluat kg": "given", "Durchlauf kg": "lost"}
    usual = records.filter(~kiel).select(
        pl.col("batch").alias("Batch"), pl.col("capture_column").alias("Column"), *_numbers(CAPTURE), *_amounts(names)
    )
    other = records.filter(kiel).select(
        pl.col("batch").alias("Charge"),
        pl.col("capture_column").alias("Säule"),
        *_numbers(KIEL_CAPTURE),
        *_amounts(german, 1e-3),
    )
    return {"capture_batches.csv": usual, "kiel_capture.csv": _with_comma(other, "Charge", "Säule")}


def _batches(records: dict[str, pl.DataFrame]) -> Tables:
    harvest = records["harvest"].select(
        pl.col("batch").alias("Batch"),
        pl.col("centrifuge").alias("Centrifuge"),
        *_numbers(HARVEST),
        *_amounts({"Product in [g]": "taken", "Product out [g]": "given"}),
    )
    polishing = records["polishing"].select(
        pl.col("batch").alias("Batch"),
        pl.col("polishing_column").alias("Column"),
        *_numbers(POLISHING),
        *_amounts({"Product in [g]": "taken", "Pool [g]": "given", "Strip [g]": "lost"}),
    )
    filtration = records["filtration"].select(
        pl.col("batch").alias("Lot"),
        pl.col("product").alias("Product"),
        pl.col("site").alias("Site"),
        pl.col("skid").alias("Skid"),
        *_numbers(FILTRATION),
        *_amounts({"Product in [g]": "taken", "Substance [g]": "given", "Rinse [g]": "lost"}),
    )
    return {
        **_cultures(records["culture"]),
        "harvest_batches.csv": harvest,
        **_captures(records["capture"]),
        "polishing_batches.csv": polishing,
        "substance_lots.csv": filtration,
    }


def _equipment() -> Tables:
    vessels = equipment.bioreactors().select(
        pl.col("bioreactor").alias("Vessel"),
        *_numbers(
            (
                Column("Tank diameter [mm]", "tank_diameter", 1, 1000.0),
                Column("Impeller diameter [mm]", "impeller_diameter", 1, 1000.0),
                Column("Impellers", "impellers", 0),
                Column("Power number", "power_number", 2),
                Column("Head pressure [mbar]", "head_pressure", 0, 0.01),
            )
        ),
    )
    centrifuges = (
        equipment.centrifuges()
        .with_columns(angle=pl.lit(360 * HALF_ANGLE))
        .select(
            pl.col("centrifuge").alias("Centrifuge"),
            *_numbers(
                (
                    Column("Discs", "disc_count", 0),
                    Column("Outer diameter [mm]", "disc_outer_diameter", 1, 1000.0),
                    Column("Inner diameter [mm]", "disc_inner_diameter", 1, 1000.0),
                    Column("Half angle [deg]", "angle", 1),
                )
            ),
        )
    )
    columns = {
        f"{step}_columns.csv": equipment.columns_of(step)
        .with_columns(bead=pl.lit(PARTICLE[step]))
        .select(
            pl.col(f"{step}_column").alias("Column"),
            *_numbers((Column("Diameter [mm]", "diameter", 1, 1000.0), Column("Bead [um]", "bead", 0, 1e6))),
        )
        for step in PARTICLE
    }
    skids = equipment.skids().select(
        pl.col("skid").alias("Skid"),
        *_numbers((Column("Membrane area [m2]", "membrane_area", 3), Column("Hold-up [L]", "hold_up", 4))),
    )
    return {"bioreactors.csv": vessels, "centrifuges.csv": centrifuges, **columns, "skids.csv": skids}


def _transfers(campaigns: Campaigns, amounts: dict[str, Amounts]) -> pl.DataFrame:
    """What went into what, with the amounts that the giving step measured. Lund books in g, the others in kg.

    A harvest with the number of its culture has no row: the culture went on whole.
    """
    parts = []
    for before, after in pairwise(STEPS):
        links, giving, taking = campaigns.links[after], campaigns.batches[before], campaigns.batches[after]
        measured = amounts["harvest"].taken if before == "culture" else amounts[before].given
        named = pl.DataFrame(
            {
                "From": giving["batch"].gather(links.sources),
                "To": taking["batch"].gather(links.targets),
                "grams": links.amounts(measured),
                "site": giving["site"].gather(links.sources),
            }
        )
        parts.append(named.filter(pl.col("From") != pl.col("To")))
    grams = pl.col("site") == "Lund"
    amount = pl.when(grams).then("grams").otherwise(pl.col("grams") / 1000)
    return pl.concat(parts).select(
        "From",
        "To",
        amount.round_sig_figs(5).cast(pl.String).alias("Amount"),
        pl.when(grams).then(pl.lit("g")).otherwise(pl.lit("kg")).alias("Unit"),
    )


def _blanked(seed: int, tables: Tables) -> Tables:
    """Leave some cells blank, as operators do."""
    changed = dict(tables)
    for file, (column, share) in MISSING.items():
        blank = generator(seed, f"blank {file}").uniform(size=tables[file].height) < share
        kept = pl.when(~pl.Series(blank, dtype=pl.Boolean)).then(pl.col(column)).alias(column)
        changed[file] = tables[file].with_columns(kept)
    return changed


def exports(
    seed: int, records: dict[str, pl.DataFrame], campaigns: Campaigns, amounts: dict[str, Amounts], results: Tables
) -> Tables:
    """All raw files but those of the lots. `records` are in the units of the plant, `results` those of the laboratories."""
    tables = _blanked(seed, _batches(records)) | _equipment() | results
    return tables | {"transfers.csv": _transfers(campaigns, amounts)}


def lot_files(lots: Tables, uses: Tables) -> Tables:
    """Files of the lots of each material and of what used them."""
    files: Tables = {}
    for material, table in lots.items():
        files[f"{material}_lots.csv"] = table.rename({"lot": "Lot #"}).with_columns(pl.all().cast(pl.String))
        files[f"{material}_use.csv"] = uses[material].select(
            pl.col("batch").alias("Batch"),
            pl.col("material").alias("Material"),
            pl.col("lot").alias("Lot"),
            pl.col("amount").cast(pl.String).alias("kg"),
        )
    return files
