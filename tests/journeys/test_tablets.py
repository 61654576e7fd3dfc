"""The tablets from the DVC remote to scores: 1,005 real batches."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.answers.result.files import read_answer
from tests.golden import golden
from tests.journeys.conftest import Run, choose

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def project(clone: Callable[[str], Path], run: Run, root: Path) -> Path:
    remote = root.parent / "shared/dvc"
    if not remote.is_dir():
        pytest.skip("the DVC remote ../shared/dvc is not here")
    folder = clone("tablets")
    run(folder, "dvc", "remote", "modify", "--local", "shared", "url", str(remote))
    run(folder, "dvc", "pull", "data/raw/tablets.dvc")
    choose(folder, process="tablets", horizon="in_process", model="lightgbm")
    run(folder, "dvc", "repro")
    return folder


def test_tablets__all_batches_targets_and_protocols_are_scored(project: Path) -> None:
    metrics = json.loads((project / "data/metrics.json").read_text(encoding="utf-8"))
    assert set(metrics) == {"leave_product_out", "largest_scale_out", "forward_in_time", "past_scale_ups"}
    assert all(len(cqas) == 9 for cqas in metrics.values())
    scores = pl.read_parquet(project / "data/scores.parquet").filter(pl.col("product") == "all")
    assert set(scores["model"]) == {"global_mean", "carry_over", "additive_table", "lightgbm", "answering"}
    assert scores.filter(pl.col("protocol") == "leave_product_out")["n"].unique().to_list() == [1005]


def test_tablets__tensile_strength_and_hardness_are_predictable_for_an_unseen_code(project: Path) -> None:
    """As published: best RMSE 0.270 MPa and 4.74 N on other folds; means 0.422 and 8.82."""
    scores = pl.read_parquet(project / "data/scores.parquet").filter(
        product="all", protocol="leave_product_out", model="lightgbm"
    )
    errors = dict(scores.select("cqa", "rmse").iter_rows())
    assert errors["fct_tensile"] < 0.27
    assert errors["tbl_av_hardness"] < 6


def test_tablets__the_answer_names_what_was_assumed(project: Path) -> None:
    answer = read_answer(project / "data/answers/tablets_20mg_to_495kg/result.json")
    assert answer.scale.reference == pytest.approx(216)
    assert "main_force_mean" in answer.assumed_from_reference
    specification = answer.attributes["dissolution_av"].specification
    assert specification is not None
    assert specification.note.startswith("example")


def test_tablets__result_is_the_golden_one(project: Path, renew_golden: bool) -> None:
    golden.check(project / "data/answers/tablets_20mg_to_495kg/result.json", "tablets", renew=renew_golden)
