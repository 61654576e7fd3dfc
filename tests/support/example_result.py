"""An example answer: known rows of the virtual plant's process, and known functions in place of a model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.summary import bridge_answer
from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.equivalence.scale_steps import equivalence
from pipeline.answers.limits import DecisionConfig, EquivalenceConfig
from pipeline.answers.record import record
from pipeline.answers.scale_comparison.conflicts import conflicts
from pipeline.answers.scale_comparison.hold import rebuilt
from pipeline.answers.trained_run import Hashes
from pipeline.answers.wording import sentences
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import KEYS, catalogue
from tests.conftest import process_of

ROOT = Path(__file__).parents[2]
VESSELS = {"lab": (0.005, 0.165, 0.07), "plant": (2.0, 1.18, 0.5)}


def plant_process() -> Process:
    return process_of(yaml.safe_load((ROOT / "conf/process/virtual_plant.yaml").read_text(encoding="utf-8")))


def rows(process: Process, vessel: str, agitation: list[float], gas: float, **more: float) -> pl.DataFrame:
    """Feature rows of one product in one vessel; agitation [1/s], gas flow [m³/s]."""
    volume, tank, impeller = VESSELS[vessel]
    given: dict[str, Any] = {
        "product": "P",
        "lineage": "P",
        "scale": volume,
        "equipment": vessel,
        "tank_diameter": tank,
        "impeller_diameter": impeller,
        "impellers": 2.0,
        "power_number": 1.3,
        "gas_flow": gas,
        "dissolved_oxygen": 0.4,
        "temperature": 309.65,
        "ph": 7.0,
        "manganese": 1e-3,
    } | more
    plan = [e for e in catalogue(process) if e.horizon == "plan" and e.feature not in KEYS]
    types = {e.feature: pl.Float64 if e.kind == "number" else pl.String for e in plan}
    types |= {"batch_id": pl.String, "product": pl.String, "lineage": pl.String, "scale": pl.Float64, "equipment": pl.String}
    types["site"] = pl.String
    n = len(agitation)
    columns = {name: [given.get(name)] * n for name in types}
    columns["agitation"], columns["batch_id"] = agitation, [f"{vessel}-{i}" for i in range(n)]
    return rebuilt(process, pl.DataFrame(columns, schema=types))


@dataclass(frozen=True)
class Known:
    """A model of two attributes that are known functions of a row."""

    @property
    def targets(self) -> tuple[str, ...]:
        return ("titre", "hmw")

    def mean(self, frame: pl.DataFrame) -> pl.DataFrame:
        kla, blend = pl.col("bioreactor.kla_coalescing"), pl.col("bioreactor.blend_time")
        titre = 3 + 50 * kla - 0.02 * blend + 0.3 * (pl.col("ph") - 7) + 400 * pl.col("manganese") * kla
        return frame.select(titre=titre, hmw=0.01 + 0.002 * pl.col("bioreactor.tip_speed") * pl.col("dissolved_oxygen"))

    def within(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.select(titre=pl.lit(0.8), hmw=pl.lit(0.99))


def example() -> dict[str, Any]:
    """An answer made with the known functions."""
    process = plant_process()
    reference = rows(process, "lab", [3.0, 3.5, 4.0], 5e-6)
    proposed = rows(process, "plant", [1.2], 5e-4, ph=7.1)
    values = {name: Known().mean(proposed)[name][0] for name in Known().targets}
    made = bridge(process, Known(), proposed, reference, {"agitation", "gas_flow", "ph"})
    result: dict[str, Any] = {
        "proposal": {"name": "P to <2,000> L", "question": "Is it safe?", "product": "P"},
        "scale": {"unit": "L", "proposed": 2000.0, "reference": 5.0, "reference_product": ["P"], "reference_batches": 3},
        "known_product": True,
        "attributes": {name: attribute(process, name, value) for name, value in values.items()},
        "joint_probability_within_specification": {"probability": 0.42, "of": ["titre", "hmw"], "products": 5, "batches": 9},
        "comparison": [],
        "domain": {
            "status": "edge",
            "sentence": "At the edge of what history has seen: outside what history spans: agitation.",
            "distance": 1.7,
            "variables_compared": 30,
            "variables": [
                {"variable": "agitation", "unit": "rpm", "status": "edge", "why": "outside what history spans"}
                | {"proposed": 72.0, "smallest": 80.0, "largest": 400.0},
                {"variable": "ph", "unit": "dimensionless", "status": "inside", "why": ""}
                | {"proposed": 7.1, "smallest": 6.8, "largest": 7.2},
            ],
            "nearest": [
                {"batch_id": "B1", "product": "P", "scale": 5.0, "distance": 1.7, "results": {"titre": 3.25, "hmw": None}}
            ],
        },
        "assumed_from_reference": {"temperature": "36.5 degC"},
        "not_stated": ["copper"],
        "bridge": bridge_answer(process, made, proposed, reference),
        "scale_comparison": conflicts(process, proposed, reference, pl.concat([reference, proposed])),
    }
    every = pl.concat([reference, proposed])
    result["explanations"] = {
        "shares": {"titre": [SHARE], "hmw": [SHARE | {"feature": "ph", "sign_flips": False}]},
        "interactions": interactions(process, Known(), proposed, reference, every),
    }
    many = pl.concat([rows(process, v, [a] * 5, 1e-5) for v, a in (("lab", 3.0), ("plant", 1.2))])
    measured = many.select(
        "batch_id",
        pl.lit("titre").alias("attribute"),
        (3 + 0.1 * (pl.int_range(pl.len()) % 3)).alias("value"),
        pl.lit("none").alias("censoring"),
    )
    result["equivalence"] = equivalence(process, many, measured, "P", 0.005, 2.0, EquivalenceConfig())
    result["sentences"] = sentences(result)
    history = every.with_columns(pl.lit(None, pl.Datetime("us")).alias("started_at"))
    scored = {"largest_scale_out": {"titre": {"skill_carry_over": 0.213, "coverage_90": 0.912}}}
    return result | {
        "record": record(
            process, DecisionConfig(), Hashes("d", "c", "a", "k", "m"), scored, AcceptanceConfig(), history, result
        )
    }


SHARE = {
    "feature": "bioreactor.blend_time",
    "within": 0.12,
    "pooled": 0.34,
    "direction_within": -0.8,
    "direction_pooled": 0.7,
    "sign_flips": True,
    "best_rank": 1,
    "worst_rank": 3,
    "same_sign": 1.0,
    "refits": 5,
}


def attribute(process: Process, name: str, value: float) -> dict[str, Any]:
    own = process.attributes[name]
    shown = own.si.from_si(value)
    limits = own.specification
    assert limits is not None
    return {
        "description": own.description,
        "unit": own.unit,
        "predicted": float(f"{shown:.6g}"),
        "intervals": {
            level: {"lower": float(f"{shown - w:.6g}"), "upper": float(f"{shown + w:.6g}"), "supported": level != "95"}
            for level, w in (("80", 0.4), ("90", 0.6), ("95", 0.9))
        },
        "carry_over": float(np.round(shown * 1.1, 3)),
        "specification": {"lower": limits.lower, "upper": limits.upper, "note": limits.note},
        "probability_within_specification": 0.61,
    }
