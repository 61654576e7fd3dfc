"""Contributions of the steps sum to the quality, and name the step at which each attribute is decided."""

import polars as pl
import pytest

from pipeline.simulators.tablet_train.contributions import contributions, deciding_step
from pipeline.simulators.tablet_train.quality import CQAS
from pipeline.simulators.tablet_train.train import STEPS, Train, chain, final_quality


@pytest.fixture(scope="module")
def table(default: Train) -> pl.DataFrame:
    return contributions(default)


def test_contributions__sum_to_the_quality_without_noise(default: Train, table: pl.DataFrame) -> None:
    summed = table.group_by("batch", maintain_order=True).agg(pl.col(CQAS).sum())
    joined = summed.join(final_quality(default, chain(default, 0.0)), on="batch", suffix="_true")
    assert joined.height == default.inputs["coating"].height
    for name in CQAS:
        assert joined[name].to_numpy() == pytest.approx(joined[f"{name}_true"].to_numpy())
    assert table.height == joined.height * (len(STEPS) + 1)


def test_contributions__a_step_that_cannot_act_contributes_nothing(table: pl.DataFrame) -> None:
    milling = table.filter(pl.col("step") == "milling")
    assert milling["water_content"].abs().max() == pytest.approx(0, abs=1e-9)
    coating = table.filter(pl.col("step") == "coating")
    assert coating["acceptance_value"].abs().max() == pytest.approx(0, abs=1e-9)


def test_deciding_step__differs_between_attributes(table: pl.DataFrame) -> None:
    found = deciding_step(table)
    assert found["water_content"] == "drying"
    assert found["acceptance_value"] == "blending"
    assert found["tensile_strength"] == "compression"
