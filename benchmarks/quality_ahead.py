"""Quality ahead: forecasts of running batches at decision points against that of the plan, on virtual plants with known truth.

    python benchmarks/quality_ahead.py run FOLDER [--seeds 641 642] [--questions nobody_was] [--points 3 7] [--every 1]
    python benchmarks/quality_ahead.py [--write] report FOLDER

Each plant hides batches as `plants.py` says. The plan forecast is that of the configured blend, trained on what is left. Then the
records of the hidden batches up to a decision point are read. Finished parts are skipped, so a run that was stopped can be started
again. `--every 2` takes every second fold. `--model hierarchical` takes a single model for the plan, which is much faster.
`quality_ahead_report.py` describes the tables. Seeds below 600 were used for choices.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from plants import QUESTIONS, _truth, raw_folder
from quality_ahead_report import quality_ahead_report
from raw_files import feature_rows, history_of
from report import command, publish
from scoring import Question, questions
from tablets_rows import ROOT, Batches
from threadpoolctl import threadpool_limits

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.extrapolation.kinds import TrainingExtent, kinds_of
from pipeline.forecasting.calibrated_model import fit_all_calibrated, forecast_table
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.ingest import ingest
from pipeline.models.registry import ModelConfig
from pipeline.monitoring.outlook_training import PlanModel
from pipeline.monitoring.record_model import RecordModel
from pipeline.monitoring.record_training import AtPoint, train_record_model
from pipeline.monitoring.records_so_far import informative, records_so_far, running_at
from pipeline.simulators.virtual_plant.config import PlantConfig

SEEDS = (641, 642, 643)
ASKED = ("others_were", "nobody_was", "three_own")
POINTS = (3.0, 5.0, 7.0, 10.0)
"""Days of the decision points."""
AFTER = 6.0
"""Hours from the end of a day to its decision point. The sample of the day is then known: its results need four hours."""
PRODUCTS, BATCHES, HISTORIAN_MINUTES = 12, 400, 120
HOURS = 24
LEVEL = 0.9
LEARNERS = 1
"""Seed of the learners."""


@dataclass(frozen=True)
class RecordedPlant:
    """A plant with the records of its batches."""

    process: Process
    batches: Batches
    records: pl.DataFrame
    truth: pl.DataFrame
    """batch_id, cqa, truth (SI), and whether the batch had a fault"""


def recorded_plant(seed: int, folder: Path) -> RecordedPlant:
    """Build a plant, or read it from the folder."""
    config = PlantConfig(seed=seed, products=PRODUCTS, batches=BATCHES, historian_minutes=HISTORIAN_MINUTES)
    raw = raw_folder(config, folder)
    process: Process = parse(Process, read_yaml(ROOT / "conf/process/virtual_plant.yaml"), "virtual_plant")
    history = history_of(process, ingest(process, raw))
    rows = feature_rows(process, history)
    tasks = {task.target: task for task in tasks_of(process, "plan", rows)}
    faulty = pl.read_parquet(raw.with_name("truth") / "faults.parquet")["batch_id"]
    truth = _truth(raw.with_name("truth")).with_columns(faulty=pl.col("batch_id").is_in(faulty.implode()))
    return RecordedPlant(process, Batches(rows, history.results, tasks), history.trajectories, truth)


def forecasts(plant: RecordedPlant, question: Question, model: ModelConfig, points: list[float]) -> pl.DataFrame:
    """Return the test batches of one fold of one CQA at each decision point, with the forecasts of plan and outlook, SI."""
    interval: IntervalConfig = parse(IntervalConfig, read_yaml(ROOT / "conf/interval/rehearsed.yaml"), "interval")
    task, train = question.task, question.train
    kinds = kinds_of(question.test, TrainingExtent.of(train, task.scale_tolerance, task.refuse))
    begun = time.process_time()
    fitted = fit_all_calibrated(train, task, [model], interval, LEARNERS, kinds, ())
    seconds = time.process_time() - begun
    plan = PlanModel(fitted.answering, fitted.hidden[model.kind], fitted.folds)
    return pl.concat([_at_point(plant, question, plan, interval, point, seconds) for point in points])


def _at_point(
    plant: RecordedPlant, question: Question, plan: PlanModel, interval: IntervalConfig, point: float, seconds: float
) -> pl.DataFrame:
    """Return the forecasts at one decision point."""
    begun = time.process_time()
    hours = HOURS * point + AFTER
    running = running_at(plant.records, hours)
    own = plant.records.filter(pl.col("batch_id").is_in(running.implode()))
    so_far = records_so_far(plant.process, own, hours)
    train, test = (
        one.join(so_far, on="batch_id", how="left", maintain_order="left") for one in (question.train, question.test)
    )
    at = AtPoint(train, informative(so_far), so_far["batch_id"], question.task, plan.folds)
    learned = train_record_model(at, plan.hidden, interval)
    spent = time.process_time() - begun
    asked = at.still_running(test)
    before = forecast_table(plan.final, asked, [LEVEL])
    after = _outlook(plan, learned, asked)
    return asked.select("batch_id", "product", "observed", pl.col("censoring").cast(pl.String)).with_columns(
        pl.lit(question.protocol).alias("protocol"),
        pl.lit(question.fold).alias("fold"),
        pl.lit(question.task.target).alias("cqa"),
        pl.lit(point).alias("day"),
        *(before[name] for name in ("predicted", "lower_90", "upper_90")),
        *(after[name] for name in after.columns),
        pl.lit(seconds).alias("plan_seconds"),
        pl.lit(spent).alias("records_seconds"),
    )


def _outlook(plan: PlanModel, learned: RecordModel | None, asked: pl.DataFrame) -> pl.DataFrame:
    """Return the forecasts from the records so far: now, lower_now, upper_now and weight."""
    forecast = plan.final.forecast(asked)
    now = forecast if learned is None else learned.forecast(plan.final, forecast, asked)
    model = plan.final if learned is None else learned.calibrated(plan.final)
    ((lower, upper),) = model.intervals(now, [LEVEL])
    weight = [0.0] * asked.height if learned is None else learned.weights_of(forecast)
    return pl.DataFrame({"now": now.predicted, "lower_now": lower, "upper_now": upper, "weight": weight})


def run(given: argparse.Namespace) -> None:
    """Save the forecasts of each plant and question."""
    model: ModelConfig = (
        parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "model")
        if given.model == "scaleup"
        else parse(ModelConfig, {"kind": "hierarchical", "target_scale": "transformed"}, "model")
    )
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.questions:
        for seed in given.seeds:
            file = given.folder / f"{seed}_{name}.parquet"
            if file.exists():
                continue
            plant = recorded_plant(seed, given.plants)
            asked = questions(plant.batches, [one for one in QUESTIONS if one.name == name], tuple(plant.batches.tasks))
            with threadpool_limits(1):
                found = pl.concat([forecasts(plant, q, model, given.points) for q in asked if q.fold % given.every == 0])
            known = found.join(plant.truth, on=["batch_id", "cqa"], how="inner", maintain_order="left")
            part = file.with_suffix(".part")
            known.with_columns(pl.lit(seed).alias("seed"), pl.lit(given.model).alias("model")).write_parquet(part)
            part.rename(file)
            print(f"{file.name}: written", flush=True)


def report(given: argparse.Namespace) -> None:
    """Show the tables of a folder of forecasts."""
    publish(quality_ahead_report(pl.concat(map(pl.read_parquet, sorted(given.folder.glob("*.parquet"))))), given)


def main() -> None:
    """Read the arguments and do what they ask."""
    parser = command(__doc__)
    parts = parser.add_subparsers(required=True)
    part = parts.add_parser("run")
    part.add_argument("folder", type=Path, help="where the forecasts are saved, a file for each plant and question")
    part.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    part.add_argument("--questions", nargs="+", choices=ASKED, default=list(ASKED))
    part.add_argument("--points", type=float, nargs="+", default=list(POINTS), help="days of the decision points")
    part.add_argument("--every", type=int, default=1, help="take every n-th fold")
    part.add_argument("--model", choices=("scaleup", "hierarchical"), default="scaleup", help="model of the plan forecast")
    part.add_argument(
        "--plants", type=Path, default=Path(tempfile.gettempdir()) / "plants", help="where the plants are kept"
    )
    part.set_defaults(do=run)
    tell = parts.add_parser("report")
    tell.add_argument("folder", type=Path)
    tell.set_defaults(do=report)
    given = parser.parse_args()
    given.do(given)


if __name__ == "__main__":
    main()
