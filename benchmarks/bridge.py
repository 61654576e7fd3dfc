"""Accuracy of the bridge: shares of causes by the model against shares by the truth, on virtual plants.

    python benchmarks/bridge.py [model] [seed ...] [--exact] [--write]

Every product with at least four scales gives up to two proposals. A batch at its largest scale is the proposal, the batches one
scale below are the reference, and the model has not seen the largest scale of this product. The Shapley values are computed twice,
with the same causes, coalitions and orders: with the model as the function, and with the plant's noise-free truth.

The first table shows, per attribute and as a mean over proposals, the Spearman correlation and the agreement in sign over the five
causes with the largest true shares. It also shows how often the model finds the largest true cause. The second table shows how
often the direction of the model's own five largest bars is right, by the share of a bar in the sum of all bars.

With --exact the model learns from results without noise and faults. Errors that remain then are due to causes that this history
cannot separate, not to noise.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the stages set it, before numpy is imported

import numpy as np
import polars as pl
import yaml
from raw_files import feature_rows, history_of
from report import Report, Table, command, publish
from scipy.stats import spearmanr

from pipeline.answers.bridge.bridge import shares_of_causes
from pipeline.answers.bridge.causes import causes_of, changed
from pipeline.config import compose, validate
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import KEYS
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.ingest import ingest
from pipeline.models.registry import FittedModel, ModelConfig, Task, fit
from pipeline.simulators.virtual_plant.build import build as build_plant
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.equipment import table
from pipeline.simulators.virtual_plant.truth import noise_free

SAMPLED = 20_000
"""Number of rows above which both games draw orders instead of using every coalition. The truth is slower than a model."""
TOP = 5
"""Causes with the largest true shares, over which the agreement is counted."""
SIZES = [0.05, 0.1, 0.2, 0.3]
"""Bounds between the groups of bars, as shares of the sum of all bars."""
LINES = {  # column of the truth → column of the feature table (SI), factor, zero
    "temperature": ("temperature", 1.0, -273.15),
    "temperature_after_shift": ("temperature_after_shift", 1.0, -273.15),
    "shift_day": ("shift_day", 1 / 86400, 0.0),
    "duration_days": ("duration", 1 / 86400, 0.0),
    "dissolved_oxygen": ("dissolved_oxygen", 100.0, 0.0),
    "inoculum_density": ("inoculum_density", 1e-12, 0.0),
    "copper": ("copper", 1e3, 0.0),
    "manganese": ("manganese", 1e3, 0.0),
    "base_osmolality": ("base_osmolality", 1e3, 0.0),
    "working_volume": ("scale", 1.0, 0.0),
}


@dataclass(frozen=True)
class Truth:
    """The plant's noise-free function of a feature row, for one product."""

    targets: tuple[str, ...]
    traits: pl.DataFrame
    """One row of data/truth/rows with the product's traits."""

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the noise-free quality of each row."""
        return noise_free(self.rows(rows)).select(self.targets)

    def rows(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return feature rows with the columns and units of the plant."""
        moved = [(pl.col(name) * factor + zero).alias(column) for column, (name, factor, zero) in LINES.items()]
        vessel = table().select("equipment", "sparger_factor", "max_agitation", "max_gas_flow")
        given = rows.with_columns(moved).join(vessel, on="equipment", how="left", maintain_order="left")
        fixed = [pl.lit(self.traits[name][0]).alias(name) for name in self.traits.columns if name not in given.columns]
        return given.with_columns(fixed)

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Not needed here."""
        raise NotImplementedError


@dataclass(frozen=True)
class Fitted:
    """Models of all targets, without intervals."""

    models: dict[str, FittedModel]

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the predicted attributes."""
        return tuple(self.models)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each target of each row, SI."""
        return pl.DataFrame({name: model.predict(rows) for name, model in self.models.items()})

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Not needed here."""
        raise NotImplementedError


@dataclass(frozen=True)
class Game:
    """One proposal with its reference, and the two functions that are compared."""

    seed: int
    product: str
    proposed: pl.DataFrame
    reference: pl.DataFrame
    train: pl.DataFrame
    """Training rows of the model."""
    fitted: Fitted
    truth: Truth


def plant(process: Process, seed: int, folder: Path, *, exact: bool) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the feature rows, the results (as measured, or exact) and the true rows of a plant."""
    build_plant(PlantConfig(seed=seed, historian_minutes=1440), folder / "raw", folder / "truth")
    history = history_of(process, ingest(process, folder / "raw"))
    rows = feature_rows(process, history)
    true = pl.read_parquet(folder / "truth/rows.parquet")
    return rows, _exact(process, true) if exact else history.results, true


def _exact(process: Process, true: pl.DataFrame) -> pl.DataFrame:
    """Return the results that all batches would have without noise and faults, SI."""
    si = {name: process.attributes[name].si for name in process.targets}
    values = noise_free(true).select(pl.col(name) * unit.factor + unit.offset for name, unit in si.items())
    table = values.with_columns(true["batch_id"]).unpivot(index="batch_id", variable_name="attribute")
    return table.with_columns(pl.lit("none").alias("censoring"))


def proposals(rows: pl.DataFrame, needed: list[str]) -> list[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Return proposed row, reference rows and training rows, for up to two batches of each product with four scales."""
    complete, found = rows.drop_nulls(needed), []
    for product in rows["product"].unique().sort():
        levels = rows.filter(pl.col("product") == product)["scale_level"].unique().sort()
        if len(levels) < 4:
            continue
        own = complete.filter(pl.col("product") == product)
        top, below = (own.filter(pl.col("scale_level") == level) for level in (levels[-1], levels[-2]))
        train = rows.filter((pl.col("product") != product) | (pl.col("scale_level") < levels[-1]))
        found += [(top[i : i + 1], below, train) for i in range(min(2, top.height)) if below.height]
    return found


def models(config: ModelConfig, train: pl.DataFrame, results: pl.DataFrame, tasks: list[Task]) -> Fitted:
    """Fit one model per attribute."""
    fitted = {}
    for task in tasks:
        own = results.filter(pl.col("attribute") == task.target).select("batch_id", "censoring", observed="value")
        known = train.join(own, on="batch_id", how="inner").sort("batch_id")
        fitted[task.target] = fit(config, known, known["observed"].to_numpy(), task, 1)
    return Fitted(fitted)


def agreement(model: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Return rank correlation and agreement in sign over the largest true causes, and 1 if the largest one is found."""
    top = np.argsort(-np.abs(truth))[:TOP]
    rank = spearmanr(model[top], truth[top]).statistic if np.ptp(model[top]) > 0 else 0.0
    same = float((np.sign(model[top]) == np.sign(truth[top])).mean())
    return float(rank), same, float(np.argmax(np.abs(model)) == top[0])


def directions(model: np.ndarray, truth: np.ndarray) -> list[tuple[float, bool]]:
    """Return, for the model's largest bars, their share of the sum of all bars and whether their direction is right."""
    top, whole = np.argsort(-np.abs(model))[:TOP], np.abs(model).sum()
    return [(float(abs(model[i]) / whole), bool(np.sign(model[i]) == np.sign(truth[i]))) for i in top if whole > 0]


def chosen(model_name: str) -> tuple[Process, ModelConfig]:
    """Return the process definition of the virtual plant, and a model of conf/model/."""
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        params = Path(folder) / "params.yaml"
        choices = yaml.safe_load((root / "params.yaml").read_text()) | {"process": "virtual_plant", "model": model_name}
        params.write_text(yaml.safe_dump(choices))
        made = validate(compose(root / "conf", params), "params.yaml")
    return made.process, made.model


def games(process: Process, choice: ModelConfig, seeds: list[int], *, exact: bool = False) -> Iterator[Game]:
    """Yield every proposal of every plant, with a model that has not seen the product's largest scale, and the truth."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            rows, results, true = plant(process, seed, Path(folder), exact=exact)
        tasks = tasks_of(process, "plan", rows)
        needed = list(dict.fromkeys([*KEYS, "scale_level", *(n for task in tasks for n in task.columns)]))
        rows = rows.select(list(dict.fromkeys([*needed, *(n for task in tasks for n in task.groups)])))
        needed.remove("started_at")
        fitted: dict[str, Fitted] = {}
        for proposed, reference, train in proposals(rows, needed):
            product = proposed["product"][0]
            if product not in fitted:
                fitted[product] = models(choice, train, results, tasks)
            truth = Truth(fitted[product].targets, true.filter(pl.col("product") == product).head(1))
            yield Game(seed, product, proposed, reference, train, fitted[product], truth)


def main(given: argparse.Namespace) -> None:
    """Compute the shares with the model and with the truth, and show how they agree."""
    (process, choice), lines, bars = chosen(given.model), [], []
    for number, game in enumerate(games(process, choice, given.seeds, exact=given.exact), start=1):
        proposed, reference, truth = game.proposed, game.reference, game.truth
        causes = changed(causes_of(process, proposed.columns), proposed, reference)
        both = [shares_of_causes(process, f, proposed, reference, causes, SAMPLED) for f in (game.fitted, truth)]
        for k, target in enumerate(truth.targets):
            largest = causes[int(np.argmax(np.abs(both[1][:, k])))].name
            lines.append((number, target, *agreement(both[0][:, k], both[1][:, k]), largest))
            bars += directions(both[0][:, k], both[1][:, k])
        print(f"seed {game.seed} {game.product}: {len(causes)} causes, {reference.height} reference batches", flush=True)
    found = pl.DataFrame(lines, schema=["proposal", "cqa", "rank", "sign", "first", "largest"], orient="row")
    sizes = pl.DataFrame(bars, schema=["share", "right"], orient="row")
    name = "_".join(["bridge", *[given.model] * (given.model != "scaleup"), *["exact"] * given.exact])
    counted = {"proposals": found["proposal"].n_unique(), "bars": sizes.height}
    publish(Report(name, [by_attribute(found, given), by_size(sizes)], given.seeds, counted), given)


def by_attribute(found: pl.DataFrame, given: argparse.Namespace) -> Table:
    """Return the agreement per attribute, and its mean over all."""
    numbers = [pl.col(name).mean() for name in ("rank", "sign", "first")]
    parts = found.group_by("cqa").agg(*numbers, pl.col("largest").mode().sort().first()).sort("cqa")
    whole = found.select(pl.lit("all").alias("cqa"), *numbers, pl.lit(None, pl.String).alias("largest"))
    results = "results without noise and faults" if given.exact else "measured results"
    return Table(
        f"Shares of causes by the model `{given.model}`, trained on {results}, against the true shares",
        ("attribute", "rank correlation", "same sign", "largest cause found", "most frequent largest true cause"),
        pl.concat([parts, whole]).rows(),
        note=f"Mean over proposals. Rank correlation and same sign count the {TOP} causes with the largest true shares.",
    )


def by_size(bars: pl.DataFrame) -> Table:
    """Return how often the direction of a bar is right, by the size of the bar."""
    bounds = [0.0, *SIZES, 1.0]
    grouped = bars.with_columns(pl.Series("group", np.digitize(bars["share"], SIZES)))
    found = grouped.group_by("group").agg(pl.col("right").mean(), pl.len()).sort("group")
    return Table(
        f"Direction of the model's {TOP} largest bars, by their share of the sum of all bars",
        ("share of the bar", "direction right", "bars"),
        [(f"{100 * bounds[i]:.0f} to {100 * bounds[i + 1]:.0f} %", right, count) for i, right, count in found.rows()],
    )


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("model", nargs="?", default="scaleup")
    parser.add_argument("seeds", nargs="*", type=int, default=[7, 101])
    parser.add_argument("--exact", action="store_true", help="train on results without noise and faults")
    main(parser.parse_args())
