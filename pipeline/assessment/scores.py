"""Scores of forecasts of hidden batches: error, skill against the baselines, coverage and width, per product and scale."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from pipeline.assessment.coverage_interval import coverage_interval
from pipeline.assessment.noise_floor import FLOOR_COLUMNS, NO_NOISE, NOISE, AssayNoise
from pipeline.assessment.past_scale_ups import PREFIX
from pipeline.domain.arrays import FloatArray
from pipeline.domain.units import Unit
from pipeline.forecasting.intervals import bounds, covered, residual

BASELINES = ("global_mean", "carry_over")
RESAMPLES = 10_000
"""Number of bootstrap samples. With 500 the lower end of a skill moves by 0.1 from seed to seed."""
Metrics = dict[str, dict[str, dict[str, float]]]
"""Protocol → CQA → name of a score → its value."""


def score(
    predictions: pl.DataFrame,
    units: Mapping[str, Unit],
    levels: Sequence[float],
    seed: int,
    noise: AssayNoise = NO_NOISE,
) -> pl.DataFrame:
    """Return the scores of each protocol, model and CQA: pooled, per product, and per product and scale level.

    predictions: as `crossfit` returns them. A pooled row has the product "all" and no scale level. Columns: protocol, model, cqa,
    unit, product, scale_level, n, products, rmse, mae, bias, q2, skill_global_mean, skill_carry_over, coverage_L and width_L per
    level L, and for pooled rows rmse_low/high, skill_carry_over_low/high, coverage_90_low/high: 95 % bootstrap intervals over
    products. Pooled rows also have groups, the number of past scale-ups or, under other protocols, of products, and
    coverage_90_least/most, the limits of `coverage_interval` over these groups. They hold for few groups, where the bootstrap is
    too narrow. Then `FLOOR_COLUMNS`, which are null where nothing is known of the scatter of the results. Errors, widths and noise
    floors are in the unit of the CQA.
    """
    rows = _with_errors(noise.with_noise(predictions), units, levels)
    key = ["protocol", "model", "cqa"]
    pooled = _summary(rows, key, levels).with_columns(
        pl.lit("all").alias("product"), pl.lit(None, pl.Float64).alias("scale_level")
    )
    by_product = _summary(rows, [*key, "product"], levels).with_columns(pl.lit(None, pl.Float64).alias("scale_level"))
    by_scale = _summary(rows, [*key, "product", "scale_level"], levels)
    table = pl.concat([pooled, by_product, by_scale], how="diagonal")
    resampled, sure = _bootstrap(rows, key, seed), _sure_coverage(rows, key)
    scored = _skills(table).join(resampled, on=[*key, "product"], how="left").join(sure, on=[*key, "product"], how="left")
    named = noise.with_sources(scored).with_columns(
        pl.col("cqa").replace_strict({n: u.label for n, u in units.items()}).alias("unit")
    )
    first = [*key, "unit", "product", "scale_level", "n", "products"]
    return named.select(*first, pl.exclude(*first)).sort(*key, pl.col("product") != "all", "product", "scale_level")


def _with_errors(predictions: pl.DataFrame, units: Mapping[str, Unit], levels: Sequence[float]) -> pl.DataFrame:
    """Add errors and widths in display units. A prediction on the right side of a censored result has no error."""
    factor = pl.col("cqa").replace_strict({n: u.factor for n, u in units.items()}, return_dtype=pl.Float64)
    ends = {f"{level * 100:g}": bounds(level) for level in levels}
    return predictions.with_columns(
        (-residual() / factor).alias("error"),
        (pl.col("observed") / factor).alias("displayed"),
        (pl.col(NOISE) / factor).alias(NOISE),
        *(covered(low, high).alias(f"covered_{name}") for name, (low, high) in ends.items()),
        *(((pl.col(high) - pl.col(low)) / factor).alias(f"wide_{name}") for name, (low, high) in ends.items()),
    )


def _summary(rows: pl.DataFrame, key: list[str], levels: Sequence[float]) -> pl.DataFrame:
    """Return the scores of each group of predictions.

    Q² = 1 − Σerror² / Σ(observed − mean of the group)² (Wold 1978, Technometrics 20, 397).
    """
    names = [f"{level * 100:g}" for level in levels]
    squares = (pl.col("error") ** 2).sum()
    return rows.group_by(key, maintain_order=True).agg(
        pl.len().alias("n"),
        pl.col("product").n_unique().alias("products"),
        (pl.col("error") ** 2).mean().sqrt().alias("rmse"),
        pl.col("error").abs().mean().alias("mae"),
        pl.col("error").mean().alias("bias"),
        pl.when(pl.col("displayed").var() > 0)
        .then(1 - squares / ((pl.col("displayed") - pl.col("displayed").mean()) ** 2).sum())
        .alias("q2"),
        (pl.col(NOISE) ** 2).mean().sqrt().alias("noise_floor"),
        *(pl.col(f"covered_{name}").mean().alias(f"coverage_{name}") for name in names),
        *(pl.col(f"wide_{name}").mean().alias(f"width_{name}") for name in names),
    )


def _skills(table: pl.DataFrame) -> pl.DataFrame:
    """Add the skill against each baseline: 1 − MSE / MSE of the baseline on the same batches.

    Murphy (1988), Mon. Weather Rev. 116, 2417.
    """
    key = ["protocol", "cqa", "product", "scale_level"]
    for baseline in BASELINES:
        reference = table.filter(pl.col("model") == baseline).select(*key, pl.col("rmse").alias("_reference"))
        table = table.join(reference, on=key, how="left", nulls_equal=True, maintain_order="left")
        skill = 1 - (pl.col("rmse") / pl.col("_reference")) ** 2
        table = table.with_columns(pl.when(pl.col("_reference") > 0).then(skill).alias(f"skill_{baseline}")).drop(
            "_reference"
        )
    return table


def _bootstrap(rows: pl.DataFrame, key: list[str], seed: int) -> pl.DataFrame:
    """Return bootstrap intervals of the pooled scores, with whole products drawn with replacement (Efron, Tibshirani 1993).

    They show how strongly the scores depend on a few products.
    """
    sums = rows.group_by(*key, "product", maintain_order=True).agg(
        pl.len().alias("n"), (pl.col("error") ** 2).sum().alias("squares"), pl.col("covered_90").sum().alias("covered")
    )
    reference = sums.filter(pl.col("model") == "carry_over").select(
        "protocol", "cqa", "product", pl.col("squares").alias("reference")
    )
    joined = sums.join(reference, on=["protocol", "cqa", "product"], how="left").sort(*key, "product")
    lines = [
        dict(zip(key, names, strict=True)) | {"product": "all"} | _resampled(part, seed)
        for names, part in joined.group_by(key, maintain_order=True)
    ]
    schema = dict.fromkeys((*key, "product"), pl.String) | {
        f"{name}_{side}": pl.Float64 for name in _RESAMPLED for side in _SIDES
    }
    return pl.DataFrame(lines, schema=schema)


def _sure_coverage(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return the number of groups of each pooled row, and the limits of its coverage; null for a single group.

    Batches of a past scale-up are one group. Under other protocols those of a product are.
    """
    of_transfer = pl.col("protocol").str.starts_with(PREFIX)
    group = pl.when(of_transfer).then(pl.col("fold").cast(pl.String)).otherwise(pl.col("product")).alias("group")
    counts = rows.group_by(*key, group, maintain_order=True).agg(pl.col("covered_90").sum(), pl.len().alias("n"))
    lines = []
    for names, part in counts.group_by(key, maintain_order=True):
        least, most = coverage_interval(part["covered_90"].to_list(), part["n"].to_list()) or (None, None)
        found = {"product": "all", "groups": part.height, "coverage_90_least": least, "coverage_90_most": most}
        lines.append(dict(zip(key, names, strict=True)) | found)
    schema = dict.fromkeys((*key, "product"), pl.String) | {
        "groups": pl.UInt32,
        "coverage_90_least": pl.Float64,
        "coverage_90_most": pl.Float64,
    }
    return pl.DataFrame(lines, schema=schema)


_RESAMPLED = ("rmse", "skill_carry_over", "coverage_90")
"""Scores with a bootstrap interval."""
_SIDES = {"low": 0.025, "high": 0.975}
"""End of a bootstrap interval → its quantile."""


def _resampled(part: pl.DataFrame, seed: int) -> dict[str, float | None]:
    """Return 95 % bootstrap limits of RMSE, skill and coverage; None for a single product."""
    if part.height < 2:
        return {f"{name}_{side}": None for name in _RESAMPLED for side in _SIDES}
    drawn = np.random.default_rng(seed).multinomial(part.height, np.full(part.height, 1 / part.height), RESAMPLES)
    names = ("n", "squares", "covered", "reference")
    total = {name: drawn @ part[name].cast(pl.Float64).to_numpy() for name in names}
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {
            "rmse": np.sqrt(total["squares"] / total["n"]),
            "skill_carry_over": 1 - total["squares"] / total["reference"],
            "coverage_90": total["covered"] / total["n"],
        }
    return {f"{name}_{side}": _quantile(values[name], q) for name in _RESAMPLED for side, q in _SIDES.items()}


def _quantile(values: FloatArray, q: float) -> float | None:
    finite = values[np.isfinite(values)]
    return float(np.quantile(finite, q)) if len(finite) else None


_METRICS = (
    "products",
    "rmse",
    "mae",
    "q2",
    "skill_global_mean",
    "skill_carry_over",
    "skill_carry_over_low",
    "coverage_80",
    "coverage_90",
    "coverage_90_low",
    "coverage_95",
    "width_90",
    *FLOOR_COLUMNS[:-1],
)


def metrics(scores: pl.DataFrame, model: str) -> Metrics:
    """Return the pooled scores of a model, for `dvc metrics`, MLflow and the acceptance limits.

    The lower ends of the bootstrap intervals are absent with one product, and the noise floor where it is not known.
    """
    pooled = scores.filter((pl.col("product") == "all") & (pl.col("model") == model))
    nested: Metrics = {}
    for row in pooled.iter_rows(named=True):
        numbers = {n: round(row[n], 6) for n in _METRICS if row.get(n) is not None}
        nested.setdefault(row["protocol"], {})[row["cqa"]] = numbers
    return nested
