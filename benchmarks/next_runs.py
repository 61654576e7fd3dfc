"""Share of right decisions after runs that are chosen by the risk of the decision, at random, or to fill the space.

    python benchmarks/next_runs.py [first seed] [plants] [--write]

The virtual plants have the seeds 101, 102, … (never that of the default data). Each product is known from the bench alone, as
before a scale-up, and all batches of the other products are known. The proposal is the largest scale of the product. A blend of a
hierarchical model and the mean is trained and calibrated on the known batches. The belief is taken from it in the same way as in an
answer. Two attributes get limits near the truth at the proposal, so that "are all within?" is difficult. In half of the draws the
right decision is yes. Each strategy chooses runs below that scale one by one, sees their noisy results, and decides by its updated
belief. The noise-free truth shows whether the decision is right.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from report import Report, Table, command, publish

from pipeline.answers.next_runs.belief import (
    AttributeLimits,
    Belief,
    belief_of,
    chances_beyond,
    limits_with,
)
from pipeline.answers.next_runs.decision_risk import GoDecision
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.domain.specification_limits import NO_ENDS, Ends
from pipeline.extrapolation.kinds import NEW_SCALE, TrainingExtent
from pipeline.features.table import build
from pipeline.forecasting.calibrated_model import CalibratedModel, hierarchical_part
from pipeline.forecasting.intervals import Calibration, IntervalConfig, residual
from pipeline.forecasting.joint_chance import JointErrors
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.tables import History
from pipeline.models.blend.fitting import fit_super_learner
from pipeline.models.registry import GlobalMean, Hierarchical, SuperLearner, Task
from pipeline.simulators.virtual_plant.build import plan
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.population import population
from pipeline.simulators.virtual_plant.quality import NOISE, observed
from pipeline.simulators.virtual_plant.truth import noise_free

RUNS, DRAWS, PER_SCALE = 8, 40, 15
LIMITED = 2
"""Attributes with a limit in one decision."""
TARGETS = tuple(NOISE)
MODEL = SuperLearner((GlobalMean(), Hierarchical(rows=200, iterations=12)), folds=3, caution=8.0, prior=(0.05, 0.95))
"""Model of the beliefs: the hierarchical member of the default blend, on fewer rows so that training takes seconds."""
INTERVAL = IntervalConfig()
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One product before its largest scale: beliefs and truth at the proposed place (first) and at the candidates."""

    finals: tuple[CalibratedModel, ...]
    beliefs: tuple[Belief, ...]
    joint: JointBelief
    truth: Array
    """Noise-free quality, (places, attributes)."""
    places: Array
    """Standardised features, (places, features)."""
    own: Array
    """Standardised features of the product's own batches."""


def features(process: Process, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the plant as features of the pipeline, in the same order."""
    batches = rows.with_columns(
        batch_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(6),
        lineage=pl.col("product"),
        scale=pl.col("working_volume"),
        duration=pl.col("duration_days"),
        dissolved_oxygen=pl.col("dissolved_oxygen") / 100,
    )
    text = {"batch_id": pl.String, "attribute": pl.String}
    results = pl.DataFrame(schema={**text, "value": pl.Float64, "censoring": pl.String})
    lots = pl.DataFrame(schema={"material": pl.String, "lot_id": pl.String, "attribute": pl.String, "value": pl.Float64})
    use = pl.DataFrame(schema={"batch_id": pl.String, "material": pl.String, "lot_id": pl.String, "fraction": pl.Float64})
    series = pl.DataFrame(schema={"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64})
    return build(process, History(batches, results, lots.clear(), use, series))


def cases(process: Process, seed: int) -> list[Case]:
    """Return a case for every product of a plant that ran above the bench scale."""
    config = PlantConfig(seed=seed)
    rows, _, _ = plan(config)
    truth = noise_free(rows)
    results = observed(seed, 1.0, truth.with_columns(rows["batch_id"]))
    traits = population(config)
    table = features(process, rows).with_columns(scale_level=scale_levels(rows["working_volume"], process.scale.tolerance))
    tasks = [_open(task, table) for task in tasks_of(process, "plan", table)]
    products = rows["product"].unique().sort().to_list()
    found = [_case(rows, table, results, traits, tasks, process, product) for product in products]
    return [case for case in found if case is not None]


def _open(task: Task, table: pl.DataFrame) -> Task:
    """Return the task without the possible range. The range is in SI, but results are in the units of the plant here."""
    return replace(
        task, numeric=tuple(n for n in task.numeric if table[n].drop_nulls().n_unique() > 1), lowest=None, highest=None
    )


def _case(
    rows: pl.DataFrame,
    table: pl.DataFrame,
    results: pl.DataFrame,
    traits: pl.DataFrame,
    tasks: Sequence[Task],
    process: Process,
    product: str,
) -> Case | None:
    mine, volume = rows["product"] == product, rows["working_volume"]
    largest, bench = volume.filter(mine).max(), volume.filter(mine).min()
    if largest == bench:
        return None
    hidden = mine & (volume > bench)
    below = rows.filter(volume < largest)
    spaced = below.filter(
        pl.int_range(pl.len()).over("working_volume") % (pl.len().over("working_volume") // PER_SCALE + 1) == 0
    )
    places = pl.concat([rows.filter(mine & (volume == largest)).head(1), spaced])
    of_product = traits.filter(pl.col("product") == product)
    names = [name for name in of_product.columns if name != "product"]
    places = (
        places.drop(names)
        .with_columns(pl.lit(product).alias("product"))
        .join(of_product, on="product", maintain_order="left")
    )
    asked, seen = features(process, places), table.filter(~hidden)
    finals, beliefs, joint = _believed(seen, results.filter(~hidden), asked, tasks)
    numeric = tasks[0].numeric
    centre, size = seen.select(numeric).mean().to_numpy(), seen.select(numeric).std().to_numpy()
    scaled = [
        np.nan_to_num((frame.select(numeric).to_numpy() - centre) / size)
        for frame in (asked, seen.filter(pl.col("product") == product))
    ]
    truth = noise_free(places).select(TARGETS).to_numpy()
    return Case(finals, beliefs, joint, truth, *scaled)


def _believed(
    seen: pl.DataFrame, results: pl.DataFrame, asked: pl.DataFrame, tasks: Sequence[Task]
) -> tuple[tuple[CalibratedModel, ...], tuple[Belief, ...], JointBelief]:
    """Train and calibrate the model of each attribute, and take the beliefs from it."""
    trained = {task.target: _trained(seen, results[task.target], task) for task in tasks}
    finals = tuple(trained[target][0] for target in TARGETS)
    beliefs = []
    for final in finals:
        part = hierarchical_part(final.model)
        assert part is not None
        beliefs.append(belief_of(final, part, asked))
    tables = [trained[target][1].select("batch_id", "product", pl.col("error").alias(target)) for target in TARGETS]
    errors = tables[0]
    for table in tables[1:]:
        errors = errors.join(table.drop("product"), on="batch_id", maintain_order="left")
    return finals, tuple(beliefs), JointBelief.of(beliefs, JointErrors.of(errors, TARGETS).correlation)


def _trained(seen: pl.DataFrame, observed: pl.Series, task: Task) -> tuple[CalibratedModel, pl.DataFrame]:
    """Return a calibrated model, and its errors on hidden batches in the column `error`."""
    blend = fit_super_learner(MODEL, seen, observed.to_numpy(), task, 1, [NEW_SCALE])
    table = blend.forecasts()[NEW_SCALE]
    known = TrainingExtent.of(seen, task.scale_tolerance, task.refuse, [*task.comparable, "scale"])
    final = CalibratedModel(
        task, blend.fitted, known, {NEW_SCALE: Calibration.of(table, INTERVAL, NEW_SCALE)}, INTERVAL.distance
    )
    errors = table.with_columns((residual() / pl.col("spread") ** INTERVAL.distance).alias("error"))
    return final, errors.unique("batch_id", keep="first", maintain_order=True)


Strategy = Callable[[Case, GoDecision, list[int], np.random.Generator], int]


def by_risk(case: Case, decision: GoDecision, made: list[int], rng: np.random.Generator) -> int:
    """Return the run after which the expected doubt is smallest."""
    return 1 + int(decision.doubt_after(decision.belief)[1:].argmin())


def at_random(case: Case, decision: GoDecision, made: list[int], rng: np.random.Generator) -> int:
    """Return a random run."""
    return int(rng.integers(1, len(case.places)))


def space_filling(case: Case, decision: GoDecision, made: list[int], rng: np.random.Generator) -> int:
    """Return the run farthest from all runs of the product (maximin: Johnson, Moore, Ylvisaker 1990)."""
    known = np.vstack([case.own, case.places[made]])
    distance = ((case.places[1:, None] - known[None]) ** 2).sum(axis=2).min(axis=1)
    return 1 + int(distance.argmax())


def largest_scale(case: Case, decision: GoDecision, made: list[int], rng: np.random.Generator) -> int:
    """Return the run nearest to the proposal, whatever it costs."""
    distance = ((case.places[1:] - case.places[0]) ** 2).sum(axis=1)
    return 1 + int(np.argsort(distance)[len(made) % len(distance)])


STRATEGIES: dict[str, Strategy] = {
    "by risk": by_risk,
    "random": at_random,
    "space filling": space_filling,
    "nearest to the proposal": largest_scale,
}


def drawn_limits(case: Case, rng: np.random.Generator) -> tuple[list[AttributeLimits], bool]:
    """Return one-sided limits near the truth, and whether all attributes lie within them.

    The distance from the truth is random, in units of the standard deviation of the belief. In half of the draws one attribute lies
    outside its limit.
    """
    inside = bool(rng.integers(2))
    limited = rng.choice(len(TARGETS), LIMITED, replace=False)
    broken = -1 if inside else limited[0]
    limits = []
    for j, (final, belief) in enumerate(zip(case.finals, case.beliefs, strict=True)):
        ends: Ends = NO_ENDS
        if j in limited:
            room = abs(rng.standard_normal()) * float(np.sqrt(belief.covariance[0, 0])) * (-1 if j == broken else 1)
            upper = bool(rng.integers(2))
            edge = float(case.truth[0, j])
            ends = (None, edge + room) if upper else (edge - room, None)
        limits.append(limits_with(*chances_beyond(final, belief.forecast, ends)))
    return limits, inside


def result(case: Case, place: int, target: int, rng: np.random.Generator) -> float:
    """Return a noisy result of a run."""
    noise = NOISE[TARGETS[target]]
    deviation = float(np.hypot(noise.batch, noise.assay) * rng.standard_normal())
    value = float(case.truth[place, target])
    return value * float(np.exp(deviation)) if noise.relative else value + deviation


def play(
    case: Case, strategy: Strategy, limits: Sequence[AttributeLimits], inside: bool, rng: np.random.Generator
) -> list[tuple[bool, float]]:
    """Make runs one by one; return (decision right, believed risk) before the first run and after each run."""
    decision = GoDecision(case.joint, limits, 1)
    made: list[int] = []
    told = []
    for step in range(RUNS + 1):
        told.append(((decision.chance >= 0.5) == inside, decision.risk))
        if step == RUNS:
            break
        run = strategy(case, decision, made, rng)
        made.append(run)
        seen = [(result(case, run, j, rng) - b.predicted[run]) / b.deviation for j, b in enumerate(case.beliefs)]
        decision = replace(decision, belief=decision.belief.after(run, np.array(seen)))
    return told


def runs_needed(curve: Array, wanted: float) -> float:
    """Return the number of runs after which a curve first reaches a share, linear between points; infinite if it never does."""
    for step in range(len(curve)):
        if curve[step] >= wanted:
            before = curve[step - 1] if step else wanted
            return float(
                step if step == 0 or curve[step] == before else step - 1 + (wanted - before) / (curve[step] - before)
            )
    return float("inf")


def main(given: argparse.Namespace) -> None:
    """Play all strategies on all cases with the same limits, and show how often each decides rightly."""
    process = parse(Process, read_yaml(Path("conf/process/virtual_plant.yaml")), "virtual_plant")
    seeds = range(given.first, given.first + given.plants)
    if 7 in seeds:
        sys.exit("seed 7 is that of the default data: choose others")
    right: dict[str, list[list[tuple[bool, float]]]] = {name: [] for name in STRATEGIES}
    count = 0
    for seed in seeds:
        for i, case in enumerate(cases(process, seed)):
            count += 1
            for draw in range(DRAWS):
                limits, inside = drawn_limits(case, np.random.default_rng([seed, i, draw]))
                for name, strategy in STRATEGIES.items():
                    right[name].append(play(case, strategy, limits, inside, np.random.default_rng([seed, i, draw, 1])))
        print(f"plant {seed} played", file=sys.stderr, flush=True)
    counted = {"products": count, "decisions": len(right["by risk"])}
    publish(Report("next_runs", tables(right), list(seeds), counted), given)


def tables(right: dict[str, list[list[tuple[bool, float]]]]) -> list[Table]:
    """Return the share of right decisions, the believed risk, and the runs that the choice by risk needs."""
    share = {name: np.array([[hit for hit, _ in told] for told in games]).mean(axis=0) for name, games in right.items()}
    risk = {name: np.array([[own for _, own in told] for told in games]).mean(axis=0) for name, games in right.items()}
    head = ("choice of runs", *(str(n) for n in range(RUNS + 1)))
    error = f"Standard error of independent decisions: at most {np.sqrt(0.25 / len(right['by risk'])):.3f}."
    others = [(other, n, share[other][n]) for other in STRATEGIES if other != "by risk" for n in (4, RUNS)]
    return [
        Table(
            f"Share of right decisions after 0 to {RUNS} runs",
            head,
            [(n, *map(float, c)) for n, c in share.items()],
            3,
            error,
        ),
        Table(
            f"Mean risk of a wrong decision after 0 to {RUNS} runs, as believed",
            head,
            [(n, *map(float, c)) for n, c in risk.items()],
            3,
        ),
        Table(
            "Runs that the choice by risk needs for the same share of right decisions",
            ("other choice", "after runs", "right decisions", "runs needed by risk"),
            [
                (other, n, float(wanted), _finite(runs_needed(share["by risk"], float(wanted))))
                for other, n, wanted in others
            ],
            note=f"A dash means more than {RUNS} runs.",
        ),
    ]


def _finite(runs: float) -> float | None:
    return runs if np.isfinite(runs) else None


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("first", nargs="?", type=int, default=101, help="seed of the first plant")
    parser.add_argument("plants", nargs="?", type=int, default=3, help="number of plants")
    main(parser.parse_args())
