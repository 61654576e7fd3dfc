"""Deviations of batches from the mean of their product and scale."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from pipeline.answers.steps.deviations import alike, deviations, varying_causes
from tests.conftest import process_of
from tests.support.many_steps import feature_rows, long_history


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, pl.DataFrame]:
    process, rows = feature_rows(long_history(tmp_path_factory.mktemp("steps")))
    return process, rows


def _results(rows: pl.DataFrame, values: list[float] | None = None) -> pl.DataFrame:
    found = rows["speed"].to_list() if values is None else values
    return pl.DataFrame({"batch_id": rows["batch_id"], "attribute": "hmw", "value": found})


def test_causes__are_what_is_set_or_consumed(given: tuple[Any, pl.DataFrame]) -> None:
    """No scale, no equipment, no result of a step, nothing that is derived."""
    process, rows = given
    columns = {name for cause in varying_causes(process, rows) for name in cause.columns}
    assert {"temperature", "load", "speed", "resin_capacity"} <= columns
    assert columns.isdisjoint(
        {"scale", "column_volume", "reactor", "titre", "pool_hmw", "eluate", "load_per_resin", "product"}
    )


def test_deviations__have_no_mean_within_product_and_scale(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    found = deviations(process, rows, _results(rows), "hmw")
    assert found.means == 4
    assert found.results.shape == (24,)
    keys = rows.sort("batch_id").select(pl.struct("product", "scale").rank("dense").alias("key"))["key"].to_numpy()
    for key in np.unique(keys):
        assert found.results[keys == key].mean() == pytest.approx(0, abs=1e-12)
        assert found.inputs[keys == key].mean(axis=0) == pytest.approx(np.zeros(found.inputs.shape[1]), abs=1e-12)


def test_deviations__are_those_of_the_steps_up_to_that_of_the_attribute(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    assert set(deviations(process, rows, _results(rows), "hmw").steps) == {"culture", "capture", "fill"}
    of_capture = _results(rows).with_columns(attribute=pl.lit("pool_hmw"))
    assert set(deviations(process, rows, of_capture, "pool_hmw").steps) == {"culture", "capture"}


def test_place__counts_where_it_leaves_batches_in_company(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    two = rows.with_columns(site=pl.Series(["Lund", "Kiel"] * 3 + ["Kiel", "Lund"] * 9))
    assert alike(process, rows).n_unique() == 4
    assert alike(process, two).n_unique() > 4


def test_place__of_which_each_batch_has_its_own_does_not_count(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    assert alike(process, rows.with_columns(equipment=pl.col("batch_id"))).n_unique() == 4


def test_quantities__count_at_the_step_of_their_inputs(root: Path) -> None:
    """The power of an impeller is measured, so the work on the granules is not known before the batch."""
    process = process_of(yaml.safe_load((root / "conf/process/tablet_train.yaml").read_text(encoding="utf-8")))
    names = ("granulation.spray_flux", "granulation.granulation_work", "compression.dwell_time", "log10_scale")
    found = varying_causes(process, pl.DataFrame({"scale": [1.0], **{name: [1.0] for name in names}}))
    assert {one.columns[0]: one.step for one in found} == {
        "granulation.spray_flux": "granulation",
        "compression.dwell_time": "compression",
    }


def test_batch__alone_in_its_product_and_scale_is_left_out(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    alone = rows.with_columns(pl.when(pl.col("batch_id") == "F1").then(5000.0).otherwise(pl.col("scale")).alias("scale"))
    assert len(deviations(process, alone, _results(alone), "hmw").results) == 23


def test_unknown__setting_counts_as_the_mean(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    gap = rows.with_columns(pl.when(pl.col("batch_id") == "F1").then(None).otherwise(pl.col("speed")).alias("speed"))
    found = deviations(process, gap, _results(rows), "hmw")
    place = gap.sort("batch_id")["batch_id"].to_list().index("F1")
    assert found.inputs[place, found.steps.index("fill")] == 0.0


def test_lots__count_beside_their_properties(given: tuple[Any, pl.DataFrame]) -> None:
    """A lot of one batch counts by its properties alone."""
    process, rows = given
    lots = pl.Series(["RA"] * 10 + ["RB"] * 13 + ["RC"])
    found = deviations(process, rows.with_columns(resin_lot=lots), _results(rows), "hmw")
    before = deviations(process, rows, _results(rows), "hmw")
    assert found.steps.count("capture") == before.steps.count("capture") + 2
    assert len(set(found.groups)) == len(set(before.groups)) + 1


def test_history__without_results_has_no_deviations(given: tuple[Any, pl.DataFrame]) -> None:
    process, rows = given
    found = deviations(process, rows, _results(rows).clear(), "hmw")
    assert (found.results.shape, found.inputs.shape, found.steps) == ((0,), (0, 0), ())
