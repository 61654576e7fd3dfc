"""What a word costs where it says nothing about the asked batch: the name of a new product, and a vessel per size.

    python benchmarks/words.py [--histories 14] [--write]

The histories are made up. In the first one quantities describe the product, and new products are asked. In the others each scale
has one vessel, and a scale beyond all others is asked. Errors are against the truth without noise.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from report import ROOT, Report, Table, command, publish

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.config_files import parse, read_yaml
from pipeline.extrapolation.kinds import TrainingExtent, kinds_of
from pipeline.models.blend.fitting import fit_super_learner
from pipeline.models.blend.model import Member
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import Hierarchical
from pipeline.models.registry import CarryOver, LightGBM, ModelConfig, SuperLearner, Task, fit

SEED = 1
FOLDS = 4
PRODUCTS, BATCHES = 40, 1500
SCALES = np.array([0.002, 0.01, 0.05, 0.2, 1.0, 5.0])
DENSE = Task(
    "y", ("log10_scale", "a", "b", "x", "z"), ("product",), comparable=("log10_scale",), groups=("product", "lineage")
)
TRAINED_SCALES = (2, 3, 4, 5, 7)
VESSEL_EFFECTS = (0.0, 0.15, 0.3)
"""Standard deviations of the effects of vessels. The noise is 0.3, and the trend 0.6 per decade."""
VESSEL = Task("y", ("log10_scale", "x"), (), comparable=("log10_scale",), groups=("product", "lineage"))


@dataclass(frozen=True)
class MadeUp:
    """Batches of a made-up history, with `observed`, and the truth behind them, (n,)."""

    rows: pl.DataFrame
    truth: FloatArray


def _rows(product: IntArray, scale: FloatArray, noisy: FloatArray, **quantities: FloatArray) -> pl.DataFrame:
    names = [f"P{number:02d}" for number in product]
    return pl.DataFrame(
        {
            "batch_id": [f"B{number:05d}" for number in range(len(scale))],
            "product": names,
            "lineage": names,
            "scale": scale,
            "scale_level": scale,
            "log10_scale": np.log10(scale),
            **quantities,
            "observed": noisy,
            "censoring": ["none"] * len(scale),
        }
    )


def dense_history(seed: int) -> MadeUp:
    """Return a dense and smooth history, in which two quantities are properties of the product."""
    rng = np.random.default_rng(seed)
    properties = rng.uniform(-1, 1, (PRODUCTS, 2))
    product = rng.integers(PRODUCTS, size=BATCHES)
    scale = SCALES[np.minimum(rng.integers(len(SCALES), size=BATCHES), 2 + product % FOLDS)]
    (a, b), x, z, decade = properties[product].T, *rng.uniform(-1, 1, (2, BATCHES)), np.log10(scale)
    curved = 1.5 * np.sin(2 * a) * (1 + 0.4 * decade) + 2 * a * b + np.exp(x) * (1 + b) + 1.5 * np.cos(2 * z + a)
    truth = 10 + 2 * decade + 0.5 * decade**2 + curved
    return MadeUp(_rows(product, scale, truth + 0.2 * rng.normal(size=BATCHES), a=a, b=b, x=x, z=z), truth)


def vessel_per_size(seed: int, scales: int, effect: float) -> MadeUp:
    """Return a history with one vessel per scale. Its last scale is the one that is asked."""
    rng = np.random.default_rng(seed)
    level, product = rng.integers(scales + 1, size=200), rng.integers(10, size=200)
    scale, x = np.geomspace(0.005, 5, scales + 1)[level], rng.normal(size=200)
    decade, own = np.log10(scale), rng.normal(size=scales + 1) * effect
    truth = rng.normal(size=10)[product] + 0.6 * decade + 0.1 * decade**2 + 0.5 * x + own[level]
    made = _rows(product, scale, truth + 0.3 * rng.normal(size=200), x=x)
    return MadeUp(made.with_columns(lineage=pl.Series([f"V{number}" for number in level])), truth)


def new_products() -> Table:
    """Return the errors at new products, with and without trees of their own."""
    blend = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "scaleup")
    assert isinstance(blend, SuperLearner)
    named = {f"LightGBM, member {n}": m for n, m in enumerate(blend.members, 1) if isinstance(m, LightGBM)}
    models: dict[str, ModelConfig] = {**named, "blend": blend}
    made = dense_history(SEED)
    errors = np.array([_errors(made, hidden, models) for hidden in _hidden_products(made.rows)]).mean(axis=0)
    relative = np.sqrt(errors[1:] / errors[0])
    lines = [(name, *row) for name, row in zip(models, relative.reshape(-1, 2).tolist(), strict=True)]
    return Table(
        "Error at new products relative to the carry-over mean, dense made-up history",
        ("model", "trees read the product", "trees of their own"),
        lines,
        note=f"{BATCHES:,} batches of {PRODUCTS} products. Some new products run beyond all scales. In the blend, those "
        "members have trees of their own that `conf/model/scaleup.yaml` names.",
    )


def _hidden_products(rows: pl.DataFrame) -> Iterator[pl.Series]:
    number = rows["product"].str.slice(1).cast(pl.Int64)
    return (number % FOLDS == fold for fold in range(FOLDS))


def _errors(made: MadeUp, hidden: pl.Series, models: dict[str, ModelConfig]) -> list[float]:
    """Return the squared error of the carry-over mean, then of each model without and with trees of their own."""
    train, test, truth = made.rows.filter(~hidden), made.rows.filter(hidden), made.truth[hidden.to_numpy()]
    asked = [CarryOver(), *(_apart(model, apart=apart) for model in models.values() for apart in (False, True))]
    return [float(((_predicted(model, train, test) - truth) ** 2).mean()) for model in asked]


def _apart(model: ModelConfig, *, apart: bool) -> ModelConfig:
    """Return trees with or without trees of their own for new products, or a blend as it is or without such members."""
    if isinstance(model, SuperLearner):
        return model if apart else replace(model, members=tuple(_together(one) for one in model.members))
    return replace(model, new_products_apart=apart) if isinstance(model, LightGBM) else model


def _together(member: Member) -> Member:
    return replace(member, new_products_apart=False) if isinstance(member, LightGBM) else member


def _predicted(model: ModelConfig, train: pl.DataFrame, test: pl.DataFrame) -> FloatArray:
    y = train["observed"].to_numpy()
    if isinstance(model, SuperLearner):
        kinds = kinds_of(test, TrainingExtent.of(train, DENSE.scale_tolerance))
        return fit_super_learner(model, train, y, DENSE, SEED, kinds).fitted.predict(test)
    return fit(model, train, y, DENSE, SEED).predict(test)


def vessels(histories: int) -> Table:
    """Return the error of the hierarchical model beyond all scales without the vessel as a grouping, by the error with it."""
    lines = []
    for scales in TRAINED_SCALES:
        ratios = []
        for effect in VESSEL_EFFECTS:
            found = np.array([_with_and_without(vessel_per_size(seed, scales, effect)) for seed in range(histories)])
            with_vessel, without = found.mean(axis=0)
            ratios.append(without / with_vessel)
        lines.append((str(scales), *ratios))
    return Table(
        "Error beyond all scales without the vessel as a grouping, divided by the error with it",
        ("scales in training", *(f"effects of vessels {effect:g}" for effect in VESSEL_EFFECTS)),
        lines,
        note=f"Hierarchical model; 200 batches of 10 products; mean of {histories} histories.",
    )


def _with_and_without(made: MadeUp) -> list[float]:
    """Return the error with and without the vessel. It stands in the column of the line, a grouping that always stays."""
    above = made.rows["scale_level"] > 0.9 * float(made.rows["scale_level"].max())  # type: ignore[arg-type]
    train, test, truth = made.rows.filter(~above), made.rows.filter(above), made.truth[above.to_numpy()]
    tasks = (VESSEL, replace(VESSEL, groups=("product",)))
    fitted = [fit_hierarchical(Hierarchical(), train, train["observed"].to_numpy(), task) for task in tasks]
    return [float(np.sqrt(((one.predict(test) - truth) ** 2).mean())) for one in fitted]


def main(given: argparse.Namespace) -> None:
    """Make the histories, and show both tables."""
    tables = [new_products(), vessels(given.histories)]
    fits = len(TRAINED_SCALES) * len(VESSEL_EFFECTS) * given.histories
    publish(
        Report("words", tables, [SEED, *range(given.histories)], {"new products": BATCHES, "vessel histories": fits}), given
    )


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("--histories", type=int, default=14, help="made-up histories per line of the second table")
    main(parser.parse_args())
