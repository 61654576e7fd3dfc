"""Four histories with a step beyond all scales: two made-up dense ones, a simulated plant and the tablets.

They were chosen and written down before anything was fitted to them. The two dense ones are smooth functions of a few inputs with
little noise, as in engineering data. The step is always from all smaller scales to the largest one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from plants import nobody_at_scale, plant
from protocols import PROTOCOLS, Protocol, fold_of
from scoring import Question, questions
from tablets_rows import CQAS, tablets

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import Task
from pipeline.simulators.virtual_plant.config import PlantConfig

SEED = 1
PLANT_SEED = 731
BATCHES = 480
"""Batches of each dense history."""
VESSELS = (0.002, 0.01, 0.05, 0.2, 1.0, 5.0)
"""Volumes of the vessels [m³]."""
BLADES = (0.025, 0.05, 0.1, 0.15, 0.225, 0.3)
"""Chords of the blades [m]."""
NOBODY = Protocol("nobody", "nobody", "all scales above 500 L", "scale", nobody_at_scale)
LARGEST_MASS = next(protocol for protocol in PROTOCOLS if protocol.name == "largest_40")


@dataclass(frozen=True)
class Analogue:
    """A history, and its questions about a scale above all others."""

    name: str
    title: str
    questions: Callable[[Path], list[Question]]
    """Folder of simulated plants → questions, one per attribute."""


def gas_transfer(seed: int = SEED) -> Question:
    """Return batches of three impellers in vessels of 2 L to 5,000 L; hidden are those at 5,000 L.

    kLa = c (P/V)^a u^b ν^−0.3 V^−0.06 [1/s], each impeller with its own c, a and b (form: van 't Riet 1979, Ind. Eng. Chem.
    Process Des. Dev. 18, 357); 3 % noise.
    """
    rng = np.random.default_rng([seed, 1])
    impeller = rng.integers(0, 3, BATCHES)
    volume = np.array(VESSELS)[rng.integers(0, len(VESSELS), BATCHES)]
    power = np.exp(rng.uniform(np.log(50), np.log(2000), BATCHES)) * volume**-0.05  # W/m³
    gas = np.exp(rng.uniform(np.log(0.5e-3), np.log(8e-3), BATCHES)) * (volume / 0.1) ** 0.1  # m/s
    viscosity = np.exp(rng.uniform(np.log(1e-6), np.log(8e-6), BATCHES))  # m²/s
    factor, of_power, of_gas = np.array([[0.026, 0.4, 0.5], [0.020, 0.45, 0.45], [0.031, 0.35, 0.55]])[impeller].T
    rate = factor * power**of_power * gas**of_gas * (viscosity / 1e-6) ** -0.3 * volume**-0.06
    rate *= np.exp(0.03 * rng.normal(size=BATCHES))
    inputs = {"power_per_volume": power, "gas_velocity": gas, "viscosity": viscosity}
    return _largest_out("gas transfer", "kla", volume, [f"impeller {i}" for i in impeller], inputs, rate)


def blade_sound(seed: int = SEED) -> Question:
    """Return recordings of one blade shape with chords of 25 mm to 300 mm; hidden are those at 300 mm.

    L = 10 lg(u⁵ c) + hump(Strouhal number f c/u) + 0.4 α [dB], a smooth hump that falls by 20 dB per two decades beside its peak
    (form: Brooks, Pope, Marcolini 1989, NASA RP 1218); 1 dB noise.
    """
    rng = np.random.default_rng([seed, 2])
    chord = np.array(BLADES)[rng.integers(0, len(BLADES), BATCHES)]
    speed, angle = rng.uniform(30, 75, BATCHES), rng.uniform(0, 15, BATCHES)  # m/s, degrees
    frequency = np.exp(rng.uniform(np.log(200), np.log(20_000), BATCHES))  # Hz
    strouhal = np.log10(frequency * chord / speed) - np.log10(2.0) + 0.02 * angle
    level = (
        10 * np.log10(speed**5 * chord) - 20 * (np.sqrt(1 + strouhal**2) - 1) * 2 + 0.4 * angle + rng.normal(size=BATCHES)
    )
    inputs = {"speed": speed, "angle": angle, "frequency": frequency}
    return _largest_out("blade sound", "level", chord, ["blade"] * BATCHES, inputs, level)


def _largest_out(
    name: str, target: str, scale: FloatArray, product: list[str], inputs: Mapping[str, FloatArray], result: FloatArray
) -> Question:
    """Return the question about the batches at the largest scale."""
    rows = pl.DataFrame(
        {
            "batch_id": [f"B{i:04d}" for i in range(len(scale))],
            "product": product,
            "lineage": product,
            "scale": scale,
            "scale_level": scale,
            "log10_scale": np.log10(scale),
            **inputs,
            "observed": result,
            "censoring": ["none"] * len(scale),
        }
    )
    fold = fold_of(rows, "largest", pl.col("scale") < scale.max(), pl.col("scale") == scale.max())
    groups = ("product",) if len(set(product)) > 1 else ()
    task = Task(target, ("log10_scale", *inputs), groups, comparable=("log10_scale", *inputs), groups=groups)
    train, test = (rows.filter(pl.col("batch_id").is_in(part)) for part in (fold.train, fold.test))
    return Question(name, 0, task, train, test)


def _plant(folder: Path) -> list[Question]:
    batches = plant(PlantConfig(seed=PLANT_SEED, historian_minutes=480), folder).batches
    return questions(batches, [NOBODY], tuple(batches.tasks))


def _tablets(_: Path) -> list[Question]:
    return questions(tablets("plan"), [LARGEST_MASS], CQAS)


ANALOGUES = (
    Analogue("gas transfer", "three impellers, 2 to 1,000 L, then 5,000 L", lambda _: [gas_transfer()]),
    Analogue("blade sound", "one blade shape, chords of 25 to 225 mm, then 300 mm", lambda _: [blade_sound()]),
    Analogue("virtual plant", f"seed {PLANT_SEED}, up to 500 L, then 2,000 and 15,000 L", _plant),
    Analogue("tablets", "all batches, then the largest mass of 40 mg", _tablets),
)
