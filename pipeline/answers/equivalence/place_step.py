"""Equivalence of two sites, or of two devices, at one batch size."""

from collections.abc import Mapping

import polars as pl

from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.equivalence.scale_steps import compared
from pipeline.answers.equivalence.words import Words
from pipeline.answers.limits import EquivalenceConfig
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.domain.errors import listed
from pipeline.domain.process.axis_words import WORDS, Change
from pipeline.domain.process.process import Process
from pipeline.domain.scale import same_scale


def place_equivalence(
    process: Process,
    rows: pl.DataFrame,
    results: pl.DataFrame,
    change: Change,
    proposed: pl.DataFrame,
    reference: pl.DataFrame,
    config: EquivalenceConfig,
    names: Mapping[str, str],
) -> tuple[ScaleStep, ...]:
    """Return the comparison of the sending places with the proposed one for every target, in display units.

    rows: feature rows of all batches; change: `site` or `device`; proposed: 1 feature row; reference: the batches compared
    with. All products that ran at both at the proposed scale are used. There is no step where none did, as at a site without
    batches.
    """
    column, there = COLUMN[change], proposed[COLUMN[change]][0]
    sending = [place for place in reference[column].drop_nulls().unique().sort() if place != there]
    scale = float(proposed["scale"][0])
    at_scale = rows.filter(same_scale(pl.col("scale"), scale, process.scale.tolerance))
    sides = at_scale.filter(pl.col(column).is_in([*sending, there]) & pl.col(column).is_not_null()).with_columns(
        pl.col("lineage").alias("product"), (pl.col(column) == there).alias("large")
    )
    both = sides.filter(pl.col("large").n_unique().over("product") == 2)
    if there is None or not sending or both.is_empty():
        return ()
    size, noun = process.attributes[process.scale.attribute].si, WORDS[change].noun
    line = names[process.lineage]
    words = Words(line, f"{line}s", noun, "sending", "receiving")
    at = "at both sites" if change == "site" else "on both devices"
    return (
        ScaleStep(
            f"each {line} that ran {at}",
            size.from_si(scale),
            size.from_si(scale),
            size.label,
            {target: compared(process, target, sides, results, config, names, words) for target in process.targets},
            (listed(sending, 4), str(there)),
        ),
    )
