"""The noise floor: the error that no model can go below, since the results that it is compared with scatter themselves.

A perfect forecast of the true value of each batch still misses the reported results by their measurement error. So its root mean
square error is the root mean square of the standard deviations of the reported results. They come from what a user states
(`repeatability` of the attribute), or from replicates in the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import polars as pl
from scipy.special import chdtri, fdtri

from pipeline.domain.process.process import Process
from pipeline.domain.repeatability import Repeatability

STATED = "stated"
"""Source of a noise floor that a user states."""
NOISE = "noise"
"""Column with the standard deviation of a reported result, SI."""
FLOOR_COLUMNS = ("noise_floor", "noise_floor_low", "noise_floor_high", "noise_floor_replicates", "noise_floor_source")
"""Columns of the scores: noise floor with its 90 % interval, number of replicates that it is from, and its source."""
_CHANCE_BEYOND = 0.05
"""Chance that the true value lies beyond one end of the 90 % interval."""


@dataclass(frozen=True)
class AttributeNoise:
    """What is known of the scatter of the results of one attribute."""

    stated: Repeatability | None = None
    """Standard deviation of one result, as a user states it. It counts where both are known."""
    pooled: float | None = None
    """Standard deviation of one result, pooled over the batches with replicates, SI; None without replicates that differ."""
    replicates: int = 0
    """Results in these batches."""
    batches: int = 0

    @property
    def known(self) -> bool:
        """Whether there is a noise floor."""
        return self.stated is not None or self.pooled is not None

    @property
    def degrees_of_freedom(self) -> int:
        """Degrees of freedom of the pooled standard deviation."""
        return self.replicates - self.batches

    @property
    def source(self) -> str | None:
        """Where the noise floor comes from: `stated`, or such as `from 34 replicates`."""
        if self.stated is not None:
            return STATED
        return None if self.pooled is None else f"from {self.replicates} replicates"

    @property
    def factors(self) -> tuple[float, float] | None:
        """Factors from a pooled standard deviation to the ends of its 90 % interval; None where there is none.

        √(ν/χ²) with ν degrees of freedom, for normal errors (Box, Hunter, Hunter 2005, Statistics for Experimenters).

        >>> low, high = AttributeNoise(None, 1.0, 20, 10).factors
        >>> round(low, 3), round(high, 3)
        (0.739, 1.593)
        """
        if self.pooled is None:
            return None
        freedom = self.degrees_of_freedom
        low, high = (sqrt(freedom / float(chdtri(freedom, p))) for p in (_CHANCE_BEYOND, 1 - _CHANCE_BEYOND))
        return low, high

    def deviation(self, result: pl.Expr, count: pl.Expr) -> pl.Expr:
        """Return the standard deviation of reported results, SI. Each is the mean of `count` single results."""
        single = pl.lit(self.pooled, pl.Float64) if self.stated is None else self.stated.deviation(result)
        return single / count.sqrt()


@dataclass(frozen=True)
class AssayNoise:
    """What is known of the scatter of the results of all attributes."""

    attributes: Mapping[str, AttributeNoise]
    replicates: pl.DataFrame
    """Results that are means of replicates, with the contract `Replicates`."""

    def with_noise(self, predictions: pl.DataFrame) -> pl.DataFrame:
        """Add to forecasts the standard deviation of the reported result, SI. It is null where nothing is known.

        It is 0 for a censored result: a forecast on the right side of the limit has no error.
        """
        count, observed = pl.col("replicates").fill_null(1).cast(pl.Float64), pl.col("observed")
        known = {name: noise.deviation(observed, count) for name, noise in self.attributes.items() if noise.known}
        if not known:
            return predictions.with_columns(pl.lit(None, pl.Float64).alias(NOISE))
        counts = self.replicates.select("batch_id", "replicates", cqa="attribute")
        joined = predictions.join(counts, on=["batch_id", "cqa"], how="left", maintain_order="left")
        found = [pl.when(pl.col("cqa") == name).then(deviation) for name, deviation in known.items()]
        measured = pl.coalesce(*found)
        censored = measured.is_not_null() & (pl.col("censoring") != "none")
        return joined.with_columns(pl.when(censored).then(0.0).otherwise(measured).alias(NOISE)).drop("replicates")

    def with_sources(self, scores: pl.DataFrame) -> pl.DataFrame:
        """Add to scores with `noise_floor` its 90 % interval, where it is from replicates, and its source."""
        estimated = {name: noise for name, noise in self.attributes.items() if noise.source not in (None, STATED)}
        ends = {name: noise.factors or (1.0, 1.0) for name, noise in estimated.items()}
        floor = pl.col("noise_floor")
        return scores.with_columns(
            (floor * _by_attribute({name: low for name, (low, _) in ends.items()}, pl.Float64())).alias("noise_floor_low"),
            (floor * _by_attribute({name: high for name, (_, high) in ends.items()}, pl.Float64())).alias(
                "noise_floor_high"
            ),
            _by_attribute({n: noise.replicates for n, noise in estimated.items()}, pl.Int64()).alias(
                "noise_floor_replicates"
            ),
            _by_attribute({n: noise.source for n, noise in self.attributes.items()}, pl.String()).alias(
                "noise_floor_source"
            ),
        )


_NO_REPLICATES = {"batch_id": pl.String, "attribute": pl.String, "replicates": pl.UInt32, "deviation": pl.Float64}
NO_NOISE = AssayNoise({}, pl.DataFrame(schema=_NO_REPLICATES))
"""Nothing is known of the scatter of any result."""


def assay_noise(process: Process, replicates: pl.DataFrame) -> AssayNoise:
    """Return what is stated in a process definition, and what replicates show.

    replicates: with the contract `Replicates`. The variances are pooled by their degrees of freedom: s² = Σ(nᵢ − 1)sᵢ² / Σ(nᵢ − 1).
    Replicates that are all equal say nothing: they were rounded, or copied.
    """
    freedom = pl.col("replicates").cast(pl.Float64) - 1
    pooled = replicates.group_by("attribute", maintain_order=True).agg(
        ((freedom * pl.col("deviation") ** 2).sum() / freedom.sum()).sqrt().alias("pooled"),
        pl.col("replicates").sum(),
        pl.len().alias("batches"),
    )
    found = {name: (deviation, n, of) for name, deviation, n, of in pooled.iter_rows() if deviation > 0}
    return AssayNoise(
        {
            name: AttributeNoise(process.attributes[name].stated_repeatability, *found.get(name, (None, 0, 0)))
            for name in process.targets
        },
        replicates,
    )


def clearly_below(rmse: float, floor: float, results: int, freedom: int | None) -> bool:
    """Tell whether an error is smaller than chance allows a perfect model: below the 5 % point of its distribution.

    For a perfect model RMSE²/floor² follows χ²/n with n results, or F with n and ν degrees of freedom if the floor was estimated
    with ν. freedom: ν; None if the floor is stated.
    """
    if results == 0 or floor <= 0:
        return False
    ratio = (rmse / floor) ** 2
    if freedom is None:
        return ratio < float(chdtri(results, 1 - _CHANCE_BEYOND)) / results
    return ratio < float(fdtri(results, freedom, _CHANCE_BEYOND))


def _by_attribute(values: Mapping[str, object], dtype: pl.DataType) -> pl.Expr:
    """Return the value of the attribute of each row, which is null where there is none."""
    cqa = pl.col("cqa")
    return cqa.replace_strict(values, default=None, return_dtype=dtype) if values else pl.lit(None, dtype)
