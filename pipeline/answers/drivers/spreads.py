"""How far each setting varies from batch to batch of one product at one scale."""

from collections.abc import Collection

import polars as pl

from pipeline.answers.bridge.causes import carried_over, causes_of
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels


def spreads_of_settings(process: Process, columns: Collection[str], rows: pl.DataFrame) -> dict[str, tuple[float, bool]]:
    """Return setting → standard deviation within product and scale, and whether it is that of the logarithm.

    columns: those of the feature table in which the settings stand; rows: feature rows of all batches. A setting that is adapted to
    the vessel has a standard deviation of its logarithm.
    """
    causes = causes_of(process, columns)
    settings = [c.columns[0] for c in causes if c.kind == "setting" and process.attributes[c.name].horizon == "plan"]
    follows = carried_over(process, causes)
    levelled = rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("_level"))
    found = {}
    for name in (n for n in settings if levelled.schema[n].is_numeric()):
        value = pl.col(name).log() if name in follows else pl.col(name)
        known = levelled.filter(pl.col(name) > 0) if name in follows else levelled
        spread = known.select((value - value.mean().over("product", "_level")).std()).item()
        if spread:
            found[name] = (float(spread), name in follows)
    return found
