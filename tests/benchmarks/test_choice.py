"""The rules for the choice of a model choose what they say, from inner forecasts alone, and the tables are paired."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from choice import OF_SMALL_PLANTS, candidates, saved
from choice_rules import RULES, FoldLosses, chosen, losses_of
from choice_tables import CONFIGURED, answers, choice_report, ratios

from pipeline.domain.config_files import parse, read_yaml
from pipeline.models.registry import ModelConfig
from tests.conftest import ROOT

BASELINES = ("carry_over", "global_mean", "additive_table")


def _forecasts(errors: dict[str, float], kinds: tuple[str, ...] = ("new_scale", "next_batch")) -> pl.DataFrame:
    """Forecasts of six lineages with three batches each; the errors of a model are alike."""
    lines = [
        {
            **{"history": "1", "group": "plants", "cqa": "y", "protocol": "p", "fold": 0, "model": model, "shift": kind},
            **{"batch_id": f"{lineage}{batch}", "lineage": lineage, "observed": 0.0, "censoring": "none"},
            "predicted": error * (1 + 0.01 * batch),
        }
        for model, error in errors.items()
        for kind in kinds
        for lineage in "ABCDEF"
        for batch in range(3)
    ]
    return pl.DataFrame(lines)


@pytest.mark.parametrize(
    ("rule", "blend", "expected"),
    [
        ("configured model", 9.0, "blend"),
        ("lowest error", 0.99, "blend"),
        ("lowest error", 1.01, "carry_over"),
        ("simplest within one standard error", 0.9, "blend"),
        ("simplest within 2 % of the best", 0.99, "carry_over"),
        ("simplest within 2 % of the best", 0.97, "blend"),
        ("configured, unless another is better by one standard error", 1.01, "carry_over"),
        ("simplest within 2 % of the configured", 0.99, "carry_over"),
    ],
)
def test_rule__chooses_what_it_says(rule: str, blend: float, expected: str) -> None:
    losses = {"carry_over": np.log(np.full(6, 1.0)), "blend": np.log(np.full(6, blend**2))}
    assert RULES[rule](losses) == expected


def test_chosen__by_scope_reads_the_kinds_of_the_fold_or_each_kind_alone() -> None:
    scale = _forecasts({"carry_over": 1.0, "blend": 2.0}, ("new_scale",))
    repeat = _forecasts({"carry_over": 5.0, "blend": 1.0}, ("next_batch",))
    fold = FoldLosses(losses_of(pl.concat([scale, repeat])), ("carry_over", "blend"))
    found = {
        scope: chosen(fold, RULES["lowest error"], scope, ["new_scale"])
        for scope in ("all kinds", "kinds of the fold", "each kind by itself")
    }
    assert found["all kinds"] == {"new_scale": "blend"}
    assert found["kinds of the fold"] == found["each kind by itself"] == {"new_scale": "carry_over"}


def test_answers__never_read_the_outer_results() -> None:
    inner = _forecasts(dict.fromkeys((*BASELINES, *CONFIGURED), 1.0) | {"super_learner": 0.5})
    outer = _forecasts(dict.fromkeys((*BASELINES, *CONFIGURED), 1.0) | {"super_learner": 3.0}, ("new_scale",))
    found = answers(inner, outer, "super_learner")
    changed = answers(inner, outer.with_columns(observed=pl.lit(100.0)), "super_learner")
    assert found.drop("observed").equals(changed.drop("observed"))
    assert set(found.filter(rule="lowest error")["model"]) == {"super_learner"}
    assert ratios(found, outer, "carry_over")["ratio"].to_list() == pytest.approx(
        [3.0] * found.select("rule", "scope").n_unique()
    )


def test_report__has_a_row_per_rule_and_scope() -> None:
    inner = _forecasts(dict.fromkeys((*BASELINES, *CONFIGURED), 1.0))
    report = choice_report(inner, inner.filter(shift="new_scale"))
    assert {len(table.rows) for table in report.tables[:3]} == {1 + 3 * (len(RULES) - 1)}
    assert all(len(row) == len(table.head) for table in report.tables for row in table.rows)


def test_candidates__are_the_baselines_the_single_models_and_the_blend() -> None:
    blend: ModelConfig = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "scaleup")
    assert tuple(one.kind for one in candidates(blend)) == (*BASELINES, *CONFIGURED[1:], CONFIGURED[0])


def test_small_protocols__learn_from_earlier_batches_of_the_named_size() -> None:
    count = 100
    rows = pl.DataFrame(
        {
            "batch_id": [f"B{i:03}" for i in range(count)],
            "started_at": range(count),
            "lineage": [("P", "Q")[i % 2] for i in range(count)],
            "scale_level": [(1.0, 10.0)[i // 2 % 2] for i in range(count)],
        }
    )
    for protocol in OF_SMALL_PLANTS:
        (fold,) = protocol.folds(rows)
        assert max(fold.train) < min(fold.test)
        if protocol.name.startswith("first"):
            assert (len(fold.train), len(fold.test)) == (int(protocol.name.removeprefix("first_")), 30)
        else:
            assert rows.filter(pl.col("batch_id").is_in([*fold.train, *fold.test]))["lineage"].n_unique() == 1


def test_saved__leaves_out_an_attribute_whose_outer_forecasts_are_missing(tmp_path: Path) -> None:
    table = _forecasts({"carry_over": 1.0})
    for name in ("1.y.inner", "1.y.outer", "2.y.inner"):
        table.write_parquet(tmp_path / f"{name}.parquet")
    assert [part.height for part in saved(tmp_path)] == [table.height] * 2
