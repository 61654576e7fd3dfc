"""Results of the laboratory."""

from dataclasses import replace

import polars as pl
import pytest

from pipeline.simulators.tablet_train.laboratory import TESTS, reports, true_results
from pipeline.simulators.tablet_train.train import Train
from tests.simulators.tablet_train.conftest import SMALL


def test_reports__low_degradant_is_below_the_reporting_limit(small: Train) -> None:
    found = reports(SMALL, small)["coating"].filter(pl.col("Test") == "Degradant A")["Result"]
    low = found.filter(found.str.starts_with("<"))
    assert set(low) == {"<0.05"}
    assert 0.02 < len(low) / len(found) < 0.5
    assert found.filter(~found.str.starts_with("<")).cast(pl.Float64).min() >= 0.05  # type: ignore[operator]


def test_reports__ulm_uses_other_units(small: Train) -> None:
    units = reports(SMALL, small)["milling"].filter(pl.col("Test") == "Bulk density")
    ulm = units["Batch"].str.ends_with("U")
    assert set(units.filter(ulm)["Unit"]) == {"g/L"}
    assert set(units.filter(~ulm)["Unit"]) == {"g/mL"}
    assert units.filter(ulm)["Result"].cast(pl.Float64).min() > 300  # type: ignore[operator]


def test_reports__without_noise_and_gaps_are_the_truth(small: Train) -> None:
    exact = reports(replace(SMALL, noise=0.0, missing=0.0), small)["compression"]
    found = exact.filter(pl.col("Test") == "Core tensile strength").join(
        true_results(small)["compression"], left_on="Batch", right_on="batch"
    )
    assert found["Result"].cast(pl.Float64).to_numpy() == pytest.approx(found["core_strength"].to_numpy(), abs=0.0051)


def test_reports__some_results_are_missing(small: Train) -> None:
    given = sum(frame.height for frame in reports(SMALL, small).values())
    due = sum(small.inputs[step].height * len(tests) for step, tests in TESTS.items())
    assert 0.95 * due < given < due
