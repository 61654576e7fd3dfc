"""Balances of simulated steps: how often a batch without a fault is reported, and how many planted breaks are found.

    python benchmarks/balances.py [seed …] [--write]

The yield of a step has an effect of the product, a loss that shrinks with the scale, lognormal scatter, and noise of the two
amounts. In some batches the amount that came out is multiplied, so that the yield is off by a number of standard deviations (SD) of
the step yield: the scatter of a batch of known product and scale, noise of measurement included. The reference of the same run are
limits at mean ± k · SD of the batches of the product (Shewhart 1931), with the k of the same declared rate.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from report import Cell, Report, Table, command, publish
from scipy.special import ndtr, ndtri, stdtrit

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.history.balances.critical import critical
from pipeline.history.balances.kept import kept
from pipeline.history.balances.limits import FLOOR
from pipeline.history.balances.peers import Compared, compared
from pipeline.history.balances.studentised import deleted

BATCHES = {15: 2, 30: 3, 100: 6, 1000: 20}
"""Number of batches of a step → number of products."""
RATES = (0.01, 0.05)
SIZES = (4.0, 5.0, 6.0)
"""Planted breaks, in SD of the step yield."""
SHARES = (0.0, 0.02, 0.05)
"""Shares of batches with a planted break; at least one batch unless it is zero."""
DESIGNS, VALUES = 40, 8_000
"""Steps that are simulated per seed and size, and how many batches of each."""
SCATTER, MEASUREMENT, PRODUCTS, HOLD_UP = 0.02, 0.01, 0.03, 0.06
"""SD of the logarithm of a yield, of each of its two amounts, and of the means of products; share lost at the smallest scale."""
SCALES = (5.0, 50.0, 500.0, 2000.0)
DEVIATION = float(np.hypot(SCATTER, np.sqrt(2) * MEASUREMENT))
"""SD of the step yield."""


@dataclass(frozen=True)
class World:
    """What is simulated."""

    share: float = 0.0
    """Share of batches with a break."""
    size: float = 4.0
    own_noise: bool = True
    """Whether a broken batch scatters like the others. If not, its observed yield lies `size` SD from the expected one."""
    degrees: float = np.inf
    """Degrees of freedom of Student's t of the scatter; infinite: normal."""
    small_scales: float = 1.0
    """Scatter at the smallest scale as a multiple of that at the others."""


@dataclass(frozen=True)
class Step:
    """The batches of one step: products and scales."""

    products: IntArray
    log10_scales: FloatArray
    effects: FloatArray
    """Expected logarithm of the yield of each batch."""
    chosen: Compared
    limits: Mapping[float, float]
    """Declared rate → critical distance; empty if the batches are too few."""


@dataclass(frozen=True)
class Found:
    """What was reported in the draws of one step, as shares of batches; NaN where there is none."""

    false: float
    caught: float
    judged: float
    informed: float = np.nan
    """Share of the planted breaks that limits from the batches without a break find."""


def main(given: argparse.Namespace) -> None:
    """Simulate all worlds, and show the tables."""
    rows: dict[str, list[list[Cell]]] = {"false": [], "caught": [], "observed": [], "other": []}
    for batches in BATCHES:
        for share in {_breaks(batches, share): share for share in SHARES}.values():
            rows["false"].append(_false_alarms(batches, World(share), given.seeds))
        for size in SIZES:
            rows["caught"].append(_caught(batches, World(0.05, size), given.seeds))
            rows["observed"].append(_caught(batches, World(0.05, size, own_noise=False), given.seeds))
        for name, world in {
            "Student's t, 5 degrees": World(degrees=5),
            "twice the scatter at 5 L": World(small_scales=2),
        }.items():
            rows["other"].append(_false_alarms(batches, world, given.seeds, name))
        print(f"{batches} batches: done", flush=True)
    counted = {"batches per size and world": DESIGNS * VALUES * len(given.seeds)}
    publish(Report("balances", tuple(_tables(rows)), given.seeds, counted), given)


def _false_alarms(batches: int, world: World, seeds: Sequence[int], name: str = "") -> list[Cell]:
    """Make a row: share of batches without a fault that are reported, in percent, with its error, at each declared rate."""
    cells: list[Cell] = [f"{batches:,} batches, {name or _share(batches, world.share)}"]
    for rate in RATES:
        ours, theirs = _both(batches, world, rate, seeds)
        cells += [_with_error([one.false for one in ours]), 100 * _mean(one.false for one in theirs)]
    return [*cells, 100 * _mean(one.judged for one in ours)]


def _share(batches: int, share: float) -> str:
    return f"{_breaks(batches, share)} with a break of 4 SD" if share else "no break"


def _caught(batches: int, world: World, seeds: Sequence[int]) -> list[Cell]:
    """Make a row: percent of planted breaks that are found at 1 %, the ceiling, and the ratios to ceiling and reference."""
    rate = RATES[0]
    ours, theirs = _both(batches, world, rate, seeds)
    found, informed = _mean(one.caught for one in ours), _mean(one.informed for one in ours)
    reference = _mean(one.caught for one in theirs)
    known = float(ndtr(world.size + ndtri(rate / 2))) if world.own_noise else 1.0
    others = [100 * informed, found / informed, 100 * known, 100 * reference, found / reference]
    return [f"{batches:,} batches, {world.size:g} SD", _with_error([one.caught for one in ours]), *others]


def _both(batches: int, world: World, rate: float, seeds: Sequence[int]) -> tuple[list[Found], list[Found]]:
    """Return what is found in each step that can be judged, by the balances of the program and by the reference."""
    ours, theirs = [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, batches])
        for step in _steps(batches, seed):
            values, broken = _draws(step, world, rng)
            judged = np.zeros(batches, bool)
            if not step.chosen.enough:
                ours.append(Found(np.nan, np.nan, 0.0))
                continue
            judged[step.chosen.rows] = True
            found = _found(reported(values, step.chosen, step.limits[rate]), broken, judged)
            ours.append(replace(found, informed=_informed(values, broken, step.chosen, rate)))
            theirs.append(_found(shewhart(values, step.products, rate), broken, judged))
    return ours, theirs


@cache
def _steps(batches: int, seed: int) -> list[Step]:
    rng = np.random.default_rng([seed, batches])
    return [_step(batches, rng) for _ in range(DESIGNS)]


def _found(alarms: BoolArray, broken: BoolArray, judged: BoolArray) -> Found:
    """Shares of the batches that the program judges; both methods are asked about the same batches."""
    without, planted = ~broken & judged, broken & judged
    caught = float(alarms[planted].mean()) if planted.any() else np.nan
    return Found(float(alarms[without].mean()), caught, float(judged.mean()))


def reported(values: FloatArray, chosen: Compared, limit: float) -> BoolArray:
    """Say which balances the program reports, (draws, batches). values: logarithms of yields; limit: the critical distance."""
    own = values[:, chosen.rows]
    teaching = kept(own, chosen.peers, FLOOR)
    distance = deleted(own, teaching.batches, chosen.peers, FLOOR, teaching.scatters).distance
    alarms = np.zeros(values.shape, bool)
    alarms[:, chosen.rows] = np.abs(distance) > limit
    return alarms


def _informed(values: FloatArray, broken: BoolArray, chosen: Compared, rate: float) -> float:
    """Share of the planted breaks beyond limits of Student's t from the batches without a break."""
    own, planted = values[:, chosen.rows], broken[:, chosen.rows]
    if not planted.any():
        return np.nan
    found = deleted(own, ~planted, chosen.peers, FLOOR)
    return float((np.abs(found.distance) > -stdtrit(found.free + 1, rate / 2)[:, None])[planted].mean())


def shewhart(values: FloatArray, products: IntArray, rate: float) -> BoolArray:
    """Say which batches lie outside mean ± k · SD of the batches of their product, (draws, batches)."""
    alarms = np.zeros(values.shape, bool)
    for product in np.unique(products):
        own = values[:, products == product]
        if own.shape[1] > 1:
            centred = own - own.mean(axis=1, keepdims=True)
            alarms[:, products == product] = np.abs(centred) > -ndtri(rate / 2) * own.std(axis=1, ddof=1, keepdims=True)
    return alarms


def _step(batches: int, rng: np.random.Generator) -> Step:
    """Draw products and scales. Some products have many batches; each scale varies by 3 %."""
    weights = rng.dirichlet(np.full(BATCHES[batches], 3.0))
    products = rng.choice(BATCHES[batches], batches, p=weights)
    scales = rng.choice(SCALES, batches, p=(0.4, 0.3, 0.2, 0.1)) * np.exp(0.03 * rng.standard_normal(batches))
    means = np.log(0.92) + PRODUCTS * rng.standard_normal(BATCHES[batches])
    losses = HOLD_UP * (scales / SCALES[0]) ** (-1 / 3)
    chosen = compared(products, np.log10(scales))
    limits = {rate: critical(chosen.peers, rate) for rate in RATES} if chosen.enough else {}
    return Step(products, np.log10(scales), means[products] + np.log1p(-losses), chosen, limits)


def _draws(step: Step, world: World, rng: np.random.Generator) -> tuple[FloatArray, BoolArray]:
    """Draw logarithms of yields, and which batches are broken: (draws, batches)."""
    shape = (max(1, VALUES // len(step.products)), len(step.products))
    scatter = rng.standard_normal(shape)
    if np.isfinite(world.degrees):
        scatter = rng.standard_t(world.degrees, shape) / np.sqrt(world.degrees / (world.degrees - 2))
    scatter *= SCATTER * np.where(step.log10_scales < np.log10(2 * SCALES[0]), world.small_scales, 1.0)
    noise = scatter + MEASUREMENT * (rng.standard_normal(shape) + rng.standard_normal(shape))
    broken = np.zeros(shape, bool)
    places = rng.random(shape).argsort(axis=1)[:, : _breaks(shape[1], world.share)]
    np.put_along_axis(broken, places, True, axis=1)
    off = world.size * DEVIATION * rng.choice([-1.0, 1.0], shape)
    return step.effects + np.where(broken, off + noise * world.own_noise, noise), broken


def _breaks(batches: int, share: float) -> int:
    return max(1, round(share * batches)) if share else 0


def _mean(values: Iterator[float]) -> float:
    return float(np.nanmean(list(values)))


def _with_error(shares: Sequence[float]) -> str:
    """Write a mean in percent with its standard error over the steps."""
    known = 100 * np.array([share for share in shares if np.isfinite(share)])
    return f"{known.mean():.2f} ± {known.std(ddof=1) / np.sqrt(len(known)):.2f}"


def _tables(rows: dict[str, list[list[Cell]]]) -> Iterator[Table]:
    heads = [f"{100 * rate:g} % declared{whose}" for rate in RATES for whose in ("", ": mean ± k · SD")]
    yield Table(
        "Batches without a fault that are reported, in percent, by the number of batches and of planted breaks among them.",
        ["batches", *heads, "judged"],
        rows["false"],
        note="The number after ± is the standard error over the simulated steps. The limits themselves are simulated too, which "
        "makes the rate uncertain by 3 % of itself. *Judged*: percent of batches with enough like them.",
    )
    found = ["breaks", "found at 1 %", "breaks known", "ratio to it", "limits known", "mean ± k · SD", "ratio to it"]
    yield Table(
        "Planted breaks that are found, in percent: the broken batch scatters like any other. 5 % of the batches are broken.",
        found,
        rows["caught"],
        note="*Breaks known*: what limits of Student's t would find that know which batches are broken, and learn from the others. "
        "*Limits known*: what limits would find that know the expected yield and its SD as well, Φ(size − 2.58).",
    )
    yield Table(
        "The same where the observed yield lies exactly this many SD from the expected one.",
        found,
        rows["observed"],
        note="Limits that are known find all of them: the breaks are larger than 2.58 SD.",
    )
    yield Table(
        "Batches without a fault that are reported, in percent, where the scatter is not normal, or not equal.",
        ["batches", *heads, "judged"],
        rows["other"],
    )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = command(__doc__ or "")
    parser.add_argument("seeds", nargs="*", type=int, default=[1], help="seeds of the simulated steps")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
