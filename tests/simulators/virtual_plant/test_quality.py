"""Quality attributes respond to settings as cells do."""

from collections.abc import Callable

import polars as pl
import pytest

from pipeline.simulators.virtual_plant.truth import noise_free

Change = Callable[[pl.DataFrame], pl.DataFrame]


HIGHER: list[tuple[str, Change, str]] = [
    ("more gas per volume", lambda r: r.with_columns(pl.col("gas_flow") * 1.6), "titre"),
    ("a mixer of twice the diffusivity", lambda r: r.with_columns(gradient_sensitivity=pl.lit(0.0)), "galactosylation"),
    ("more manganese", lambda r: r.with_columns(pl.col("manganese") * 1.5), "galactosylation"),
    ("a warm production phase", lambda r: r.with_columns(pl.col("temperature_after_shift") + 1), "acidic_variants"),
    ("a longer run", lambda r: r.with_columns(pl.col("duration_days") + 1), "acidic_variants"),
    ("a higher pH", lambda r: r.with_columns(pl.col("ph") + 0.08), "acidic_variants"),
    ("faster stirring", lambda r: r.with_columns(pl.col("agitation") * 1.4), "hmw"),
    ("slower stirring", lambda r: r.with_columns(pl.col("agitation") * 0.6, shear_sensitivity=pl.lit(0.0)), "hcp"),
]


@pytest.mark.parametrize(("change", "attribute"), [case[1:] for case in HIGHER], ids=[case[0] for case in HIGHER])
def test_quality__rises_with(change: Change, attribute: str, large: pl.DataFrame) -> None:
    base = change(large).drop("agitation").join(large.select("batch_id", "agitation"), on="batch_id", maintain_order="left")
    reference = base if attribute == "hcp" else large
    assert (noise_free(change(large))[attribute] > noise_free(reference)[attribute]).all()


def test_quality__depends_on_slow_blending_through_the_sensitivity_of_the_product(large: pl.DataFrame) -> None:
    sensitive, indifferent = (noise_free(large.with_columns(gradient_sensitivity=pl.lit(x))) for x in (2.0, 0.0))
    assert (sensitive["viability"] < indifferent["viability"]).all()
