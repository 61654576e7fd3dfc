"""Size and power of the equivalence of scales, by simulation, beside the former method.

python benchmarks/equivalence.py                # print the tables
python benchmarks/equivalence.py --write        # print them and write docs/benchmarks/tables/equivalence.md

The standard deviation between batches of one product and scale is 1. The margin is 1.5: known, as with two limits, or estimated, as
with one. The former method is kept here as the reference: products as fixed levels, no product × scale term; and censored
results dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from report import Cell, Report, Table, command, publish
from scipy.special import stdtrit

from pipeline.answers.equivalence.batches import Batches, Model
from pipeline.answers.equivalence.judgement import SAME, SLOPE, judge
from pipeline.answers.equivalence.settings import candidates, chosen_settings, standard
from pipeline.answers.limits import EquivalenceConfig
from pipeline.domain.arrays import FloatArray

CONFIG = EquivalenceConfig()
MARGIN = 1.5
KNOWN, ESTIMATED = (0.0, 10.0), (None, None)
"""Specifications. 15 % of the width of the first is the margin; the second has the margin 1.5 standard deviations."""
SEED = 11
SETTINGS = 6
"""Candidate settings without any effect, of which the comparison adjusts for three."""
NEW, OLD = "products are the evidence", "products as fixed levels, no product × scale term"


@dataclass(frozen=True)
class Plan:
    """What is simulated: batches per product at each scale, the true difference, and how products vary around it."""

    small: tuple[int, ...]
    large: tuple[int, ...]
    between: float = 0.0
    """Standard deviation between products of the difference between the scales."""
    difference: float = MARGIN
    shift: float | None = None
    """Difference of the mean of each setting between the scales, in its standard deviations. None: no settings."""
    limit: float | None = None
    """Results below it are censored; the mean at the small scale is 0."""
    lowest: float = -np.inf
    """Smallest possible value."""

    @property
    def name(self) -> str:
        """The number of products and batches in words."""
        if len({*self.small, *self.large}) == 1:
            return f"{len(self.small)} × {self.small[0]}"
        return f"{len(self.small)}: {', '.join(f'{a}+{b}' for a, b in zip(self.small, self.large, strict=True))}"


@dataclass(frozen=True)
class Shares:
    """Shares of all histories."""

    same: float
    bent: float
    """P of equal slopes below 5 %."""
    covered: float
    """Truth inside the 90 % interval of the difference."""
    estimate: float
    """Mean of the estimated difference."""


def drawn(plan: Plan, rng: np.random.Generator) -> tuple[Batches, FloatArray]:
    """Return the batches of one history, and its candidate settings as columns."""
    counts = np.ravel(np.column_stack([plan.small, plan.large]))
    product = np.repeat(np.arange(len(plan.small)), counts[::2] + counts[1::2]).astype(float)
    large = np.repeat(np.tile([0.0, 1.0], len(plan.small)), counts)
    own = plan.difference + plan.between * rng.normal(size=len(plan.small))
    value = np.maximum(own[product.astype(int)] * large + rng.normal(size=len(product)), plan.lowest)
    hidden = np.zeros(len(value), bool) if plan.limit is None else value < plan.limit
    lowest = np.where(hidden, plan.lowest, value)
    highest = value if plan.limit is None else np.where(hidden, plan.limit, value)
    settings = rng.normal(size=(len(value), 0 if plan.shift is None else SETTINGS)) + (plan.shift or 0.0) * large[:, None]
    return Batches(product, large, lowest, highest, np.empty((len(value), 0))), settings


def found(plan: Plan, limits: tuple[float | None, float | None], count: int) -> Shares:
    """Return what the comparison of scales says about this many histories."""
    rng, rows = np.random.default_rng(SEED), []
    for _ in range(count):
        batches, columns = drawn(plan, rng)
        chosen = chosen_settings(batches, columns, [str(i) for i in range(columns.shape[1])], CONFIG.settings)
        adjusted = replace(batches, settings=standard(columns[:, chosen]), candidates=len(candidates(batches, columns)))
        one = judge(adjusted, limits, CONFIG)
        bent = one.slopes is not None and one.slopes.p < CONFIG.alpha
        rows.append((one.verdict in (SAME, SLOPE), bent, one.lower <= plan.difference <= one.upper, one.effect.mean))
    return Shares(*np.mean(rows, axis=0).tolist())


def formerly(plan: Plan, limits: tuple[float | None, float | None], count: int) -> Shares:
    """Return what the former method says: products as fixed levels, no product × scale term; censored results dropped."""
    rng = np.random.default_rng(SEED)
    rows = [_formerly(drawn(plan, rng)[0], limits) for _ in range(count)]
    same = [abs(mean) + reach < margin for mean, reach, margin in rows]
    shown = [mean for mean, _, _ in rows if np.isfinite(mean)]
    covered = [abs(mean - plan.difference) <= reach for mean, reach, _ in rows]
    return Shares(float(np.mean(same)), 0.0, float(np.mean(covered)), float(np.mean(shown)))


def _formerly(batches: Batches, limits: tuple[float | None, float | None]) -> tuple[float, float, float]:
    """Return difference, half width of the interval and margin; not a number where too few results remain."""
    kept = batches.half == 0
    levels = np.eye(batches.products)[batches.product[kept].astype(int)]
    model, value = Model(np.column_stack([batches.large[kept], levels])), batches.middle[kept]
    if min(batches.large[kept].sum(), (1 - batches.large[kept]).sum()) < CONFIG.least_batches:
        return np.nan, np.nan, np.nan
    deviation = float(np.sqrt((model.residuals(value) ** 2).sum() / model.freedom))
    effect = model.solver[0]
    reach = float(stdtrit(model.freedom, 1 - CONFIG.alpha) * deviation * np.linalg.norm(effect))
    return float(effect @ value), reach, MARGIN * (1.0 if limits == KNOWN else deviation)


def equal(products: int, each: int) -> Plan:
    """Return a plan with the same number of batches of each product at each scale."""
    return Plan((each,) * products, (each,) * products)


BALANCED = [equal(*one) for one in ((2, 3), (2, 20), (3, 3), (3, 15), (4, 8), (8, 3), (8, 8))]
UNEQUAL = [
    Plan((20, 3), (20, 3)),
    Plan((20, 10, 3), (3, 3, 3)),
    Plan((3, 3, 3, 20), (3, 3, 3, 20)),
    Plan((20,) * 3 + (3,) * 3, (3,) * 6),
]
BETWEEN = (0.0, 0.5, 1.0, 2.0)


def size_and_power(plans: Sequence[Plan], count: int) -> list[Table]:
    """Return the share of "same" on the margin and without a difference, for both methods, in percent."""
    head = ["products × batches", *(f"{name}, {between:g}" for name in ("now", "formerly") for between in BETWEEN)]
    tables = []
    for about, difference in (("differ by the margin", MARGIN), ("are equal", 0.0)):
        for limits, margin in ((KNOWN, "known"), (ESTIMATED, "estimated")):
            rows: list[list[Cell]] = [
                [
                    plan.name,
                    *(
                        100 * method(replace(plan, between=between, difference=difference), limits, count).same
                        for method in (found, formerly)
                        for between in BETWEEN
                    ),
                ]
                for plan in plans
            ]
            caption = f'Share of "same" if the scales {about} [%]; the margin is {margin}'
            tables.append(Table(caption, head, rows, 1))
    return tables


def with_settings(plans: Sequence[Plan], count: int) -> Table:
    """Return the share of "same" on the margin and of unequal slopes if the comparison adjusts for settings, in percent."""
    rows: list[list[Cell]] = []
    for plan in plans:
        for between in (0.0, 1.0):
            same = [found(replace(plan, between=between, shift=shift), KNOWN, count) for shift in (0.0, 0.8)]
            rows.append([f"{plan.name}, {between:g}", *(100 * one.same for one in same), *(100 * one.bent for one in same)])
    return Table(
        "With three of six settings adjusted for, which have no effect [%]. The scales differ by the margin; slopes are equal",
        [
            "products × batches, variation",
            "same, alike",
            "same, apart by 0.8",
            "slopes unequal, alike",
            "slopes, apart by 0.8",
        ],
        rows,
        1,
        "Apart: the means of the settings differ by 0.8 of their standard deviations between the scales.",
    )


def with_censoring(count: int) -> Table:
    """Return size, power, coverage and estimate with censored results, for both methods."""
    rows: list[list[Cell]] = []
    for base in (equal(1, 20), equal(4, 10)):
        for limit, lowest in ((-1.0, -1.5), (-1.0, -2.5), (-1.0, -5.0), (0.0, -2.5)):
            for difference in (0.0, MARGIN, 1.8, 3.0):
                plan = replace(base, limit=limit, lowest=lowest, difference=difference)
                now, old = (method(plan, KNOWN, count) for method in (found, formerly))
                shares = (100 * now.same, 100 * old.same, 100 * now.covered, 100 * old.covered)
                rows.append([f"{plan.name}, {limit:g}, {lowest:g}", f"{difference:g}", *shares, f"{old.estimate:.2f}"])
    head = [
        "products × batches, limit, smallest",
        "truth",
        "same",
        "same, dropped",
        "inside",
        "inside, dropped",
        "estimate, dropped",
    ]
    return Table(
        'Censored results [%]: share of "same" and of intervals that hold the truth, beside the method that drops them',
        head,
        rows,
        1,
        "Results below the limit are censored: 16 % of those at the small scale with a limit of −1, 50 % with 0. The interval has "
        "90 %. The smallest possible value bounds the censored results.",
    )


def main() -> None:
    """Print the tables, and write them if asked to."""
    parser = command(__doc__ or "")
    parser.add_argument("--histories", type=int, default=800, help="simulated histories per figure")
    given = parser.parse_args()
    count = given.histories
    tables = [
        *size_and_power([*BALANCED, *UNEQUAL], count),
        with_settings([BALANCED[0], BALANCED[5], UNEQUAL[1]], count),
        with_censoring(count),
    ]
    error = 100 * float(np.sqrt(0.05 * 0.95 / count))
    note = (
        f"Now: {NEW}. Formerly: {OLD}. The number behind the name is the standard deviation of the difference between products, in "
        f"standard deviations between batches. Monte Carlo standard error of a share of 5 %: {error:.1f} %, of 50 %: "
        f"{50 / np.sqrt(count):.1f} %."
    )
    tables[0] = replace(tables[0], note=note)
    publish(Report("equivalence", tables, [SEED], {"histories per figure": count}), given)


if __name__ == "__main__":
    main()
