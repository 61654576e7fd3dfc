"""The records of each step as they are true before people write them: one row per batch of the step. Cells in 1e6."""

from datetime import timedelta

import numpy as np
import polars as pl

from pipeline.simulators.cell_therapy.balance_breaks import booked_factor
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.expansion import SEEDED_DAY
from pipeline.simulators.cell_therapy.laboratory import counted
from pipeline.simulators.cell_therapy.plan import Plan
from pipeline.simulators.cell_therapy.simulation import Outcome

SELECTION_HOURS = 6.0


def step_records(config: CellTherapyConfig, made: Plan, outcome: Outcome) -> dict[str, pl.DataFrame]:
    """Step → its records, with the columns lot, site, batch, then settings and booked cells `taken`, `given` and `lost`."""
    rows = made.rows
    begun = pl.col("received") + pl.duration(minutes=(60 * (SELECTION_HOURS + pl.col("activation_delay"))).round())
    base = rows.with_columns(
        activation_started=begun,
        seeded_at=begun + timedelta(days=SEEDED_DAY),
        device_days=pl.col("culture_days") - SEEDED_DAY,
        filled_at=begun + pl.duration(minutes=(pl.col("culture_days") * 1440 + pl.col("hold_time") * 60).round()),
        activated_cells=pl.Series(outcome.controls["activated_cells"]),
        perfusion=pl.col("perfusion_rate") * pl.col("culture_volume"),
        state=pl.when(pl.col("frozen") > 0).then(pl.lit("frozen")).otherwise(pl.lit("fresh")),
    ).with_columns(vector_volume=pl.col("moi") * pl.col("activated_cells") * 1e6 / pl.col("vector_titre"))
    return {
        step: _booked(config, made, outcome, step, base.with_columns(batch=_batch(step)))
        for step in ("selection", "transduction")
    } | {
        "expansion": _of_devices(config, made, outcome, base),
        "formulation": _booked(config, made, outcome, "formulation", base.with_columns(batch=_batch("formulation"))),
    }


def _batch(step: str) -> pl.Expr:
    """Number of the batch. Selection and transduction keep that of the patient lot, which goes on whole."""
    return pl.format("{}-P", "lot") if step == "formulation" else pl.col("lot")


def _booked(config: CellTherapyConfig, made: Plan, outcome: Outcome, step: str, rows: pl.DataFrame) -> pl.DataFrame:
    given = counted(config, f"{step} given", outcome.cells[f"{step}_given"])
    return rows.with_columns(
        taken=pl.Series(counted(config, f"{step} taken", outcome.cells[f"{step}_taken"])),
        given=pl.Series(given * booked_factor(made.breaks, made.rows, step)),
        lost=pl.Series(counted(config, f"{step} lost", outcome.cells[f"{step}_lost"], waste=True)),
    )


def _of_devices(config: CellTherapyConfig, made: Plan, outcome: Outcome, rows: pl.DataFrame) -> pl.DataFrame:
    """Records of the expansion, one row per device. Lots in two devices have two rows, each with counts of its own."""
    parts = []
    for device in (1, 2):
        counts = {
            "seeded": counted(config, f"seeded {device}", outcome.controls["seeded_cells"]),
            "taken": counted(config, f"expansion taken {device}", outcome.cells["expansion_taken"]),
            "given": counted(config, f"expansion given {device}", outcome.cells["expansion_given"]),
            "lost": counted(config, f"expansion lost {device}", outcome.cells["expansion_lost"], waste=True),
        }
        counts["given"] = counts["given"] * booked_factor(made.breaks, made.rows, "expansion")
        own = rows.with_columns(
            batch=pl.format("{}-E{}", "lot", pl.lit(device)), **{n: pl.Series(v) for n, v in counts.items()}
        )
        parts.append(own.filter(pl.col("devices") >= device))
    return pl.concat(parts).sort("batch")


def transfers(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Which batch went into which, with viable cells: from, to, cells."""
    runs = records["expansion"]
    into = runs.select(pl.col("lot").alias("from"), pl.col("batch").alias("to"), pl.col("seeded").alias("cells"))
    out = runs.select(pl.col("batch").alias("from"), pl.format("{}-P", "lot").alias("to"), pl.col("given").alias("cells"))
    return pl.concat([into, out])


def size_in_deviations(records: dict[str, pl.DataFrame], breaks: pl.DataFrame) -> pl.DataFrame:
    """The planted breaks, each with the batch of its step, the booked yield, and its distance in SD of the unbroken yields."""
    parts = []
    for step, own in breaks.group_by("step", maintain_order=True):
        frame = records[str(step[0])].select("lot", "batch", (pl.col("given") / pl.col("taken")).alias("yield"))
        usual = frame.join(own, on="lot", how="anti")["yield"].to_numpy()
        found = own.join(frame, on="lot", how="left", maintain_order="left")
        away = (pl.col("yield") - float(np.mean(usual))).abs() / float(np.std(usual, ddof=1))
        parts.append(found.with_columns(deviations=away))
    return pl.concat(parts).sort("lot") if parts else breaks
