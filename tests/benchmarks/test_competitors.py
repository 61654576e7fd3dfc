"""Competitors learn from the training rows alone; widths and errors are counted as they say."""

import numpy as np
import polars as pl
import pytest
from competitors import INFORMED, MEAN, competitors
from conformal import split_conformal
from fitting import best, inner_folds
from protocols import fold_of
from scoring import Question, against, ask, errors, with_blend
from widths import ask_intervals, coverage_and_width, widths_at_equal_coverage

from pipeline.models.registry import Task
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), ("product", "site"))
PACKAGES = {
    "PLS (pyphi-mvda)": "pyphi",
    "mixed model (statsmodels)": "statsmodels",
    "Gaussian process (engin-core)": "engin_core",
}


@pytest.fixture(scope="module")
def question() -> Question:
    rows = batch_rows(each=4)
    observed = rows.join(results_of(rows), on="batch_id").rename({"value": "observed"}).drop("attribute")
    large = pl.col("scale") == 2.0
    fold = fold_of(rows, "large", ~large, large)
    train, test = (observed.filter(pl.col("batch_id").is_in(part)) for part in (fold.train, fold.test))
    return Question("large", 0, TASK, train, test)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", competitors(("product", "site")))
def test_competitor__predicts_every_row_from_training_rows_alone(name: str, question: Question) -> None:
    if name in PACKAGES:
        pytest.importorskip(PACKAGES[name], reason="needs the extra `bench`")
    one = competitors(("product", "site"))[name]
    asked = question.asked
    found = one(question.train, asked, TASK, 1)
    assert found.shape == (asked.height,)
    assert np.isfinite(found).all()
    assert one(question.train, asked.head(3), TASK, 1) == pytest.approx(found[:3])


def test_informed_carry_over__adds_up_what_levels_add() -> None:
    train = pl.DataFrame({"a": ["p", "p", "q", "q"] * 20, "b": ["s", "t"] * 40, "observed": [1.0, 2.0, 3.0, 4.0] * 20})
    test = pl.DataFrame({"a": ["p", "q", "new"], "b": ["s", "t", "new"]})
    found = competitors(("a", "b"))[INFORMED](train, test, TASK, 1)
    assert found == pytest.approx([1, 4, 2.5], abs=0.02)


def test_inner_folds__keep_products_whole(question: Question) -> None:
    products = question.train["product"].to_numpy()
    for learned, asked in inner_folds(question.train):
        assert not set(products[learned]) & set(products[asked])


def test_best__takes_the_smallest_error_on_hidden_products(question: Question) -> None:
    y = question.train["observed"].to_numpy()
    assert best((9.0, 0.0, -9.0), lambda shift, learned, asked: y[asked] + shift, question.train) == 0.0


def test_errors__are_relative_to_the_same_batches(question: Question) -> None:
    everyone = competitors(("product", "site"))
    names = (MEAN, INFORMED, "ExtraTrees", "LightGBM small")
    answers = with_blend(pl.concat(ask(name, everyone[name], [question], 1, 1)[0] for name in names))
    found = against(errors(answers), MEAN)
    assert answers["model"].n_unique() == len(names) + 1
    assert set(found["n"]) == {question.test.height}
    assert found.filter(pl.col("model") == MEAN)["ratio"].to_list() == [1.0]


def test_equal_coverage__of_a_method_against_itself_is_its_own_width(question: Question) -> None:
    name = "LightGBM small, by batch"
    answers, _ = ask_intervals(name, split_conformal()[name], [question], 1, 1)
    spread = {"y": 1.0}
    ninety = coverage_and_width(answers, spread, 0.9).row(0, named=True)
    assert ninety["answered"] == 1
    equal = widths_at_equal_coverage(answers, answers, spread)["large"]
    assert 0 < equal <= ninety["width"] + 1e-12
