"""The train as a whole: batches of all steps with their inputs, the state of the material after each step, and the amounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.arrays import columns
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train import blending, coating, compression, drying, granulation, milling, settings
from pipeline.simulators.tablet_train.campaigns import batches
from pipeline.simulators.tablet_train.config import TabletTrainConfig
from pipeline.simulators.tablet_train.equipment import smallest, table
from pipeline.simulators.tablet_train.lots import lot_tables, mixed, uses
from pipeline.simulators.tablet_train.mass_balance import amounts
from pipeline.simulators.tablet_train.products import population
from pipeline.simulators.tablet_train.quality import quality
from pipeline.simulators.tablet_train.states import Inputs, State, pooled

STEPS = ("granulation", "drying", "milling", "blending", "compression", "coating")
"""Steps in the order of manufacture."""
LATER: Mapping[str, Callable[[State, Inputs], dict[str, FloatArray]]] = {
    "drying": drying.dried,
    "milling": milling.milled,
    "blending": blending.blended,
    "compression": compression.compressed,
    "coating": coating.coated,
}
"""Step after the first → the function that gives the state after it."""
DEVIATIONS: Mapping[str, tuple[str, ...]] = {
    "granulation": ("growth", "porosity", "width"),
    "drying": ("moisture",),
    "milling": ("size", "packing"),
    "blending": ("segregation",),
    "compression": ("weight", "strength"),
    "coating": ("film", "water"),
}
"""Step → what varies from batch to batch without a cause that is recorded."""


@dataclass(frozen=True)
class Train:
    """All batches of the train."""

    inputs: Mapping[str, pl.DataFrame]
    """Step → one row per batch of the step: its name in `batch`, product, site, times, machines and all numbers that act."""
    states: Mapping[str, State]
    """Step → state after it, with the variation from batch to batch, in the order of `inputs`."""
    amounts: Mapping[str, pl.DataFrame]
    """Step → true amounts [kg]."""
    transfers: Mapping[str, pl.DataFrame]
    """Step → source, target and true mass [kg] of what it took from the step before, for steps whose batches have new names."""
    lots: Mapping[str, pl.DataFrame]
    """Material → its lots."""
    uses: Mapping[str, pl.DataFrame]
    """Step → uses of lots: batch, material, lot, mass [kg]."""


def numbers(inputs: pl.DataFrame, factor: float) -> dict[str, FloatArray]:
    """The numeric inputs of a step as arrays; deviations times a factor, so that 0 gives batches without unexplained variation."""
    found = columns(inputs)
    return {name: values * factor if name.endswith("_deviation") else values for name, values in found.items()}


def _machines(rows: pl.DataFrame, kind: str, amount: str) -> pl.DataFrame:
    """Add the machine of a kind that each batch goes to, with its geometry."""
    keys = rows.select("site", amount).unique(maintain_order=True)
    names = [smallest(kind, site, mass) for site, mass in keys.iter_rows()]
    named = rows.join(keys.with_columns(pl.Series(kind, names)), on=["site", amount], how="left", maintain_order="left")
    return named.join(table(kind).drop("site", "capacity"), on=kind, how="left", maintain_order="left")


def _with_deviations(seed: int, step: str, rows: pl.DataFrame) -> pl.DataFrame:
    drawn = {
        f"{name}_deviation": generator(seed, f"deviation {step} {name}").standard_normal(rows.height)
        for name in DEVIATIONS[step]
    }
    return rows.with_columns(**{name: pl.Series(values) for name, values in drawn.items()})


def _with(rows: pl.DataFrame, values: Mapping[str, FloatArray]) -> pl.DataFrame:
    return rows.with_columns(**{name: pl.Series(numbers) for name, numbers in values.items()})


@dataclass(frozen=True)
class _Materials:
    """Lots of all materials, and how to take from them."""

    seed: int
    lots: Mapping[str, pl.DataFrame]

    def taken(self, step: str, rows: pl.DataFrame, masses: Mapping[str, FloatArray]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows with the mean properties of what they consumed, and the uses of lots. `masses`: material → kg per row."""
        found = {name: uses(self.seed, name, self.lots[name], "batch", rows, mass) for name, mass in masses.items()}
        properties = [mixed(found[name], self.lots[name], rows["batch"]) for name in masses]
        return pl.concat([rows, *properties], how="horizontal"), pl.concat(found.values()).sort("batch", "material", "lot")


def _inner(config: TabletTrainConfig, rows: pl.DataFrame, materials: _Materials) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Inputs of granulation, drying and milling, whose batches are the same, and the uses of lots."""
    for kind in ("granulator", "dryer", "mill"):
        rows = _machines(rows, kind, "mass")
    rows = _with(rows, settings.granulation(config.seed, rows))
    rows = _with(rows, settings.drying_settings(config.seed, rows))
    rows = _with(rows, settings.milling(config.seed, rows))
    powder = rows["powder_mass"].to_numpy()
    drug = (rows["drug_load"] / rows["granulated_share"]).to_numpy()
    masses = {"api": powder * drug, "lactose": powder * (0.97 - drug), "binder": powder * 0.03}
    rows, used = materials.taken("granulation", rows, masses)
    rows = rows.with_columns(pl.col("api_d50", "api_d90") * 1e-6)
    for step in ("granulation", "drying", "milling"):
        rows = _with_deviations(config.seed, step, rows)
    return rows, used


def _transfers(rows: pl.DataFrame, source: str, masses: pl.DataFrame, given: str) -> pl.DataFrame:
    """Equal parts of each source batch: source, target and true mass [kg]."""
    named = rows.select(pl.col(source).alias("source"), pl.col("batch").alias("target"))
    joined = named.join(
        masses.select(pl.col("batch").alias("source"), given), on="source", how="left", maintain_order="left"
    )
    return joined.select("source", "target", mass=pl.col(given) / pl.len().over("source"))


def _arrived(rows: pl.DataFrame, transfers: pl.DataFrame) -> FloatArray:
    """Mass that each batch took from the step before [kg]."""
    total = transfers.group_by("target").agg(pl.col("mass").sum())
    joined = rows.select("batch").join(total, left_on="batch", right_on="target", how="left", maintain_order="left")
    return np.asarray(joined["mass"].to_numpy(), dtype=np.float64)


def make(config: TabletTrainConfig) -> Train:
    """Make all batches of the train, step by step."""
    planned, products, seed = batches(config), population(config), config.seed

    def of(rows: pl.DataFrame, step: str) -> pl.DataFrame:
        return rows.rename({step: "batch"}).join(products, on="product", how="left", maintain_order="left")

    inner = of(planned.granulations, "granulation")
    materials = _Materials(seed, lot_tables(seed, inner, products))
    inner, used = _inner(config, inner, materials)
    own = numbers(inner, config.noise)
    states: dict[str, State] = {"granulation": granulation.granulated(own)}
    states["drying"] = drying.dried(states["granulation"], own)
    states["milling"] = milling.milled(states["drying"], own)
    made = _inner_amounts(seed, inner, states)

    to_blend = inner.select(pl.col("batch").alias("source"), pl.col("blending").alias("target")).with_columns(
        mass=made["milling"]["milled_granules"]
    )
    blends = _machines(of(planned.blends, "blending"), "blender", "batch_size")
    blends = _with(blends, settings.blending(seed, blends))
    size = blends["batch_size"].to_numpy()
    outer = {"mcc": 0.11 * size, "magnesium_stearate": blends["lubricant_share"].to_numpy() * size}
    blends, outer_used = materials.taken("blending", blends, outer)
    blends = _with_deviations(seed, "blending", blends)
    granules = _arrived(blends, to_blend)
    phase = granules * (1 / blends["granulated_share"].to_numpy() - 1)
    made["blending"] = amounts(seed, "blending", blends["batch"], {"granules_to_blend": granules, "outer_phase": phase})

    cores = _machines(of(planned.cores, "compression"), "press", "mass")
    cores = _with_deviations(seed, "compression", _with(cores, settings.compression(seed, cores)))
    to_cores = _transfers(cores, "blending", made["blending"], "final_blend")
    made["compression"] = amounts(seed, "compression", cores["batch"], {"press_feed": _arrived(cores, to_cores)})

    coated = _machines(of(planned.coated, "coating"), "pan", "mass")
    to_coated = _transfers(coated, "compression", made["compression"], "good_cores")
    coated = coated.with_columns(mass=pl.Series(_arrived(coated, to_coated)))
    coated = _with_deviations(seed, "coating", _with(coated, settings.coating(seed, coated)))
    film = (coated["spray_mass"] * coated["spray_solids"]).to_numpy()
    taken = {"pan_load": coated["pan_load"].to_numpy(), "film_solids": film}
    made["coating"] = amounts(seed, "coating", coated["batch"], taken)

    inputs = {"granulation": inner, "drying": inner, "milling": inner, "blending": blends, "compression": cores}
    inputs["coating"] = coated
    transfers = {"blending": to_blend, "compression": to_cores, "coating": to_coated}
    train = Train(inputs, states, made, transfers, materials.lots, {"granulation": used, "blending": outer_used})
    return replace(train, states=chain(train, config.noise))


def _inner_amounts(seed: int, inner: pl.DataFrame, states: Mapping[str, State]) -> dict[str, pl.DataFrame]:
    """Amounts of granulation, drying and milling. A dryer removes the water that the moistures before and after it state."""
    weighed_in = {name: inner[name].to_numpy() for name in ("powder_mass", "liquid_mass")}
    wet = amounts(seed, "granulation", inner["batch"], weighed_in)
    load, before = wet["wet_granules"].to_numpy(), states["granulation"]["moisture"]
    water = load / (1 + before) * (before - states["drying"]["moisture"])
    dry = amounts(seed, "drying", inner["batch"], {"dryer_load": load}, water)
    feed = {"mill_feed": dry["dried_granules"].to_numpy()}
    return {"granulation": wet, "drying": dry, "milling": amounts(seed, "milling", inner["batch"], feed)}


def arriving(train: Train, step: str, before: State) -> State:
    """State of what a step takes: that after the step before, pooled over the batches that went in."""
    if step not in train.transfers:
        return before
    source = STEPS[STEPS.index(step) - 1]
    return pooled(before, train.inputs[source]["batch"], train.transfers[step], train.inputs[step]["batch"])


def chain(train: Train, factor: float) -> dict[str, State]:
    """State after each step, with the variation from batch to batch times a factor."""
    state: State = granulation.granulated(numbers(train.inputs["granulation"], factor))
    states = {"granulation": state}
    for step, function in LATER.items():
        state = function(arriving(train, step, state), numbers(train.inputs[step], factor))
        states[step] = state
    return states


def final_quality(train: Train, states: Mapping[str, State]) -> pl.DataFrame:
    """Quality of each final batch without noise of tests: batch, then one column per attribute."""
    rows = train.inputs["coating"]
    return pl.DataFrame({"batch": rows["batch"], **quality(states["coating"], numbers(rows, 0.0))})
