"""Courses as arrays: of made-up records, of the pinned histories, and of those that process-improve holds."""

import numpy as np
import polars as pl
import pytest
from batch_courses import HISTORIES, BatchCourses, in_bins
from multiway import lengths

from tests.conftest import data_folder


def test_in_bins__count_from_the_first_record_of_each_batch_and_hold_the_last_value() -> None:
    records = pl.DataFrame(
        [
            ("b", "t", 100.0, 1.0),
            ("b", "t", 109.0, 2.0),
            ("b", "u", 110.0, 3.0),
            ("a", "t", 5.0, 4.0),
            ("a", "t", 25.0, 5.0),
        ],
        schema=["batch_id", "tag", "time", "value"],
        orient="row",
    )
    batches, tags, values = in_bins(records, 10)
    assert (batches, tags) == (["a", "b"], ["t", "u"])
    nan = np.nan
    assert values[0].tolist() == pytest.approx(np.array([[4, nan], [nan, nan], [5, nan]]), nan_ok=True)
    assert values[1].tolist() == pytest.approx(np.array([[2, nan], [nan, 3], [nan, nan]]), nan_ok=True)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "batches", "tags", "shortest", "longest"), [("nylon", 57, 10, 113, 135), ("dryer", 71, 10, 89, 201)]
)
def test_history__of_process_improve_ends_with_nan(name: str, batches: int, tags: int, shortest: int, longest: int) -> None:
    pytest.importorskip("process_improve", reason="needs the extra `bench`")
    found = HISTORIES[name]()
    assert found.values.shape == (len(found.batches), len(found.hours), len(found.tags)) == (batches, longest, tags)
    assert (lengths(found.values).min(), lengths(found.values).max()) == (shortest, longest)
    assert found.normal.all()


@pytest.fixture
def pinned(request: pytest.FixtureRequest) -> BatchCourses:
    """The test is skipped where `dvc pull` was not run here: a benchmark reads data/raw alone."""
    name: str = request.param
    folder = data_folder({"SBR": "sbr"}.get(name, "metal_etch"))
    if folder.parent.name != "raw":
        pytest.skip(f"dvc pull data/raw/{folder.name}.dvc was not run here")
    return HISTORIES[name]()


@pytest.mark.parametrize("pinned", ["SBR"], indirect=True)
def test_history__of_the_reactor_has_two_odd_batches(pinned: BatchCourses) -> None:
    assert pinned.values.shape == (53, 200, 9)
    assert np.isfinite(pinned.values).all()
    assert {batch for batch, normal in zip(pinned.batches, pinned.normal, strict=True) if not normal} == {"34", "37"}


@pytest.mark.parametrize("pinned", ["metal etch"], indirect=True)
def test_history__of_the_etcher_has_named_faults_and_experiments(pinned: BatchCourses) -> None:
    assert (pinned.normal.sum(), (~pinned.normal).sum(), set(pinned.groups)) == (108, 21, {"29", "31", "33"})
    assert "step_number" not in pinned.tags
    faulty = pinned.of(~pinned.normal)
    assert faulty.values.shape[0] == 21
    assert set(faulty.faults) >= {"helium pressure", "TCP power high"}
