"""The truth of a batch is a smooth function of its row alone."""

import numpy as np
import polars as pl

from pipeline.simulators.virtual_plant.truth import STEPS, noise_free, partial_derivatives


def test_noise_free__a_batch_does_not_depend_on_its_neighbours(rows: pl.DataFrame) -> None:
    """The truth depends on the row only."""
    assert noise_free(rows[[5]]).equals(noise_free(rows)[[5]])


def test_noise_free__the_label_of_the_vessel_does_not_matter(rows: pl.DataFrame) -> None:
    """Scale acts through geometry and flows only."""
    renamed = rows.with_columns(equipment=pl.lit("X"), site=pl.lit("Y"), product=pl.lit("Z"), stage=pl.lit(0))
    assert noise_free(renamed).equals(noise_free(rows))


def test_truth__derivatives_are_slopes_of_the_truth(rows: pl.DataFrame) -> None:
    some = rows[::30]
    slopes = partial_derivatives(some, ["temperature_after_shift"])
    up, down = (noise_free(some.with_columns(pl.col("temperature_after_shift") + x)) for x in (0.1, -0.1))
    assert np.allclose(slopes["acidic_variants"], (up - down)["acidic_variants"] / 0.2, rtol=1e-2)
    assert (slopes["acidic_variants"] > 0).all()


def test_truth__derivatives_hardly_depend_on_the_step(rows: pl.DataFrame) -> None:
    """The truth is a smooth function of every setting, including the times of events."""
    some = rows[::9]
    coarse = partial_derivatives(some)
    fine = partial_derivatives(some, steps={name: step / 4 for name, step in STEPS.items()})
    for setting in STEPS:
        first, second = (table.filter(setting=setting).drop("setting", "row").to_numpy() for table in (coarse, fine))
        difference = np.abs(first - second) / (np.abs(second).max(axis=0) + 1e-9)
        assert np.median(difference) < 0.01, setting
        assert np.quantile(difference, 0.95) < 0.2, setting
