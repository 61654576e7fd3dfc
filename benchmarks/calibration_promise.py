"""What intervals promise at each number of products, and what they hold, by simulation.

    python benchmarks/calibration_promise.py [--repeats 1000] [--write]

Errors of products are simulated: 1 to 30 products with 1 to 30 batches each, with correlations of 0 to 1 within products. Errors
are normal, or products also differ in the size of their errors (log-normal, standard deviation 0.5 of the logarithm). The coverage
is that of a batch of a new product. The tables show the lowest coverage over all numbers of batches and correlations. The reference
is the former method: a weighted quantile times the ratio of Student's t to the normal.
"""

import argparse
from collections.abc import Callable
from functools import cache

import numpy as np
from report import Report, Table, command, publish
from scipy.special import ndtr, ndtri, stdtrit

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.intervals import Calibration

PRODUCTS = (1, 2, 3, 4, 5, 7, 9, 12, 15, 19, 25, 30)
BATCHES = (1, 2, 3, 5, 10, 30)
CORRELATIONS = (0.0, 0.3, 0.6, 0.9, 1.0)
LEVELS = np.array([0.8, 0.9, 0.95])
SEED = 20261127
SPREAD = 0.5
"""Standard deviation of the logarithm of the size of a product's errors, where products differ."""
Method = Callable[[FloatArray], FloatArray]
"""Errors, (products, batches), to half widths at `LEVELS`."""


def ours(errors: FloatArray) -> FloatArray:
    """Return the half widths of Scalebridge."""
    order = np.argsort(np.abs(errors), axis=None)
    groups = np.repeat([f"P{i:02d}" for i in range(len(errors))], errors.shape[1])
    return Calibration(tuple(errors.ravel()[order].tolist()), tuple(groups[order].tolist())).half_widths(LEVELS)


def former(errors: FloatArray) -> FloatArray:
    """Return the half widths of the former method."""
    sizes, products = np.sort(np.abs(errors), axis=None), len(errors)
    widened = np.full(3, 2.0) if products == 1 else stdtrit(products - 1, (1 + LEVELS) / 2) / ndtri((1 + LEVELS) / 2)
    return np.asarray(widened * sizes[np.ceil(LEVELS * len(sizes) - 1e-9).astype(int) - 1])


def simulated(products: int, batches: int, correlation: float, *, unequal: bool, repeats: int) -> FloatArray:
    """Return errors, (repeats, products, batches)."""
    rng = np.random.default_rng([SEED, products, batches, int(10 * correlation), unequal])
    of_product, of_batch = rng.normal(size=(repeats, products, 1)), rng.normal(size=(repeats, products, batches))
    size = np.exp(SPREAD * rng.normal(size=(repeats, products, 1))) if unequal else 1.0
    return np.asarray(size * (np.sqrt(correlation) * of_product + np.sqrt(1 - correlation) * of_batch))


def coverage(half: FloatArray, *, unequal: bool) -> FloatArray:
    """Return the exact chance that an error of a new product is not larger than each half width."""
    if not unequal:
        return np.asarray(2 * ndtr(half) - 1)
    sizes, weights = _sizes()
    return np.asarray((2 * ndtr(half[..., None] / sizes) - 1) @ weights)


@cache
def _sizes() -> tuple[FloatArray, FloatArray]:
    """Return sizes of a product's errors and their weights (Gauss–Hermite quadrature)."""
    points, weights = np.polynomial.hermite_e.hermegauss(15)
    return np.exp(SPREAD * points), weights / weights.sum()


def lowest(method: Method, products: int, *, unequal: bool, repeats: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the lowest coverage over batches and correlations, its standard error, and the median width at each level.

    The width is that of the middle setting, 10 batches and a correlation of 0.3, over the normal quantile.
    """
    settings = [(n, rho) for n in BATCHES for rho in CORRELATIONS if n > 1 or rho == 0]
    means, errors, width = [], [], np.zeros(3)
    for batches, correlation in settings:
        drawn = simulated(products, batches, correlation, unequal=unequal, repeats=repeats)
        half = np.array([method(one) for one in drawn])
        found = coverage(half, unequal=unequal)
        means.append(found.mean(axis=0))
        errors.append(found.std(axis=0) / np.sqrt(repeats))
        if (batches, correlation) == (10, 0.3):
            width = np.median(half, axis=0) / ndtri((1 + LEVELS) / 2)
    worst = np.argmin(means, axis=0)
    return np.min(means, axis=0), np.array(errors)[worst, range(3)], width


def promised(products: int) -> str:
    """Return the levels that are promised at a number of products: those up to K/(K + 1).

    >>> promised(3), promised(9)
    ('none', '80, 90 %')
    """
    held = [f"{100 * level:g}" for level in LEVELS if level <= products / (products + 1) + 1e-12]
    return f"{', '.join(held)} %" if held else "none"


def main(given: argparse.Namespace) -> None:
    """Simulate both methods and show the tables."""
    tables = []
    for unequal, errors in ((False, "normal errors"), (True, "products differ in the size of their errors")):
        rows = []
        for products in PRODUCTS:
            now, noise, width = lowest(ours, products, unequal=unequal, repeats=given.repeats)
            before, _, wide = lowest(former, products, unequal=unequal, repeats=given.repeats)
            rows.append(
                (str(products), promised(products), *now, float(noise.max()), *before, float(width[1]), float(wide[1]))
            )
            print(f"{errors}, {products} products", flush=True)
        head = (
            "products",
            "promised",
            "80 %",
            "90 %",
            "95 %",
            "±",
            "80 % former",
            "90 % former",
            "95 % former",
            "width",
            "former",
        )
        note = (
            "±: largest standard error of the simulation. Width: median at 90 %, 10 batches and a correlation of 0.3, in units of "
            "the interval of errors whose distribution is known. Every answer marks a level that is not promised as an estimate."
        )
        tables.append(Table(f"Lowest coverage of a batch of a new product, {errors}", head, rows, digits=3, note=note))
    counted = {
        "simulated histories of each method": 2
        * given.repeats
        * len(PRODUCTS)
        * (1 + (len(BATCHES) - 1) * len(CORRELATIONS))
    }
    publish(Report("calibration_promise", tables, [SEED], counted), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("--repeats", type=int, default=1000, help="simulated histories of each setting")
    main(parser.parse_args())
