"""Comparison of two scales for a quality attribute within products. The verdict says so if the data are not sufficient.

Difference at the set-point: two one-sided tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657) on the effect of the scale
in a linear model with a level per product and the settings as covariates. Slopes: analysis of covariance, the F test of all
scale × setting products (Fisher 1932, Statistical Methods for Research Workers, §49.1).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import fdtrc, stdtrit

from pipeline.answers.limits import EquivalenceConfig
from pipeline.domain.arrays import FloatArray

SAME, OFFSET, SLOPE, DIFFERENT, UNKNOWN = (
    "same",
    "parallel offset",
    "same at the set-point, different slope",
    "different",
    "the data can't tell",
)
SPARE = 4
"""Smallest residual degrees of freedom with slopes. With fewer, slopes are not compared."""


@dataclass(frozen=True)
class Equivalence:
    """The comparison of two scales for one attribute. Numbers have the unit of the data; None if not estimated."""

    verdict: str
    reason: str
    margin: float | None
    difference: float | None
    """Large scale minus small scale at the set-point."""
    lower: float | None
    """Lower end of the 1 − 2·alpha interval of the difference. The scales are equivalent if both ends lie within the margin."""
    upper: float | None
    """Upper end of the same interval."""
    slope_p: float | None
    """P value of the hypothesis that the slopes are equal."""
    slope_effect: float | None
    """Largest difference of slopes times half the range of its setting."""
    slope_setting: str | None
    batches: tuple[int, int]
    products: int


@dataclass(frozen=True)
class _Fit:
    coefficients: FloatArray
    covariance: FloatArray
    squares: float
    freedom: int


def compare_scales(
    rows: pl.DataFrame, settings: list[str], limits: tuple[float | None, float | None], config: EquivalenceConfig
) -> Equivalence:
    """Compare two scales.

    rows: one per batch with columns value, product, large (true at the larger scale) and the settings. Only products that ran at
    both scales are used. limits: lower and upper specification in the unit of the values.
    """
    both = rows.drop_nulls(["value", "large"]).filter(pl.col("large").n_unique().over("product") == 2)
    counts = (both.filter(~pl.col("large")).height, both.filter(pl.col("large")).height)
    if min(counts) < config.least_batches:
        return _unknown(
            f"{counts[0]} and {counts[1]} batches; at least {config.least_batches} at each scale are needed", both, counts
        )
    chosen = _covariates(both, settings, config.settings)
    plain = _fitted(both, chosen, slopes=False)
    if plain is None:
        return _unknown("too few batches for the number of products", both, counts)
    margin = _margin(plain, limits, config)
    difference, error = float(plain.coefficients[0]), float(np.sqrt(plain.covariance[0, 0]))
    reach = float(stdtrit(plain.freedom, 1 - config.alpha)) * error
    wide = float(stdtrit(plain.freedom, 1 - config.alpha / 2)) * error
    slope_p, effect, setting = _slopes(both, chosen, plain)
    bent = slope_p is not None and slope_p < config.alpha and effect is not None and effect > margin
    equal = -margin < difference - reach and difference + reach < margin
    differs = abs(difference) > wide
    verdict = (SLOPE if bent else SAME) if equal else (DIFFERENT if bent else OFFSET) if differs else UNKNOWN
    return Equivalence(
        verdict,
        _reason(verdict, slope_p),
        margin,
        difference,
        difference - reach,
        difference + reach,
        slope_p,
        effect,
        setting,
        counts,
        both["product"].n_unique(),
    )


def _unknown(reason: str, rows: pl.DataFrame, counts: tuple[int, int]) -> Equivalence:
    products = rows["product"].n_unique()
    return Equivalence(UNKNOWN, reason, None, None, None, None, None, None, None, counts, products)


def _reason(verdict: str, slope_p: float | None) -> str:
    untested = "" if slope_p is not None else "; slopes could not be compared"
    return {
        SAME: "the interval of the difference lies within the margin",
        OFFSET: "the difference is not zero and not within the margin; no relevant difference of the slopes is shown",
        SLOPE: "equal at the set-point, but a setting has a larger effect at one scale",
        DIFFERENT: "level and slope differ",
        UNKNOWN: "the interval of the difference contains zero and extends beyond the margin: more batches are needed",
    }[verdict] + untested


def _margin(fit: _Fit, limits: tuple[float | None, float | None], config: EquivalenceConfig) -> float:
    low, high = limits
    if low is not None and high is not None:
        return config.margin_of_width * (high - low)
    return config.margin_of_sd * float(np.sqrt(fit.squares / fit.freedom))


def _covariates(rows: pl.DataFrame, settings: list[str], most: int) -> list[str]:
    """Return the settings that vary in the same range at both scales, those with the largest correlation with the value first."""
    alike = _alike(rows, [name for name in settings if not rows[name].null_count()])
    centred = rows.select(pl.col(name) - pl.col(name).mean().over("product", "large") for name in (*alike, "value"))
    found = centred.select(pl.corr(name, "value").abs().fill_nan(None).alias(name) for name in alike).row(0) if alike else ()
    strength = {name: value for name, value in zip(alike, found, strict=True) if value is not None}
    ranked = sorted(strength, key=lambda name: (-strength[name], name))
    room = (rows.height - rows["product"].n_unique() - 1 - SPARE) // 2
    return ranked[: max(0, min(most, room))]


def _alike(rows: pl.DataFrame, names: list[str]) -> list[str]:
    """Return the settings that vary at both scales and whose means differ by at most one standard deviation."""
    places, spreads = (
        rows.group_by("large").agg(getattr(pl.col(name).cast(pl.Float64), what)() for name in names)
        for what in ("mean", "std")
    )
    spread = {name: [value or 0.0 for value in spreads[name]] for name in names}
    apart = {name: abs(float(places[name][0]) - float(places[name][1])) for name in names}
    return [name for name in names if min(spread[name]) > 0 and apart[name] <= max(spread[name])]


def _standard(setting: pl.Series) -> FloatArray:
    """Return a setting in standard deviations from its mean. SI values (cell density, pH) differ too much for one matrix."""
    value = setting.cast(pl.Float64).to_numpy()
    return np.asarray((value - value.mean()) / value.std())


def _fitted(rows: pl.DataFrame, settings: list[str], *, slopes: bool) -> _Fit | None:
    """Return the least squares fit on large, settings, products and, with `slopes`, large × settings; None if saturated."""
    large = rows["large"].cast(pl.Float64).to_numpy()
    centred = [_standard(rows[name]) for name in settings]
    products = rows["product"].to_dummies().cast(pl.Float64).to_numpy()
    extra = [large * column for column in centred] if slopes else []
    matrix = np.column_stack([large, *extra, *centred, products])
    y = rows["value"].to_numpy()
    freedom = rows.height - int(np.linalg.matrix_rank(matrix))
    if freedom < 1:
        return None
    coefficients, *_ = np.linalg.lstsq(matrix, y, rcond=None)
    squares = float(((y - matrix @ coefficients) ** 2).sum())
    covariance = np.linalg.pinv(matrix.T @ matrix) * squares / freedom
    return _Fit(coefficients, covariance, squares, freedom)


def _slopes(rows: pl.DataFrame, settings: list[str], plain: _Fit) -> tuple[float | None, float | None, str | None]:
    """Return the P value of equal slopes, the largest slope difference times half the range of its setting, and the setting."""
    bent = _fitted(rows, settings, slopes=True) if settings else None
    if bent is None or bent.freedom < SPARE or bent.squares <= 0:
        return None, None, None
    more = plain.freedom - bent.freedom
    ratio = (plain.squares - bent.squares) / more / (bent.squares / bent.freedom)
    half = [float(np.ptp(np.percentile(_standard(rows[name]), [5, 95]))) / 2 for name in settings]
    effects = np.abs(bent.coefficients[1 : 1 + len(settings)]) * np.array(half)
    largest = int(np.argmax(effects))
    return float(fdtrc(more, bent.freedom, ratio)), float(effects[largest]), settings[largest]
