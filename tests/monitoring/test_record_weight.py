"""The weight of the records, learned on hidden batches."""

import numpy as np
import polars as pl
import pytest

from pipeline.monitoring.record_weight import PRIOR, Evidence, record_weights


def _hidden(truth_share: float, seed: int = 1, products: int = 8, each: int = 10, noise: float = 0.3) -> pl.DataFrame:
    """Hidden batches in which the records move the forecast by d, and `truth_share` of it is right."""
    rng = np.random.default_rng(seed)
    n = products * each
    moved = rng.normal(size=n)
    return pl.DataFrame(
        {
            "product": [f"P{i % products}" for i in range(n)],
            "scale_level": 1.0,
            "observed": 10 + truth_share * moved + noise * rng.normal(size=n),
            "censoring": "none",
            "predicted": 10.0,
            "with_records": 10 + moved,
        }
    )


def _weights(**tables: pl.DataFrame) -> dict[str, float]:
    evidence = {kind: Evidence.of(table, "product") for kind, table in tables.items()}
    names = {kind: table["product"].unique().sort().to_list() for kind, table in tables.items()}
    return {kind: one.weight for kind, one in record_weights(evidence, names).items()}


@pytest.mark.parametrize("share", [0.4, 0.7, 1.0])
def test_weight__is_the_share_of_the_change_that_is_right(share: float) -> None:
    assert _weights(a=_hidden(share, each=60))["a"] == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("share", [-0.5, 0.0])
def test_weight__of_records_that_say_nothing_or_the_opposite_is_zero(share: float) -> None:
    assert _weights(a=_hidden(share))["a"] == 0


def test_weight__is_never_above_one() -> None:
    assert _weights(a=_hidden(2.0))["a"] == 1


def test_weight__of_a_kind_with_little_evidence_is_drawn_to_that_of_all_kinds() -> None:
    few = _hidden(0.2, products=2, each=4, noise=0.05)
    alone, with_others = _weights(a=few)["a"], _weights(a=few, b=_hidden(1.0, seed=2, noise=0.05))["a"]
    assert with_others > alone


def test_weight__of_a_hidden_batch_does_not_know_the_results_of_its_group() -> None:
    table = _hidden(0.5)
    changed = table.with_columns(
        pl.when(pl.col("product") == "P3").then(pl.col("observed") + 1).otherwise("observed").alias("observed")
    )
    own = (table["product"] == "P3").to_numpy()
    names = {"a": table["product"].unique().sort().to_list()}
    first, second = (record_weights({"a": Evidence.of(one, "product")}, names)["a"] for one in (table, changed))
    number = Evidence.of(table, "product").number, Evidence.of(changed, "product").number
    assert number[0] != number[1]  # the number of independent errors may read all errors: it is no direction
    assert np.allclose(first.of_hidden[own], second.of_hidden[own], atol=0.02)
    assert not np.allclose(first.of_hidden[~own], second.of_hidden[~own], atol=1e-6)


def test_weight__without_any_difference_between_the_forecasts_is_zero() -> None:
    same = _hidden(0.5).with_columns(with_records=pl.col("predicted"))
    assert _weights(a=same)["a"] == 0
    assert PRIOR > 0
