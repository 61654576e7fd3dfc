"""Contributions of the steps to each quality attribute."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.simulators.cell_therapy.simulation import CQAS, INPUTS


@pytest.fixture(scope="module")
def contributions(built: Path) -> pl.DataFrame:
    return pl.read_parquet(built / "truth/contributions.parquet")


def test_contributions__add_up_to_the_noise_free_result(contributions: pl.DataFrame, built: Path) -> None:
    truth = pl.read_parquet(built / "truth/noise_free.parquet")
    long = truth.unpivot(CQAS, index="lot", variable_name="attribute", value_name="true")
    summed = contributions.group_by("lot", "attribute").agg(pl.col("contribution").sum()).join(long, on=["lot", "attribute"])
    assert summed.height == truth.height * len(CQAS)
    assert ((summed["contribution"] - summed["true"]).abs() < 1e-9 * (1 + summed["true"].abs())).all()


def test_contributions__name_the_steps_in_order(contributions: pl.DataFrame) -> None:
    assert contributions["step"].unique(maintain_order=True).to_list() == ["reference", *INPUTS]


def test_contributions__no_step_acts_on_what_came_before(contributions: pl.DataFrame) -> None:
    """The transduction decides the copies: neither expansion nor formulation changes them. The fill changes no share of cells."""
    late = contributions.filter(
        pl.col("step").is_in(["expansion", "formulation"]) & (pl.col("attribute") == "vector_copies")
    )
    fill = contributions.filter((pl.col("step") == "formulation") & pl.col("attribute").is_in(["car_share", "memory_share"]))
    assert (late["contribution"].abs() < 1e-12).all()
    assert (fill["contribution"].abs() < 1e-12).all()


def test_contributions__every_step_moves_the_dose(contributions: pl.DataFrame) -> None:
    spread = contributions.filter(pl.col("attribute") == "dose").group_by("step").agg(pl.col("contribution").std())
    assert (spread["contribution"] > 10).all()
