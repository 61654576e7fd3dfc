"""The state of the material between two steps: name of a property → one number per batch.

Properties, as far as a step has made them: size [m] and width [-] of the granules (median, standard deviation of the logarithm),
porosity [-] and strength [-] of a granule, unevenness [-] of the drug between granules, moisture [kg/kg dry], degradant [%],
api_size [m] and api_width [-], api_assay [%]; fines [-], bulk_density [kg/m³], flow [-]; blend_rsd [%], extent [m], bonding [-];
solid_fraction [-], tensile_strength [Pa], weight_rsd [%], content_rsd [%]; film [-], film_variation [-].
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray

State = Mapping[str, FloatArray]
"""Property → one number per batch."""
Inputs = Mapping[str, FloatArray]
"""Setting, geometry, trait, property of a lot or random deviation → one number per batch."""


def pooled(state: State, batches: pl.Series, transfers: pl.DataFrame, targets: pl.Series) -> dict[str, FloatArray]:
    """The state of each target batch: the mean over the batches that went into it, weighted by mass.

    `batches` names the batches of the state. `transfers` has source, target and mass [kg]. Each target needs a transfer.
    """
    own = pl.DataFrame({"source": batches, **dict(state)})
    weight = pl.col("mass") / pl.col("mass").sum()
    mean = (
        transfers.join(own, on="source", how="inner", maintain_order="left")
        .group_by("target", maintain_order=True)
        .agg((weight * pl.col(name)).sum().alias(name) for name in state)
    )
    rows = pl.DataFrame({"target": targets}).join(mean, on="target", how="left", maintain_order="left")
    return {name: np.asarray(rows[name].to_numpy(), dtype=np.float64) for name in state}
