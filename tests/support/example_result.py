"""An example answer: known rows of the virtual plant's process, and known functions in place of a model."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.summary import bridge_summary
from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.equivalence.scale_steps import equivalence
from pipeline.answers.limits import DecisionConfig, DriversConfig, EquivalenceConfig
from pipeline.answers.record import JudgedModels, limits_of_answer, record
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.domain import Domain, NearestBatch, VariableStatus
from pipeline.answers.result.drivers import Drivers, FeatureShare
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.answers.result.next_runs import BestRun, ChosenRun, NextRuns, RunPlace
from pipeline.answers.result.noise_floor import NoiseFloor
from pipeline.answers.result.prediction import (
    AttributeAnswer,
    Interval,
    JointChance,
    Predicted,
    ProposalSummary,
    Question,
    ScaleChange,
    SpecificationLimits,
    StepAnswer,
)
from pipeline.answers.result.record import Hashes
from pipeline.answers.result.scenarios import SettingValue
from pipeline.answers.result.transfer_map import GapCounts, TransferMap, TransferSide
from pipeline.answers.scale_comparison.comparison import scale_comparison
from pipeline.answers.scale_comparison.hold import rebuilt
from pipeline.answers.wording import sentences
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import KEYS, catalogue, names_of
from tests.conftest import process_of
from tests.support.definitions import PlainData

ROOT = Path(__file__).parents[2]
SCORED = {
    "largest_scale_out": {
        "titre": {"skill_carry_over": 0.213, "skill_carry_over_low": 0.102, "coverage_90": 0.912, "coverage_90_low": 0.861}
    }
}
NOISE = NoiseFloor(
    unit="g/L",
    source="from 34 replicates",
    deviation=0.09,
    results=1,
    stated="",
    estimated=0.09,
    estimated_low=0.07,
    estimated_high=0.12,
    replicates=34,
    batches=17,
    rmse=0.2,
    hidden=0.1,
    hidden_low=0.08,
    hidden_high=0.14,
    sentence="A reported titre scatters.",
)
VESSELS = {"lab": (0.005, 0.165, 0.07), "plant": (2.0, 1.18, 0.5)}


def plant_process() -> Process:
    return process_of(yaml.safe_load((ROOT / "conf/process/virtual_plant.yaml").read_text(encoding="utf-8")))


def rows(process: Process, vessel: str, agitation: list[float], gas: float, **more: float) -> pl.DataFrame:
    """Feature rows of one product in one vessel; agitation [1/s], gas flow [m³/s]."""
    volume, tank, impeller = VESSELS[vessel]
    given: PlainData = {
        "product": "P",
        "lineage": "P",
        "scale": volume,
        "equipment": vessel,
        "tank_diameter": tank,
        "impeller_diameter": impeller,
        "impellers": 2.0,
        "power_number": 1.3,
        "gas_flow": gas,
        "head_pressure": 0.0,
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


def example() -> Answer:
    """An answer made with the known functions."""
    process = plant_process()
    names = names_of(process)
    reference = rows(process, "lab", [3.0, 3.5, 4.0], 5e-6)
    proposed = rows(process, "plant", [1.2], 5e-4, ph=7.1)
    every = pl.concat([reference, proposed])
    values = {name: Known().mean(proposed)[name][0] for name in Known().targets}
    made = bridge(process, Known(), proposed, reference, {"agitation", "gas_flow", "ph"})
    shown = bridge_summary(process, made, proposed, reference, names)
    summary = ProposalSummary("P to <2,000> L", "Is it safe?", "P", True)
    attributes = {name: attribute(process, name, value) for name, value in values.items()}
    step = StepAnswer("culture", ScaleChange("L", 2000.0, 5.0, ("P",), 3), "V-1", "Here", attributes)
    history = every.with_columns(pl.lit(None, pl.Datetime("us")).alias("started_at"))
    judged = JudgedModels(SCORED, {"titre": "ridge", "hmw": "carry_over"}, {"titre": ("carry_over", "ridge")})
    against = limits_of_answer(DOMAIN, summary, step, 1, 1)
    return Answer(
        proposal=summary,
        steps=(step,),
        joint=JointChance(0.42, ("titre", "hmw"), 9, 5, 0.0012),
        sentences=sentences(step, shown, 0.9, names),
        domain=DOMAIN,
        assumed_from_reference={"temperature": "36.5 °C"},
        not_stated=("copper",),
        transfer_map=TRANSFER_MAP,
        scale_comparison=scale_comparison(process, proposed, reference, every, 0.1, names),
        bridge=shown,
        drivers=Drivers(
            {"titre": (SHARE,), "hmw": (replace(SHARE, feature="ph", sign_flips=False),)},
            interactions(process, Known(), proposed, reference, every, DriversConfig()),
        ),
        equivalence=_equivalence(process, names),
        record=record(
            process,
            DecisionConfig(),
            AcceptanceConfig("largest_scale_out"),
            judged,
            history,
            Hashes(*"dcakm"),
            summary,
            step,
            against,
        ),
        names=names,
    )


def _equivalence(process: Process, names: dict[str, str]) -> tuple[ScaleStep, ...]:
    many = pl.concat([rows(process, v, [a] * 5, 1e-5) for v, a in (("lab", 3.0), ("plant", 1.2))])
    measured = many.select(
        "batch_id",
        pl.lit("titre").alias("attribute"),
        (3 + 0.1 * (pl.int_range(pl.len()) % 3)).alias("value"),
        pl.lit("none").alias("censoring"),
    )
    return equivalence(process, many, measured, "P", 0.005, 2.0, EquivalenceConfig(), names)


DOMAIN = Domain(
    "edge",
    "At the edge of what history has seen: outside what history spans: agitation.",
    1.7,
    (
        VariableStatus("agitation", "rpm", "edge", "outside what history spans", 72.0, 80.0, 400.0),
        VariableStatus("ph", "dimensionless", "inside", "", 7.1, 6.8, 7.2),
    ),
    (NearestBatch("B1", "P", 5.0, 1.7, {"titre": 3.25, "hmw": None}),),
)
SIDES = TransferSide("Here", 3, 5.0, "L"), TransferSide("There", 0, 2000.0, "L")
TRANSFER_MAP = TransferMap("Transfer map", *SIDES, (), GapCounts(0, 0, 0), GapCounts(0, 0, 0), (), (), {"data": "rule"})
PLACE = RunPlace(500.0, "L", "V-500", "B17")
NEXT_RUNS = NextRuns(
    decision="go if the process mean meets all specifications",
    of=("titre", "hmw"),
    batch_chance=0.42,
    process_mean_chance=0.61,
    risk=0.39,
    doubt=0.238,
    runs=(ChosenRun(PLACE, (SettingValue("agitation", "rpm", 180.0),), 0.31, 0.08, 0.2, 40.0),),
    by_scale=(BestRun(PLACE, 0.08, 0.2, 40.0, 0.002),),
    cost_unit="bench runs",
    cost_note="example",
    method="look-ahead",
    caption="One run at 500 L is expected to reduce this risk to 31 %.",
)
SHARE = FeatureShare("bioreactor.blend_time", 0.12, 0.34, -0.8, 0.7, True, 1, 3, 1.0, 5)


def attribute(process: Process, name: str, value: float) -> AttributeAnswer:
    own = process.attributes[name]
    shown = own.si.from_si(value)
    limits = own.specification
    assert limits is not None
    intervals = tuple(
        Interval(level, shown - w, shown + w, level != 95) for level, w in ((80.0, 0.4), (90.0, 0.6), (95.0, 0.9))
    )
    return AttributeAnswer(
        own.unit,
        own.description,
        Question("new_scale"),
        float(np.round(shown * 1.1, 3)),
        SpecificationLimits(limits.lower, limits.upper, limits.note),
        Predicted(shown, intervals, 0.61, "new_scale"),
    )
