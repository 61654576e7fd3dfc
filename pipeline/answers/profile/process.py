"""Products, vessels and scales of history that a proposal may name."""

import polars as pl

from pipeline.answers.result.profile import ProfiledProcess, ProfiledProduct, ProfiledVessel
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels


def profiled_process(process: Process, batches: pl.DataFrame) -> ProfiledProcess:
    """Return what a proposal about a process may name. batches: of history, SI."""
    unit = process.attributes[process.scale.attribute].si
    levels = scale_levels(batches["scale"], process.scale.tolerance).unique().sort()
    return ProfiledProcess(
        process.name,
        process.title,
        process.states_product,
        process.states_scale,
        unit.label,
        tuple(unit.from_si(level) for level in levels),
        _products(process, batches),
        _vessels(process, batches),
    )


def _products(process: Process, batches: pl.DataFrame) -> tuple[ProfiledProduct, ...]:
    if not process.states_product:
        return ()
    unit, scale = process.attributes[process.scale.attribute].si, pl.col("scale")
    found = batches.group_by("product").agg(pl.len(), scale.min().alias("low"), scale.max().alias("high")).sort("product")
    return tuple(
        ProfiledProduct(name, count, (unit.from_si(low), unit.from_si(high))) for name, count, low, high in found.iter_rows()
    )


def _vessels(process: Process, batches: pl.DataFrame) -> tuple[ProfiledVessel, ...]:
    if process.equipment is None:
        return ()
    unit, scale = process.attributes[process.scale.attribute].si, pl.col("scale")
    found = (
        batches.drop_nulls("equipment")
        .group_by("equipment")
        .agg(
            pl.col("site").drop_nulls().mode().sort().first(),
            pl.len(),
            scale.min().alias("low"),
            scale.median().alias("usual"),
            scale.max().alias("high"),
        )
        .sort("low", "equipment")
    )
    return tuple(
        ProfiledVessel(name, site, count, (unit.from_si(low), unit.from_si(high)), unit.from_si(usual))
        for name, site, count, low, usual, high in found.iter_rows()
    )
