"""A small process, a stirred pot. Its quality is a known formula, so that every answer can be computed by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.limits import ScenarioConfig
from pipeline.answers.scenarios.setup import ScenarioSetup, scenario_setup
from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.forecasting.joint_chance import JointErrors
from pipeline.forecasting.outcome import Outcome
from pipeline.history.tables import History
from tests.support.definitions import PlainData

ERROR = 0.05
"""Standard deviation of the error of the formula [kg/m³ = g/L]."""


def normal_cdf(z: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def definition(lower: float | None = 1.0, upper: float | None = None) -> PlainData:
    """The process definition as plain data; lower, upper: specification of the titre [g/L]."""
    number = {"role": "CPP", "horizon": "plan", "description": "x"}
    text = {**number, "role": "context", "kind": "text"}
    return {
        "name": "pot",
        "title": "A stirred pot",
        "batch": "batch",
        "product": "product",
        "site": "site",
        "equipment": "vessel",
        "scale": {"attribute": "volume"},
        "sources": {
            "batches": {"gives": "batches", "files": ["b.csv"]},
            "lots": {"gives": "lots", "files": ["l.csv"], "material": "media", "lot": "lot"},
            "use": {
                "gives": "genealogy",
                "files": ["g.csv"],
                "batch": "b",
                "material": "m",
                "lot": "l",
                "quantity": "q",
            },
        },
        "materials": {"media": {}},
        "attributes": {
            "batch": {**text, "role": "identifier", "column": "batches.batch"},
            "product": {**text, "column": "batches.product"},
            "site": {**text, "column": "batches.site"},
            "vessel": {**text, "role": "identifier", "column": "batches.vessel"},
            "volume": {**number, "role": "scale", "unit": "L", "column": "batches.volume"},
            "agitation": {**number, "unit": "rpm", "column": "batches.agitation"},
            "temperature": {**number, "unit": "degC", "between": [0, 60], "column": "batches.temperature"},
            "revolutions": {**number, "unit": "L*rpm", "derive": {"kind": "product", "of": ["volume", "agitation"]}},
            "copper": {"role": "CMA", "horizon": "plan", "description": "x", "unit": "g/L", "material": "media",
                       "column": "lots.copper"},
            "zinc": {"role": "CMA", "horizon": "plan", "description": "x", "unit": "g/L", "material": "media",
                     "column": "lots.zinc"},
            "titre": {"role": "CQA", "horizon": "release", "description": "x", "unit": "g/L", "reporting_limit": 0.1,
                      "column": "batches.titre", "specification": {"lower": lower, "upper": upper}},
        },
    }  # fmt: skip


def pot(lower: float | None = 1.0, upper: float | None = None) -> Process:
    process = parse(Process, definition(lower, upper), "pot")
    assert isinstance(process, Process)
    return process


def history(batches: int = 24, lots: int = 12) -> History:
    """Two products at 1 L (vessel A, site Here) and 100 L (vessel B, site There). Product P was not made at 100 L."""
    rng = np.random.default_rng(5)
    n = np.arange(batches)
    large = n % 3 == 2
    rows = pl.DataFrame(
        {
            "batch_id": [f"B{i:03d}" for i in n],
            "product": ["Q" if big or i % 2 else "P" for i, big in zip(n, large, strict=True)],
            "scale": np.where(large, 0.1, 0.001),
            "site": np.where(large, "There", "Here"),
            "equipment": np.where(large, "B", "A"),
            "started_at": [datetime(2024, 1, 1) + timedelta(days=int(i)) for i in n],
            "agitation": np.where(large, 1.0, 5.0) * (1 + 0.1 * rng.uniform(-1, 1, batches)),
            "temperature": 310.0 + rng.uniform(-1, 1, batches),
        }
    ).with_columns(
        lineage=pl.col("product"),
        vessel=pl.col("equipment"),
        volume=pl.col("scale"),
        revolutions=pl.col("scale") * pl.col("agitation"),
    )
    copper = rng.uniform(1, 2, lots)
    lot = [f"L{i:02d}" for i in range(lots)]
    properties = pl.concat(
        [
            pl.DataFrame({"material": "media", "lot_id": lot, "attribute": "copper", "value": copper}),
            pl.DataFrame({"material": "media", "lot_id": lot, "attribute": "zinc", "value": 3 * copper}),
        ]
    )
    use = pl.DataFrame(
        {"batch_id": rows["batch_id"], "material": "media", "lot_id": [lot[i % lots] for i in n], "fraction": 1.0}
    )
    results = rows.select(
        "batch_id", attribute=pl.lit("titre"), value=1 + pl.col("temperature") - 310.0, censoring=pl.lit("none")
    )
    empty = pl.DataFrame(schema={"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64})
    return History(rows, results, properties, use, empty)


@dataclass(frozen=True)
class Formula:
    """Titre = 1.2 + 0.2 (T − 310) − 0.5 (agitation − 1)² + slope · (copper − 1.5), with a normal error."""

    slope: float = 0.0
    lower: float = 1.0
    targets: tuple[str, ...] = field(default=("titre",))

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        warm, stirred = pl.col("temperature") - 310.0, pl.col("agitation") - 1.0
        return rows.select(titre=1.2 + 0.2 * warm - 0.5 * stirred**2 + self.slope * (pl.col("copper") - 1.5))

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"titre": normal_cdf((self.mean(rows)["titre"].to_numpy() - self.lower) / ERROR)})

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        below = self.within(rows).select(titre=1 - pl.col("titre"))
        return Outcome(self.mean(rows), below, below.select(titre=pl.col("titre") * 0), self.joint)

    @property
    def joint(self) -> JointErrors:
        return JointErrors.independent(self.targets)

    def errors(self, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
        return pl.DataFrame({"titre": np.random.default_rng(seed).normal(0, ERROR, rows.height)})


def proposal(**changes: object) -> Proposal:
    given: PlainData = {
        "name": "P to 100 L",
        "process": "pot",
        "product": "P",
        "scale": "100 L",
        "equipment": "B",
        "site": "There",
        "settings": {"agitation": "60 rpm", "temperature": 310 - 273.15},
        "unstated": "as_reference",
    }
    made = parse(Proposal, given | changes, "proposal")
    assert isinstance(made, Proposal)
    return made


def ready(forecaster: Formula | None = None, batches: int = 5000, **changes: object) -> ScenarioSetup:
    asked, tables, config = proposal(**changes), history(), ScenarioConfig(batches=batches)
    return scenario_setup(pot(), asked, propose(pot(), asked, tables), tables, forecaster or Formula(), config)
