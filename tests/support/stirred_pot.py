"""The trained pot whose vessels have a stirrer and a sparger, so that comparable quantities exist and can be held."""

from dataclasses import replace
from functools import cache

import polars as pl

from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.table import build
from pipeline.history.tables import History
from tests.support.definitions import PlainData
from tests.support.pot import definition
from tests.support.trained_pot import trained_run

VESSELS = {"A": (0.06, 2.0, 1.5, 0.12), "B": (0.2, 2.0, 1.5, 0.5)}
"""Vessel → impeller diameter [m], impellers, power number, tank diameter [m]."""
PROPERTIES = {"impeller_diameter": "mm", "impellers": "", "power_number": "", "tank_diameter": "mm"}
FEEDS = {"agitation": "agitation", "working_volume": "volume", "impeller_diameter": "impeller_diameter",
         "impeller_count": "impellers", "power_number": "power_number", "vessel_diameter": "tank_diameter",
         "gas_flow": "gas_flow"}  # fmt: skip


def stirred_definition() -> PlainData:
    """The definition of the pot with properties of its vessels, a gas flow and an operation."""
    made = definition()
    made["sources"]["vessels"] = {"gives": "details", "files": ["v.csv"], "key": ["vessel"]}
    made["attributes"]["vessel"]["column"] = ["batches.vessel", "vessels.vessel"]
    number = {"role": "context", "horizon": "plan", "description": "property of the vessel"}
    for name, unit in PROPERTIES.items():
        made["attributes"][name] = {**number, "unit": unit, "column": f"vessels.{name}"}
    gas = {"role": "CPP", "horizon": "plan", "description": "air", "unit": "L/min", "between": [0, 100]}
    made["attributes"]["gas_flow"] = {**gas, "column": "batches.gas_flow"}
    made["operations"] = {"bioreactor": {"kind": "bioreactor", "inputs": dict(FEEDS)}}
    return made


@cache
def stirred_run() -> TrainedRun:
    """The trained pot with stirrers. Its model is that of the pot, which reads the speed, the temperature and the medium."""
    process, run = parse(Process, stirred_definition(), "stirred pot"), trained_run()
    batches = run.history.batches.with_columns(
        pl.col("equipment").replace_strict({vessel: one[i] for vessel, one in VESSELS.items()}).alias(name)
        for i, name in enumerate(PROPERTIES)
    ).with_columns((pl.col("scale") * (pl.col("temperature") - 307) / 600).alias("gas_flow"))
    history = History(batches, run.history.results, run.history.lots, run.history.genealogy, run.history.trajectories)
    rows = build(process, history)
    rows = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
    return replace(run, process=process, history=history, rows=rows, hashes=replace(run.hashes, run="stirred"))


@cache
def bare_run() -> TrainedRun:
    """The trained pot of a history that names no product, scale, site and vessel."""
    made = definition()
    for key in ("product", "scale", "site", "equipment"):
        del made[key]
    for name in ("product", "site", "vessel", "volume", "revolutions"):
        del made["attributes"][name]
    process, run = parse(Process, made, "bare pot"), trained_run()
    nothing = pl.lit(None, dtype=pl.String)
    batches = run.history.batches.drop("vessel", "volume", "revolutions").with_columns(
        product=pl.lit(process.name), lineage=pl.lit(process.name), scale=pl.lit(1.0), site=nothing, equipment=nothing
    )
    tables = (run.history.results, run.history.lots, run.history.genealogy, run.history.trajectories)
    history = History(batches, *tables)
    rows = build(process, history)
    rows = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
    return replace(run, process=process, history=history, rows=rows, hashes=replace(run.hashes, run="bare"))
