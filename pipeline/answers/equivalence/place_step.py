"""Equivalence of two sites, or of two devices, at one batch size."""

from collections.abc import Mapping

import polars as pl

from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.equivalence.scale_steps import compared
from pipeline.answers.equivalence.words import Words
from pipeline.answers.limits import EquivalenceConfig
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.domain.process.axis_words import WORDS, Change
from pipeline.domain.process.process import Process
from pipeline.domain.scale import same_scale

MOST_PLACES = 6
"""Largest number of sending places that are compared with the proposed one."""


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
    """Return the comparison of each sending place with the proposed one for every target, in display units.

    rows: feature rows of all batches; change: `site` or `device`; proposed: 1 feature row; reference: the batches compared
    with. All products that ran at both places at the proposed scale are used. There is no step with a place where none did, as at
    a site without batches. Sending places are not pooled: their difference would count as scatter between batches, and widen the
    margin. Of more than `MOST_PLACES`, those with the most reference batches are compared.
    """
    column, there = COLUMN[change], proposed[COLUMN[change]][0]
    by_batches = reference[column].drop_nulls().value_counts().sort("count", column, descending=[True, False])
    sending = [place for place in by_batches[column] if place != there]
    scale = float(proposed["scale"][0])
    if there is None:
        return ()
    at_scale = rows.filter(same_scale(pl.col("scale"), scale, process.scale.tolerance)).with_columns(
        pl.col("lineage").alias("product"), (pl.col(column) == there).alias("large")
    )
    sides = {place: at_scale.filter(pl.col(column).is_in([place, there])) for place in sending}
    shared = [place for place, own in sides.items() if _has_shared_product(own)]
    size, noun = process.attributes[process.scale.attribute].si, WORDS[change].noun
    line = names[process.lineage]
    words = Words(line, f"{line}s", noun, "sending", "receiving")
    about = f"each {line} that ran {'at both sites' if change == 'site' else 'on both devices'}"
    left_out = len(shared) - MOST_PLACES
    more = f"; {left_out} more sending {WORDS[change].between} with fewer batches are not compared" if left_out > 0 else ""
    return tuple(
        ScaleStep(
            about + more,
            size.from_si(scale),
            size.from_si(scale),
            size.label,
            {target: compared(process, target, sides[place], results, config, names, words) for target in process.targets},
            (place, str(there)),
        )
        for place in shared[:MOST_PLACES]
    )


def _has_shared_product(sides: pl.DataFrame) -> bool:
    """Return whether a product ran at both of two places."""
    return not sides.filter(pl.col("large").n_unique().over("product") == 2).is_empty()
