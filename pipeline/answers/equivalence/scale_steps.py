"""Equivalence of scales: the proposed step for all products, and the last step of the proposed product."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf

import polars as pl

from pipeline.answers.equivalence.equivalence import compare_scales
from pipeline.answers.equivalence.words import Words
from pipeline.answers.limits import EquivalenceConfig
from pipeline.answers.result.equivalence import AttributeEquivalence, ScaleStep
from pipeline.domain.attributes import Attribute
from pipeline.domain.process.process import Process
from pipeline.domain.scale import same_scale, scale_levels
from pipeline.features.catalogue import catalogue


def equivalence(
    process: Process,
    rows: pl.DataFrame,
    results: pl.DataFrame,
    product: str,
    reference: float,
    proposed: float,
    config: EquivalenceConfig,
    names: Mapping[str, str],
) -> tuple[ScaleStep, ...]:
    """Return the comparison of two scales for every target, in display units, for up to two steps.

    rows: feature rows of all batches; reference, proposed: the two scales, SI. The first step is the proposed one, with all
    products that ran at both scales. The second is the last step of the product itself. A product here is the lineage along
    which the scale changes (for tablets the strength). A step without data is left out.
    """
    level = scale_levels(rows["scale"], process.scale.tolerance)
    lines = rows.filter(pl.col("product") == product)["lineage"].to_list()
    line = lines[0] if lines else product
    levelled = rows.with_columns(level.alias("_level"), pl.col("lineage").alias("product"))
    own_levels = levelled.filter(pl.col("product") == line)["_level"].unique().sort()
    near = [_nearest(levelled["_level"].unique().sort(), scale, process.scale.tolerance) for scale in (reference, proposed)]
    steps = (
        [(f"each {names[process.lineage]} that ran at both scales", near, levelled)]
        if None not in near and near[0] != near[1]
        else []
    )
    if len(own_levels) > 1:
        own_rows = levelled.filter(pl.col("product") == line)
        steps.append((f"{line} itself, its last step", [float(own_levels[-2]), float(own_levels[-1])], own_rows))
    return tuple(_step(process, about, pair, part, results, config, names) for about, pair, part in steps)  # type: ignore[arg-type]


def _nearest(levels: pl.Series, scale: float, tolerance: float) -> float | None:
    close = [float(level) for level in levels if same_scale(level, scale, tolerance)]
    return min(close, key=lambda level: abs(level - scale)) if close else None


def _step(
    process: Process,
    about: str,
    pair: list[float],
    rows: pl.DataFrame,
    results: pl.DataFrame,
    config: EquivalenceConfig,
    names: Mapping[str, str],
) -> ScaleStep:
    size, line = process.attributes[process.scale.attribute].si, names[process.lineage]
    words = Words(line, f"{line}s")
    chosen = rows.filter(pl.col("_level").is_in(pair)).with_columns((pl.col("_level") == max(pair)).alias("large"))
    return ScaleStep(
        about,
        size.from_si(min(pair)),
        size.from_si(max(pair)),
        size.label,
        {target: compared(process, target, chosen, results, config, names, words) for target in process.targets},
    )


def compared(
    process: Process,
    target: str,
    rows: pl.DataFrame,
    results: pl.DataFrame,
    config: EquivalenceConfig,
    names: Mapping[str, str],
    words: Words,
) -> AttributeEquivalence:
    """Return the comparison of the two sides for one target, in display units.

    rows: feature rows with the lineage as `product`, and `large`, true on the second side; words: those of the comparison.
    """
    attribute = process.attributes[target]
    known = rows.join(_ranges(results, target, attribute), on="batch_id", how="inner")
    given = attribute.specification
    limits = (None, None) if given is None else (given.lower, given.upper)
    found = compare_scales(known, _settings(process, rows), limits, config, words)
    setting = None if found.slope_setting is None else names[found.slope_setting]
    return AttributeEquivalence(**vars(replace(found, slope_setting=setting)), unit=attribute.unit)


def _ranges(results: pl.DataFrame, target: str, attribute: Attribute) -> pl.DataFrame:
    """Return the smallest and largest value that each result of the target can have, in display units.

    A left-censored result lies between the smallest possible value and its limit, a right-censored one above its limit.
    """
    smallest, largest = attribute.possible or (-inf, inf)
    chosen = results.filter(pl.col("attribute") == target)
    censored = {side: pl.col("censoring") == side for side in ("left", "right")}
    lowest = pl.when(censored["left"]).then(pl.min_horizontal("value", pl.lit(smallest))).otherwise("value")
    highest = pl.when(censored["right"]).then(pl.max_horizontal("value", pl.lit(largest))).otherwise("value")
    factor, offset = attribute.si.factor, attribute.si.offset
    return chosen.select(
        "batch_id", *((end - offset) / factor for end in (lowest.alias("lowest"), highest.alias("highest")))
    )


def _settings(process: Process, rows: pl.DataFrame) -> list[str]:
    """Return the settings that are known before the batch, which can be compared at their set-points."""
    return [
        e.feature
        for e in catalogue(process)
        if e.role == "CPP" and e.horizon == "plan" and e.kind == "number" and e.feature in rows.columns
    ]
