"""The files as the centres and laboratories export them. One centre writes French, decimal commas and whole cells."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.records import transfers
from pipeline.simulators.random_numbers import generator

FRENCH_SITE = "Lyon"
WHOLE_CELLS_SITE = "Toronto"
"""Its laboratory reports whole cells, the others millions of cells."""
MOMENT, FRENCH_MOMENT = "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"
BLANK = 0.012
"""Share of blank cells in columns that people fill by hand."""
TWICE = 0.006
"""Share of laboratory results that are exported twice."""
REVISED = 0.01
"""Share of laboratory results with an earlier, wrong revision."""
BEADS_LIMIT = 3.0
"""Reporting limit of residual beads [per 1e6 cells]."""


@dataclass(frozen=True)
class Column:
    """A column of a record."""

    header: str
    french: str
    """Header at the centre that writes French."""
    name: str
    digits: int | None = None
    """Decimal places; None for a text or a moment."""
    cells: bool = False
    """Whether it is a number of cells: 1e6 cells, and whole cells at the centre that writes French."""
    by_hand: bool = False
    """Whether people fill it, so that it is blank at times."""


RECORDS: dict[str, tuple[Column, ...]] = {
    "selection": (
        Column("Patient lot", "Lot patient", "batch"),
        Column("Received", "Recu", "received"),
        Column("State", "Etat", "state"),
        Column("Transit (h)", "Transport h", "transit_time", 1, by_hand=True),
        Column("Container (degC)", "Conteneur °C", "container_temperature", 1, by_hand=True),
        Column("T cells loaded (1e6)", "Cellules T chargees", "taken", 0, cells=True),
        Column("T cells selected (1e6)", "Cellules T retenues", "given", 0, cells=True),
        Column("T cells in waste (1e6)", "Cellules T perdues", "lost", 0, cells=True),
    ),
    "transduction": (
        Column("Patient lot", "Lot patient", "batch"),
        Column("Activation started", "Debut activation", "activation_started"),
        Column("Delay (h)", "Delai h", "activation_delay", 1, by_hand=True),
        Column("Beads per cell", "Billes par cellule", "bead_ratio", 2),
        Column("Cells to activation (1e6)", "Cellules activees", "activated_cells", 0, cells=True),
        Column("Vector (mL)", "Vecteur mL", "vector_volume", 3),
        Column("Volume (mL)", "Volume mL", "transduction_volume", 1),
        Column("Devices", "Appareils", "devices", 0),
        Column("Cells before wash (1e6)", "Cellules avant lavage", "taken", 0, cells=True),
        Column("Cells after wash (1e6)", "Cellules apres lavage", "given", 0, cells=True),
        Column("Cells in wash waste (1e6)", "Cellules perdues", "lost", 1, cells=True),
    ),
    "expansion": (
        Column("Run", "Culture", "batch"),
        Column("Bank", "Banc", "bank"),
        Column("Seeded", "Ensemence", "seeded_at"),
        Column("Devices in parallel", "Appareils en parallele", "devices_in_parallel", 0),
        Column("Perfusion (mL/d)", "Perfusion mL/j", "perfusion", 0, by_hand=True),
        Column("Days in device", "Jours en appareil", "device_days", 0),
        Column("Cells seeded (1e6)", "Cellules ensemencees", "seeded", 0, cells=True),
        Column("Cells at end (1e6)", "Cellules en fin", "taken", 0, cells=True),
        Column("Cells harvested (1e6)", "Cellules recoltees", "given", 0, cells=True),
        Column("Cells in samples and rest (1e6)", "Cellules echantillons et reste", "lost", 1, cells=True),
    ),
    "formulation": (
        Column("Bag", "Poche", "batch"),
        Column("Product", "Produit", "product"),
        Column("Centre", "Centre", "site"),
        Column("Filled", "Rempli", "filled_at"),
        Column("Hold (h)", "Attente h", "hold_time", 1, by_hand=True),
        Column("Wash", "Lavage", "wash_instrument"),
        Column("Cooling (K/min)", "Refroidissement K/min", "cooling_rate", 2),
        Column("Cells to wash (1e6)", "Cellules a laver", "taken", 0, cells=True),
        Column("Cells filled (1e6)", "Cellules remplies", "given", 0, cells=True),
        Column("Cells lost (1e6)", "Cellules perdues", "lost", 0, cells=True),
    ),
}
"""Step → the columns of its record, the batch first."""
TESTS: dict[str, tuple[str, str, float, int]] = {
    "receipt_viability": ("Viability at receipt", "%", 100.0, 1),
    "transduced_share": ("CAR+ on day 3", "%", 100.0, 1),
    "fold_day7": ("Fold expansion on day 7", "", 1.0, 2),
    "dose": ("Viable CAR+ cells", "10^6 cells", 1.0, 1),
    "viability": ("Viability after thaw", "%", 100.0, 1),
    "car_share": ("CAR+ of viable T cells", "%", 100.0, 1),
    "vector_copies": ("Vector copies per CAR+ cell", "", 1.0, 2),
    "t_cell_purity": ("CD3+ of viable cells", "%", 100.0, 1),
    "residual_beads": ("Residual beads per 1e6 cells", "1/Mcell", 1.0, 1),
    "memory_share": ("CD62L+ of CAR+ cells", "%", 100.0, 1),
}
"""Result → name of the test, unit, factor from the simulation to this unit, decimal places."""
LIMS: dict[str, tuple[str, ...]] = {
    "selection": ("receipt_viability",),
    "transduction": ("transduced_share",),
    "expansion": ("fold_day7",),
    "formulation": ("dose", "viability", "car_share", "vector_copies", "t_cell_purity", "residual_beads", "memory_share"),
}
"""Step → results that its laboratory file holds."""
RESULT_DAYS = {"selection": 0.1, "transduction": 3.2, "expansion": 7.2, "formulation": 14.0}
"""Days from the activation to the approval of a result; for the bag from the fill."""


def record_files(config: CellTherapyConfig, records: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Files of the batch records, as text: of each step one for all centres but one, and one for that one."""
    files = {}
    for step, frame in records.items():
        blanked = _with_blanks(config, step, frame)
        files[f"{step}.csv"] = blanked.filter(pl.col("site") != FRENCH_SITE).select(_plain(c) for c in RECORDS[step])
        files[f"{step}_lyon.csv"] = blanked.filter(pl.col("site") == FRENCH_SITE).select(_french(c) for c in RECORDS[step])
    return files


def _with_blanks(config: CellTherapyConfig, step: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Records with blank cells where people forgot to write."""
    for column in RECORDS[step]:
        if column.by_hand:
            forgotten = (
                generator(config.seed, f"blank {step} {column.name}").uniform(size=frame.height) < BLANK * config.dirt
            )
            frame = frame.with_columns(pl.when(pl.Series(~forgotten)).then(pl.col(column.name)).alias(column.name))
    return frame


def _plain(column: Column) -> pl.Expr:
    if column.digits is not None:
        return _number(pl.col(column.name), column.digits).alias(column.header)
    return _text(column.name, MOMENT).alias(column.header)


def _french(column: Column) -> pl.Expr:
    if column.digits is not None:
        value = pl.col(column.name) * 1e6 if column.cells else pl.col(column.name)
        return _number(value, 0 if column.cells else column.digits).str.replace(".", ",", literal=True).alias(column.french)
    return _text(column.name, FRENCH_MOMENT).alias(column.french)


def _text(name: str, moment: str) -> pl.Expr:
    is_moment = name in ("received", "activation_started", "seeded_at", "filled_at")
    return pl.col(name).dt.strftime(moment) if is_moment else pl.col(name).cast(pl.String)


def _number(value: pl.Expr, digits: int) -> pl.Expr:
    rounded = value.round(digits)
    return (rounded.cast(pl.Int64) if digits == 0 else rounded).cast(pl.String)


def lims_files(
    config: CellTherapyConfig, records: dict[str, pl.DataFrame], results: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Files of the laboratory, one per step, as text. results: `lot`, then one column per in-process control and CQA."""
    return {f"lims_{step}.csv": _lims(config, step, records[step], results) for step in LIMS}


def _lims(config: CellTherapyConfig, step: str, frame: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    since = pl.col("filled_at" if step == "formulation" else "activation_started")
    approved = (since + pl.duration(minutes=round(RESULT_DAYS[step] * 1440))).dt.strftime("%Y-%m-%d")
    joined = frame.select("lot", "batch", "site", approved.alias("approved")).join(results, on="lot", maintain_order="left")
    table = pl.concat([_test(joined, name) for name in LIMS[step]]).sort("batch", "test")
    rng = generator(config.seed, f"lims {step}")
    wrong = table.filter(
        pl.Series(rng.uniform(size=table.height) < REVISED * config.dirt) & ~pl.col("result").str.starts_with("<")
    )
    factor = pl.Series(rng.choice([0.1, 10.0, 1.37], wrong.height), dtype=pl.Float64)
    first = wrong.with_columns((pl.col("result").cast(pl.Float64) * factor).round(2).cast(pl.String).alias("result"))
    second = wrong.with_columns(pl.lit("2").alias("revision"))
    stacked = pl.concat([table.join(wrong, on=["batch", "test"], how="anti"), first, second]).sort(
        "batch", "test", "revision"
    )
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    named = stacked.select(pl.format(f"{step[0].upper()}{{}}", number).alias("sample"), pl.all())
    return pl.concat([named, named.filter(pl.Series(rng.uniform(size=named.height) < TWICE * config.dirt))])


def _test(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    test, unit, factor, digits = TESTS[name]
    whole = (pl.col("site") == WHOLE_CELLS_SITE) & pl.lit(name == "dose")
    value = _number(pl.col(name) * factor, digits)
    if name == "residual_beads":
        value = pl.when(pl.col(name) < BEADS_LIMIT).then(pl.lit(f"<{BEADS_LIMIT:g}")).otherwise(value)
    return rows.select(
        "batch",
        pl.lit(test).alias("test"),
        pl.when(whole).then(_number(pl.col(name) * 1e6, 0)).otherwise(value).alias("result"),
        pl.when(whole).then(pl.lit("cells")).otherwise(pl.lit(unit)).alias("unit"),
        pl.lit("1").alias("revision"),
        "approved",
    )


def lot_files(config: CellTherapyConfig, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Files of the lots of each material, as text. Collection centres forget some analyses of the donor lots."""
    count = rows.height
    forgotten = generator(config.seed, "blank donor").uniform(size=count) < 4 * BLANK * config.dirt
    error = np.exp(0.05 * config.noise * generator(config.seed, "donor count").standard_normal(count))
    donor = rows.select(
        pl.col("donor_lot").alias("Donor lot"),
        _number(pl.col("age"), 0).alias("Age (years)"),
        _number(pl.col("prior_lines"), 0).alias("Prior lines"),
        _number(pl.col("washout_weeks"), 1).alias("Weeks since chemotherapy"),
        _number(pl.col("collected_cells") * pl.Series(error), 0).alias("CD3 cells (1e6)"),
        _number(pl.col("cd4_cd8"), 2).alias("CD4:CD8"),
        pl.when(pl.Series(~forgotten)).then(_number(100 * pl.col("naive_share"), 1)).alias("Naive and central memory (%)"),
        _number(100 * pl.col("monocyte_share"), 1).alias("Monocytes (%)"),
        _number(100 * pl.col("collected_viability"), 1).alias("Viability at collection (%)"),
    ).sort("Donor lot")
    vector = rows.select(
        pl.col("vector_lot").alias("Vector lot"),
        (pl.col("vector_titre") / 1e6).round(1).cast(pl.String).alias("Titre (1e6 TU/mL)"),
        _number(pl.col("particle_ratio"), 0).alias("Particles per TU"),
    )
    medium = rows.select(
        pl.col("medium_lot").alias("Medium lot"),
        _number(pl.col("medium_glucose"), 2).alias("Glucose (g/L)"),
        _number(pl.col("medium_cytokine"), 1).alias("Cytokine activity (%)"),
    )
    return {
        "donor_lots.csv": donor,
        "vector_lots.csv": vector.unique(maintain_order=True).sort("Vector lot"),
        "medium_lots.csv": medium.unique(maintain_order=True).sort("Medium lot"),
    }


def use_files(records: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Files of genealogy, one per material, as text: which lot went into which batch, with the amount and its unit."""
    runs = records["expansion"].with_columns(medium=pl.col("culture_volume") + pl.col("perfusion") * pl.col("device_days"))
    return {
        "donor_use.csv": _use(records["selection"], "donor", "donor_lot", pl.lit(1.0), "bag"),
        "vector_use.csv": _use(records["transduction"], "vector", "vector_lot", pl.col("vector_volume"), "mL"),
        "medium_use.csv": _use(runs, "medium", "medium_lot", pl.col("medium"), "mL"),
    }


def _use(frame: pl.DataFrame, material: str, lot: str, amount: pl.Expr, unit: str) -> pl.DataFrame:
    return frame.select(
        pl.col("batch").alias("Batch"),
        pl.lit(material).alias("Material"),
        pl.col(lot).alias("Lot"),
        amount.round(3).cast(pl.String).alias(f"Amount ({unit})"),
    )


def transfer_file(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """File of transfers from batch to batch, as text, in 1e6 cells."""
    return transfers(records).select(
        pl.col("from").alias("From"), pl.col("to").alias("To"), _number(pl.col("cells"), 0).alias("Cells (1e6)")
    )


def bank_file(rows: pl.DataFrame) -> pl.DataFrame:
    """The list of banks of devices, as text."""
    return (
        rows.select(
            pl.col("bank").alias("Bank"),
            pl.col("device_model").alias("Device"),
            _number(pl.col("culture_volume"), 0).alias("Culture volume (mL)"),
            pl.col("oxygen_transfer").round(2).cast(pl.String).alias("Oxygen transfer (mmol/L/h)"),
        )
        .unique(maintain_order=True)
        .sort("Bank")
    )
