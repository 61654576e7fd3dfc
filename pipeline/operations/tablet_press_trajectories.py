"""Features of the time series of a rotary tablet press, in SI units.

Tags: tablet_rate, feeder_speed, force_variation (relative standard deviation of the main force),
main_compression_force, pre_compression_force, fill_depth, cylindrical_height, stiffness, ejection_force, and the
running counts produced and waste.

The features follow the rules that the publisher states: records at rate 0 are excluded, start-up lasts while produced = 0,
and a variation above 15 % is dropped. These rules leave open cases. We chose the variants that reproduce the published
descriptors of the 29 batches with public raw series. The agreement for these batches is therefore a fit, not independent
evidence. The variants: means of the force variation include records above 15 % and require a moving feeder; 48 h are
subtracted from a weekend stop (3 batches); changes of speed are counted as intervals of constant speed. One count differs:
batch 117 has rows without values, which are left out here.
"""

import polars as pl

from pipeline.operations.feature import TrajectoryFeature
from pipeline.operations.series import runs

ZAGAR = "Žagar, Mihelič (2022) Scientific Data 9:99"

NORMAL_COUNT = 1e5
"""Batch size that counts are normalised to [tablets]."""
VARIATION_LIMIT = 0.15
"""Force variation above which a record is an artefact of a stop or a start [-]."""
WEEKEND = 48 * 3600.0
"""Length of a weekend stop [s]."""


def per_normal_count(amount: pl.Expr, tablet_count: pl.Expr) -> pl.Expr:
    """Amount of the batch per 100,000 tablets of its size."""
    return amount / (tablet_count.first() / NORMAL_COUNT)


def production(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Records of production: the press turns and tablets are kept."""
    return value.filter((tablet_rate > 0) & (produced > 0))


def startup(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Records of the start-up: the press turns and no tablet has been kept yet."""
    return value.filter((tablet_rate > 0) & (produced == 0))


def production_mean(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Mean of the production records."""
    return production(value, tablet_rate, produced).mean()


def production_sd(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Standard deviation of the production records."""
    return production(value, tablet_rate, produced).std()


def production_median(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Median of the production records."""
    return production(value, tablet_rate, produced).median()


def production_max(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Largest production record."""
    return production(value, tablet_rate, produced).max()


def production_min(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Smallest production record."""
    return production(value, tablet_rate, produced).min()


def startup_mean(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Mean of the start-up records."""
    return startup(value, tablet_rate, produced).mean()


def startup_range(value: pl.Expr, tablet_rate: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Difference of the largest and the smallest start-up record."""
    records = startup(value, tablet_rate, produced)
    return records.max() - records.min()


def mean_above_zero(value: pl.Expr) -> pl.Expr:
    """Mean of the records above zero, such as of a speed while the machine moves."""
    return value.filter(value > 0).mean()


def rate_runs(tablet_rate: pl.Expr, tablet_count: pl.Expr) -> pl.Expr:
    """Number of intervals of constant tablet rate per 100,000 tablets."""
    return per_normal_count(runs(tablet_rate), tablet_count)


def stopped(tablet_rate: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Time at rate zero [s]: number of records times the median interval, so that a gap in the records is not a stop."""
    return (tablet_rate == 0).sum() * time.diff().median()


def weekend_stop(tablet_rate: pl.Expr, time: pl.Expr) -> pl.Expr:
    """1 if the press stood for more than 48 h, else 0."""
    return (stopped(tablet_rate, time) > WEEKEND).cast(pl.Float64)


def stop_time(tablet_rate: pl.Expr, time: pl.Expr, tablet_count: pl.Expr) -> pl.Expr:
    """Stopped time without a weekend [s] per 100,000 tablets."""
    working = stopped(tablet_rate, time) - WEEKEND * weekend_stop(tablet_rate, time)
    return per_normal_count(working, tablet_count)


def waste_total(waste: pl.Expr, tablet_count: pl.Expr) -> pl.Expr:
    """Tablets rejected per 100,000 tablets of the batch size, from the running count."""
    return per_normal_count(waste.max(), tablet_count)


def waste_startup(waste: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Tablets rejected before the first was kept, from the running count."""
    return waste.filter(produced == 0).max()


def feeder_runs_startup(feeder_speed: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Number of intervals of constant feeder speed before the first tablet was kept."""
    return runs(feeder_speed.filter(produced == 0))


def variation_startup(force_variation: pl.Expr, feeder_speed: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Mean force variation of the start-up while powder is fed [-]."""
    return force_variation.filter((feeder_speed > 0) & (produced == 0)).mean()


def variation_mean(force_variation: pl.Expr, feeder_speed: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Mean force variation of production while powder is fed [-]."""
    return force_variation.filter((feeder_speed > 0) & (produced > 0)).mean()


def variation_max(force_variation: pl.Expr, feeder_speed: pl.Expr, produced: pl.Expr) -> pl.Expr:
    """Largest force variation of production [-], of the records up to 15 %; higher ones are artefacts."""
    valid = (feeder_speed > 0) & (produced > 0) & (force_variation <= VARIATION_LIMIT)
    return force_variation.filter(valid).max()


STATISTICS = {
    "mean": (production_mean, "mean in production"),
    "sd": (production_sd, "standard deviation in production"),
    "median": (production_median, "median in production"),
    "max": (production_max, "maximum in production"),
    "min": (production_min, "minimum in production"),
    "startup_mean": (startup_mean, "mean in start-up"),
    "startup_range": (startup_range, "range in start-up"),
}


def statistics_of(tag: str, unit: str, description: str, *statistics: str) -> tuple[TrajectoryFeature, ...]:
    """Make the features of one tag, one per named statistic."""
    tags = (tag, "tablet_rate", "produced")
    return tuple(
        TrajectoryFeature(f"{tag}_{name}", unit, tags, STATISTICS[name][0], f"{description}, {STATISTICS[name][1]}", ZAGAR)
        for name in statistics
    )


VARIATION = ("force_variation", "feeder_speed", "produced")

TRAJECTORY_FEATURES: tuple[TrajectoryFeature, ...] = (
    TrajectoryFeature("tablet_rate_mean", "1/h", ("tablet_rate",), mean_above_zero, "Tablet rate while it runs", ZAGAR),
    TrajectoryFeature(
        "tablet_rate_runs",
        "dimensionless",
        ("tablet_rate",),
        rate_runs,
        "Intervals of constant tablet rate per 100,000 tablets",
        ZAGAR,
        ("tablet_count",),
    ),
    TrajectoryFeature(
        "stop_time",
        "min",
        ("tablet_rate", "time"),
        stop_time,
        "Stopped time per 100,000 tablets, without weekend stops",
        ZAGAR,
        ("tablet_count",),
    ),
    TrajectoryFeature(
        "weekend_stop",
        "dimensionless",
        ("tablet_rate", "time"),
        weekend_stop,
        "1 if the press stood for more than 48 h",
        ZAGAR,
    ),
    TrajectoryFeature(
        "waste_total",
        "dimensionless",
        ("waste",),
        waste_total,
        "Tablets rejected per 100,000 tablets of the batch size",
        ZAGAR,
        ("tablet_count",),
    ),
    TrajectoryFeature(
        "waste_startup", "dimensionless", ("waste", "produced"), waste_startup, "Tablets rejected in start-up", ZAGAR
    ),
    TrajectoryFeature(
        "feeder_speed_mean", "1/min", ("feeder_speed",), mean_above_zero, "Feeder speed while it turns", ZAGAR
    ),
    TrajectoryFeature(
        "feeder_speed_runs_startup",
        "dimensionless",
        ("feeder_speed", "produced"),
        feeder_runs_startup,
        "Intervals of constant feeder speed in start-up",
        ZAGAR,
    ),
    TrajectoryFeature(
        "force_variation_startup_mean", "percent", VARIATION, variation_startup, "Force variation in start-up", ZAGAR
    ),
    TrajectoryFeature(
        "force_variation_mean",
        "percent",
        VARIATION,
        variation_mean,
        "Force variation in production: uniformity of the die fill",
        ZAGAR,
    ),
    TrajectoryFeature(
        "force_variation_max",
        "percent",
        VARIATION,
        variation_max,
        "Largest force variation in production, up to 15 %",
        ZAGAR,
    ),
    *statistics_of("main_compression_force", "kN", "Main force", "mean", "sd", "median", "startup_mean"),
    *statistics_of("pre_compression_force", "kN", "Pre-compression force", "mean"),
    *statistics_of("fill_depth", "mm", "Fill depth", "mean", "sd", "startup_mean", "startup_range"),
    *statistics_of("cylindrical_height", "mm", "Punch distance at main compression", "mean"),
    *statistics_of("stiffness", "N", "Stiffness that the press reports", "mean", "max", "min"),
    *statistics_of("ejection_force", "N", "Ejection force", "mean", "max", "min"),
)
