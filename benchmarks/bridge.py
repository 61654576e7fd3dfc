"""Does the bridge name the true causes? Shares by the model against shares by the truth, on virtual plants.

    python benchmarks/bridge.py [model] [seed ...] [--exact]

For each product that has climbed far enough, two of its batches at its largest scale play the proposal, the batches one step
below are the reference, and the model has not seen the largest scale of this product. The same game (same causes, same
coalitions, same orders) is then played with the plant's noise-free truth as the function. Printed per attribute: Spearman
correlation and agreement in sign over the five causes with the largest true shares, mean over proposals, and the share of
proposals where the largest true cause is the model's largest. Then, for the model's own five largest bars: how often their
direction is right, by their share of the sum of all bars. With --exact the model learns from results without any noise or
fault: what is then still wrong is not noise but what this history cannot tell apart.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import yaml
from scipy.stats import spearmanr

from pipeline.answers.bridge.bridge import shares_of_causes
from pipeline.answers.bridge.causes import causes_of, changed
from pipeline.config import compose, validate
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.catalogue import KEYS
from pipeline.features.table import build
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.assemble import assemble
from pipeline.history.ingest import ingest
from pipeline.models.registry import FittedModel, ModelConfig, Task, fit
from pipeline.simulators.virtual_plant.build import build as build_plant
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.equipment import table
from pipeline.simulators.virtual_plant.truth import noise_free

SAMPLED = 20_000
"""Rows beyond which both games are sampled with the same orders: the truth is slower than a model."""
TOP = 5
SIZES = [0.05, 0.1, 0.2, 0.3]
"""Bounds of the shares by which directions are counted."""
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
    """The plant's own function of a feature row, for one product."""

    targets: tuple[str, ...]
    traits: pl.DataFrame
    """1 row of data/truth/rows with the product's traits."""

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Noise-free quality of each row."""
        return noise_free(self.rows(rows)).select(self.targets)

    def rows(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Feature rows as the plant knows them."""
        moved = [(pl.col(name) * factor + zero).alias(column) for column, (name, factor, zero) in LINES.items()]
        vessel = table().select("equipment", "sparger_factor", "max_agitation", "max_gas_flow")
        given = rows.with_columns(moved).join(vessel, on="equipment", how="left", maintain_order="left")
        fixed = [pl.lit(self.traits[name][0]).alias(name) for name in self.traits.columns if name not in given.columns]
        return given.with_columns(fixed)

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Not asked here."""
        raise NotImplementedError


@dataclass(frozen=True)
class Fitted:
    """Models of all targets, without intervals."""

    models: dict[str, FittedModel]

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        return tuple(self.models)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each target of each row, SI."""
        return pl.DataFrame({name: model.predict(rows) for name, model in self.models.items()})

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Not asked here."""
        raise NotImplementedError


@dataclass(frozen=True)
class Game:
    """One proposal, and the two functions that answer it."""

    seed: int
    product: str
    proposed: pl.DataFrame
    reference: pl.DataFrame
    train: pl.DataFrame
    """What the model has learned from."""
    fitted: Fitted
    truth: Truth


def plant(process: Process, seed: int, folder: Path, *, exact: bool) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Feature rows, results (as measured, or exact) and true rows of a plant."""
    build_plant(PlantConfig(seed=seed, historian_minutes=1440), folder / "raw", folder / "truth")
    typed = ingest(process, folder / "raw")
    quarantine, ledger = (pl.concat([getattr(s, part) for s in typed.values()]) for part in ("quarantine", "ledger"))
    history = assemble(process, {name: source.rows for name, source in typed.items()}, quarantine, ledger)
    rows = build(process, history)
    rows = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
    true = pl.read_parquet(folder / "truth/rows.parquet")
    return rows, _exact(process, true) if exact else history.results, true


def _exact(process: Process, true: pl.DataFrame) -> pl.DataFrame:
    """Results of all batches as they would be without noise and faults, SI."""
    si = {name: process.attributes[name].si for name in process.targets}
    values = noise_free(true).select(pl.col(name) * unit.factor + unit.offset for name, unit in si.items())
    table = values.with_columns(true["batch_id"]).unpivot(index="batch_id", variable_name="attribute")
    return table.with_columns(pl.lit("none").alias("censoring"))


def proposals(rows: pl.DataFrame, needed: list[str]) -> list[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Proposed row, reference rows, training rows: two batches at the largest scale of each product with four scales."""
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
    """Rank correlation, agreement in sign, and whether the largest cause is found, over the largest true causes."""
    top = np.argsort(-np.abs(truth))[:TOP]
    rank = spearmanr(model[top], truth[top]).statistic if np.ptp(model[top]) > 0 else 0.0
    same = float((np.sign(model[top]) == np.sign(truth[top])).mean())
    return float(rank), same, float(np.argmax(np.abs(model)) == top[0])


def directions(model: np.ndarray, truth: np.ndarray) -> list[tuple[float, bool]]:
    """Share of the sum of all bars and whether the direction is right, of the model's largest bars."""
    top, whole = np.argsort(-np.abs(model))[:TOP], np.abs(model).sum()
    return [(float(abs(model[i]) / whole), bool(np.sign(model[i]) == np.sign(truth[i]))) for i in top if whole > 0]


def chosen(model_name: str) -> tuple[Process, ModelConfig]:
    """The virtual plant's definition, and a model of conf/model/."""
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        params = Path(folder) / "params.yaml"
        choices = yaml.safe_load((root / "params.yaml").read_text()) | {"process": "virtual_plant", "model": model_name}
        params.write_text(yaml.safe_dump(choices))
        made = validate(compose(root / "conf", params), "params.yaml")
    return made.process, made.model


def games(process: Process, choice: ModelConfig, seeds: list[int], *, exact: bool = False) -> Iterator[Game]:
    """Every proposal of every plant, with a model that has not seen the product's largest scale, and the truth."""
    tasks = tasks_of(process, "plan")
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            rows, results, true = plant(process, seed, Path(folder), exact=exact)
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


def main(model_name: str, seeds: list[int], *, exact: bool) -> None:
    """Play both games and print how they agree."""
    (process, choice), lines, bars = chosen(model_name), [], []
    for game in games(process, choice, seeds, exact=exact):
        proposed, reference, truth = game.proposed, game.reference, game.truth
        causes = changed(causes_of(process, proposed.columns), proposed, reference)
        both = [shares_of_causes(process, f, proposed, reference, causes, SAMPLED) for f in (game.fitted, truth)]
        for k, target in enumerate(truth.targets):
            found = agreement(both[0][:, k], both[1][:, k])
            largest = causes[int(np.argmax(np.abs(both[1][:, k])))].name
            lines.append((game.seed, game.product, target, *found, largest))
            bars += directions(both[0][:, k], both[1][:, k])
        print(f"seed {game.seed} {game.product}: {len(causes)} causes, {reference.height} reference batches", flush=True)
    report(pl.DataFrame(lines, schema=["seed", "product", "cqa", "rank", "sign", "first", "largest"], orient="row"))
    by_size(pl.DataFrame(bars, schema=["share", "right"], orient="row"))


def report(table: pl.DataFrame) -> None:
    """Print means per attribute and over all."""
    numbers = [pl.col(name).mean().round(2) for name in ("rank", "sign", "first")]
    by_cqa = table.group_by("cqa").agg(*numbers, pl.col("largest").mode().sort().first(), pl.len().alias("n")).sort("cqa")
    whole = table.select(pl.lit("all").alias("cqa"), *numbers, pl.lit("").alias("largest"), pl.len().alias("n"))
    print(pl.concat([by_cqa, whole]))


def by_size(bars: pl.DataFrame) -> None:
    """Print how often a direction is right, by the size of the bar."""
    least = pl.Series("share of all bars from", np.array([0.0, *SIZES])[np.digitize(bars["share"], SIZES)])
    print(bars.group_by(least).agg(pl.col("right").mean().round(2), pl.len().alias("bars")).sort(least.name))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="scaleup")
    parser.add_argument("seeds", nargs="*", type=int, default=[7, 101])
    parser.add_argument("--exact", action="store_true")
    given = parser.parse_args()
    main(given.model, given.seeds, exact=given.exact)
