"""Any model without its training rows predicts rows of kept names as before, and holds no other name."""

import json

import numpy as np
import polars as pl
import pytest

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.kinds import KINDS, TrainingExtent
from pipeline.models.registry import (
    AdditiveTable,
    Boosted,
    CarryOver,
    ExtraTrees,
    GlobalMean,
    Hierarchical,
    Intermediates,
    LightGBM,
    ModelConfig,
    Ridge,
    SmoothSurface,
    SuperLearner,
    Task,
    fit,
    from_dict,
)
from pipeline.models.sealing import KeptNames, seal, seal_extent
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), ("product",), comparable=("log10_scale",), groups=("product", "lineage", "site"))
OWN = frozenset({"P0", "P3"})
NAMES = KeptNames({"product": OWN, "lineage": OWN})
TREES = LightGBM(rounds=5, leaves=4, min_rows_per_leaf=2)
MODELS: tuple[ModelConfig, ...] = (
    GlobalMean(),
    CarryOver(),
    AdditiveTable(),
    Ridge(),
    Hierarchical(),
    Intermediates(),
    TREES,
    ExtraTrees(trees=4, from_rows=0),
    Boosted(trees=TREES),
    SuperLearner((CarryOver(), Hierarchical(), Boosted(trees=TREES), TREES)),
)


@pytest.mark.parametrize("config", MODELS, ids=lambda config: config.kind)
def test_seal__predicts_kept_names_as_before(config: ModelConfig) -> None:
    rows = batch_rows(6, each=6)
    before = fit(config, rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    text = as_json(seal(before, NAMES).to_dict())
    after = from_dict(json.loads(text))
    own = rows.filter(pl.col("product").is_in(OWN))
    assert np.allclose(after.predict(own), before.predict(own), rtol=1e-10)
    assert '"P1"' not in text
    assert len(text) > 10


def test_seal__of_a_model_that_rests_on_its_rows_is_refused() -> None:
    rows = batch_rows(6, each=6)
    model = fit(SmoothSurface(from_rows=0), rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    with pytest.raises(ScalebridgeError, match="'smooth_surface' rests on its training rows"):
        seal(model, NAMES)


def test_seal_extent__keeps_the_kinds_of_question_of_own_batches() -> None:
    rows = batch_rows(6, each=6)
    extent = TrainingExtent.of(rows, 0.1, ("site",))
    found = seal_extent(extent, NAMES)
    own = rows.filter(pl.col("product").is_in(OWN)).with_columns(pl.col("scale") * 3)
    assert own.select(found.kind()).equals(own.select(extent.kind()))
    assert set(found.products) == OWN
    assert set(own.select(found.kind()).to_series()) <= set(KINDS)


def test_seal_extent__keeps_on_which_devices_own_lines_ran_and_no_other_name() -> None:
    rows = batch_rows(6, each=6).with_columns(equipment=pl.format("V-{}", pl.int_range(pl.len()) % 2))
    found = seal_extent(TrainingExtent.of(rows, 0.1, by_device=True), NAMES)
    assert {line for lines in found.lineages_on.values() for line in lines} == OWN
