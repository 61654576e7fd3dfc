"""Our evaluation of extremely randomised trees, against scikit-learn's own."""

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from pipeline.models.registry import ExtraTrees, Task, fit
from pipeline.models.trees.extra_trees import LEAF, fit_extra_trees
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), ("product",))


def _y(rows: pl.DataFrame) -> np.ndarray:
    return results_of(rows)["value"].to_numpy()


def test_predict__equals_scikit_learn() -> None:
    rows, new = batch_rows(), batch_rows(7, seed=5)
    config, y = ExtraTrees(trees=20), _y(rows)
    fitted = fit_extra_trees(config, rows, y, TASK, 3)
    theirs = ExtraTreesRegressor(20, random_state=3).fit(fitted.encoding.matrix(rows), (y - y.mean()) / y.std())
    assert fitted.predict(new) == pytest.approx(y.mean() + y.std() * theirs.predict(fitted.encoding.matrix(new)))
    assert fitted.predict(rows) == pytest.approx(y)  # trees that are grown to single batches repeat them


def test_predict__of_more_rows_than_a_block_equals_one_by_one() -> None:
    rows = batch_rows()
    fitted = fit_extra_trees(ExtraTrees(trees=3), rows, _y(rows), TASK, 1)
    many = pl.concat([rows] * 20)
    assert fitted.predict(many) == pytest.approx(np.tile(fitted.predict(rows), 20))


def test_leaves__are_at_most_as_many_as_configured() -> None:
    rows = batch_rows()
    fitted = fit_extra_trees(ExtraTrees(trees=4, leaves=6), rows, _y(rows), TASK, 1)
    assert (fitted.nodes.feature == LEAF).sum() == 4 * 6


def test_words__are_left_out_on_request() -> None:
    rows = batch_rows()
    assert "product" not in fit_extra_trees(ExtraTrees(trees=2, words=False), rows, _y(rows), TASK, 1).reads


def test_predict__never_falls_along_a_feature_that_can_only_raise_the_target() -> None:
    rows = batch_rows(4, each=10)
    y = results_of(rows, noise=2.0)["value"].to_numpy()
    fitted = fit(ExtraTrees(), rows, y, Task("y", ("x", "log10_scale"), (), rising=("x",)), 1)
    line = rows.head(50).with_columns(x=pl.linear_space(-2, 2, 50), log10_scale=pl.lit(0.0))
    assert (np.diff(fitted.predict(line)) >= -1e-9).all()


def test_fit__without_a_feature_predicts_the_mean() -> None:
    rows = batch_rows()
    fitted = fit_extra_trees(ExtraTrees(), rows, _y(rows), Task("y", (), ()), 1)
    assert fitted.predict(rows) == pytest.approx(_y(rows).mean())
    assert fitted.contributions(rows)[1].width == 0
