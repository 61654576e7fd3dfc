"""Comparison of two scales for a quality attribute within products. The verdict says so if the data are not sufficient.

Difference at the set-point: two one-sided tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657) on the mean of the products'
differences. Slopes: analysis of covariance, the F test of all scale × setting products.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.equivalence.judgement import UNKNOWN, Judgement, judge
from pipeline.answers.equivalence.reasons import PRODUCT, not_bounded, reason
from pipeline.answers.equivalence.settings import candidates, chosen_settings, standard
from pipeline.answers.equivalence.words import Words
from pipeline.answers.limits import EquivalenceConfig
from pipeline.domain.arrays import FloatArray

Limits = tuple[float | None, float | None]
"""Lower and upper specification."""


@dataclass(frozen=True)
class Equivalence:
    """The comparison of two scales for one attribute. Numbers have the unit of the data; None if not estimated."""

    verdict: str
    reason: str
    batches: tuple[int, int]
    products: int
    censored: tuple[int, int] = (0, 0)
    """Number of censored results among the batches."""
    margin: float | None = None
    difference: float | None = None
    """Large scale minus small scale at the set-point, mean of the products."""
    lower: float | None = None
    """Lower end of the 1 − 2·alpha interval of the difference. The scales are equivalent if both ends lie within the margin."""
    upper: float | None = None
    """Upper end of the same interval."""
    slope_p: float | None = None
    """P value of the hypothesis that the slopes are equal."""
    slope_effect: float | None = None
    """Largest difference of slopes times half the range of its setting."""
    slope_setting: str | None = None
    differences: Mapping[str, float] = field(default_factory=dict)
    """Product → its own difference."""
    censored_range: tuple[float, float] | None = None
    """Smallest and largest mean difference that the censored results allow. None if there are none."""
    needed: int | None = None
    """Number of products, or of batches at each scale with one product, that would decide."""


def compare_scales(
    rows: pl.DataFrame, settings: list[str], limits: Limits, config: EquivalenceConfig, words: Words = PRODUCT
) -> Equivalence:
    """Compare two scales.

    rows: one per batch with columns product, large (true at the larger scale), the settings, and `lowest` and `highest`: what the
    result can be, equal if it is not censored. Only products that ran at both scales are used. limits: in the unit of the values.
    words: those of the comparison.
    """
    known = rows.drop_nulls(["lowest", "highest", "large"])
    both = known.filter(pl.col("large").n_unique().over("product") == 2).sort("product", maintain_order=True)
    none = Equivalence(UNKNOWN, "", _counts(both), both["product"].n_unique(), _counts(_censored(both)))
    if min(none.batches) < config.least_batches:
        small, large = none.batches
        return replace(
            none, reason=f"{small} and {large} batches; at least {config.least_batches} at each {words.place} are needed"
        )
    if not np.isfinite(both.select("lowest", "highest").to_numpy()).all():
        return replace(none, reason=not_bounded(none.censored, words))
    plain, (chosen, count) = _batches(both), _chosen(both, settings, config.settings)
    if none.products == 1 and not plain.model.freedom:
        return replace(none, reason="too few batches")
    found = judge(replace(plain, settings=standard(_columns(both, chosen)), candidates=count), limits, config)
    return _stated(none, found, list(both["product"].unique(maintain_order=True)), chosen, words)


def _stated(none: Equivalence, found: Judgement, products: list[str], settings: list[str], words: Words) -> Equivalence:
    effect, slopes = found.effect, found.slopes
    return replace(
        none,
        verdict=found.verdict,
        reason=reason(found, none.censored, words),
        margin=found.margin,
        difference=effect.mean,
        lower=found.lower,
        upper=found.upper,
        slope_p=None if slopes is None else slopes.p,
        slope_effect=None if slopes is None else slopes.effect,
        slope_setting=None if slopes is None else settings[slopes.setting],
        differences=dict(zip(products, effect.differences.tolist(), strict=True)),
        censored_range=effect.range if any(none.censored) else None,
        needed=found.needed,
    )


def _censored(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("lowest") < pl.col("highest"))


def _counts(rows: pl.DataFrame) -> tuple[int, int]:
    """Return the number of rows at the smaller and at the larger scale."""
    return rows.filter(~pl.col("large")).height, rows.filter(pl.col("large")).height


def _batches(rows: pl.DataFrame) -> Batches:
    """Return the rows, sorted by product, as arrays without settings."""
    numbers = rows.select(pl.col("product").rle_id(), "large", "lowest", "highest").cast(pl.Float64)
    product, large, lowest, highest = numbers.to_numpy().T
    return Batches(product, large, lowest, highest, np.empty((rows.height, 0)))


def _columns(rows: pl.DataFrame, settings: list[str]) -> FloatArray:
    return rows.select(pl.col(settings).cast(pl.Float64)).to_numpy() if settings else np.empty((rows.height, 0))


def _chosen(rows: pl.DataFrame, settings: list[str], most: int) -> tuple[list[str], int]:
    """Return the settings that are adjusted for, and the number of candidates, which are known of every batch."""
    known = [name for name in settings if not rows[name].null_count()]
    if not known:
        return [], 0
    batches, columns = _batches(rows), _columns(rows, known)
    return [known[one] for one in chosen_settings(batches, columns, known, most)], len(candidates(batches, columns))
