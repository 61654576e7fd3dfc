"""A model without its training rows predicts what it predicted before, and knows no level that it may not know."""

import json

import numpy as np
import polars as pl
import pytest

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.hierarchical.sealed import SealedHierarchical, any_hierarchical_from_dict, kept_codes, sealed
from pipeline.models.registry import AdditiveTable, Hierarchical, Task
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
OWN = {"P0", "P3"}


def _keep(column: str, level: str) -> bool:
    return column not in ("product", "lineage") or level in OWN


def _fitted(config: Hierarchical | AdditiveTable, rows: pl.DataFrame) -> FittedHierarchical:
    return fit_hierarchical(config, rows, results_of(rows)["value"].to_numpy(), TASK)


def _saved(model: SealedHierarchical) -> FittedHierarchical:
    return any_hierarchical_from_dict(json.loads(as_json(model.to_dict())))


@pytest.mark.parametrize("config", [Hierarchical(), AdditiveTable(), Hierarchical(target_scale="transformed")], ids=str)
def test_sealed__predicts_kept_levels_as_before(config: Hierarchical | AdditiveTable) -> None:
    rows = batch_rows(6, each=6)
    before = _fitted(config, rows)
    after = _saved(sealed(before, _keep, spread=True))
    own = rows.filter(pl.col("product").is_in(OWN))
    far = own.with_columns(pl.col("x") * 5 + 3, log10_scale=pl.lit(4.0), scale=pl.lit(10.0))
    for asked in (own, far):
        assert np.allclose(after.predict(asked), before.predict(asked), rtol=1e-12)
        assert np.allclose(after.spread(asked), before.spread(asked), rtol=1e-4)
        base, shares = after.contributions(asked)
        assert np.allclose(base + shares.to_numpy().sum(axis=1), after.predict(asked))


def test_sealed__predicts_another_level_as_an_unknown_one() -> None:
    rows = batch_rows(6, each=6)
    before = _fitted(Hierarchical(), rows)
    after = sealed(before, _keep, spread=True)
    other = rows.filter(pl.col("product") == "P1")
    new = other.with_columns(product=pl.lit("new"), lineage=pl.lit("new"))
    assert np.allclose(after.predict(other), before.predict(new))
    assert np.allclose(after.spread(other), before.spread(new), rtol=1e-4)
    assert not np.allclose(after.predict(other), before.predict(other))


def test_sealed__holds_neither_rows_nor_other_levels() -> None:
    rows = batch_rows(6, each=6)
    before = _fitted(Hierarchical(), rows)
    text = as_json(sealed(before, _keep, spread=True).to_dict())
    assert '"P1"' not in text
    assert '"P0"' in text
    columns = before.design.values.T  # the smallest and the largest value of each are its range, which is kept
    inner = {f"{value:.12g}" for values in columns for value in values[(values > values.min()) & (values < values.max())]}
    saved = {
        f"{float(word):.12g}" for word in text.replace(",", " ").replace("]", " ").replace("[", " ").split() if _number(word)
    }
    assert len(inner) > 30
    assert not inner & saved


def _number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def test_sealed__without_spread_says_so() -> None:
    rows = batch_rows(6, each=4)
    after = sealed(_fitted(Hierarchical(), rows), _keep, spread=False)
    with pytest.raises(ScalebridgeError, match="exported without its training rows"):
        after.spread(rows)


def test_sealed__gives_the_covariance_between_runs_of_kept_levels() -> None:
    rows = batch_rows(6, each=6)
    before = _fitted(Hierarchical(), rows)
    own = rows.filter(pl.col("product").is_in(OWN))
    after = _saved(sealed(before, _keep, spread=True))
    assert np.allclose(after.covariance(own), before.covariance(own), atol=1e-4 * before.covariance(own).max())


def test_kept_codes__numbers_levels_anew() -> None:
    codes = np.array([[0, 1], [2, 0], [-1, 1]])
    assert kept_codes(codes, [[2], [0, 1]]).tolist() == [[-1, 1], [0, 0], [-1, 1]]
