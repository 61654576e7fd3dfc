"""Acceptance limits are compared with the lower end of the interval over products, not with the point value."""

import numpy as np
import polars as pl
import pytest

from pipeline.assessment.acceptance import Acceptance, acceptance
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.assessment.scores import metrics, score
from pipeline.domain.units import unit
from pipeline.forecasting.model_choice import ANSWERING

GOOD = {"skill_carry_over": 0.2, "skill_carry_over_low": 0.1, "coverage_90": 0.9, "coverage_90_low": 0.86}


def _met(**changes: float | None) -> Acceptance:
    scores = {name: value for name, value in (GOOD | changes).items() if value is not None}
    (found,) = acceptance(AcceptanceConfig("largest_scale_out"), {"largest_scale_out": {"titre": scores}}, ["titre"])
    return found


def test_acceptance__each_lower_bound_counts_and_the_reason_names_it() -> None:
    assert _met().met
    unskilled, narrow = _met(skill_carry_over_low=-0.22), _met(coverage_90_low=0.73)
    assert (unskilled.met, unskilled.reason) == (False, "lower bound of skill −0.22 is below 0")
    assert (narrow.met, narrow.reason) == (False, "lower bound of coverage 0.73 is below 0.85")


def test_acceptance__of_one_product_or_without_scores_cannot_be_judged() -> None:
    one = _met(skill_carry_over_low=None, coverage_90_low=None)
    assert (one.met, one.reason, one.skill) == (False, "can't be judged: one product", 0.2)
    none = acceptance(AcceptanceConfig("largest_scale_out"), {}, ["titre"])[0]
    assert (none.met, none.reason) == (False, "can't be judged: no scores under this protocol")
    constant = _met(skill_carry_over=None, skill_carry_over_low=None)
    assert (constant.met, constant.reason) == (False, "can't be judged: the carry-over mean has no error")


def _judged(errors: dict[str, float], limits: AcceptanceConfig | None = None, each: int = 10) -> Acceptance:
    """The acceptance of forecasts with one error per product, beside a carry-over mean that is wrong by 1 everywhere.

    An interval of half width 1 covers a product with an error below 1, and no batch of another one.
    """
    products = [product for product in errors for _ in range(each)]
    wrong = np.array([errors[product] for product in products])
    tables = [
        pl.DataFrame(
            {
                "protocol": "largest_scale_out",
                "fold": 0,
                "model": model,
                "cqa": "titre",
                "product": products,
                "scale_level": 1.0,
                "observed": 0.0,
                "censoring": "none",
                "predicted": predicted,
                "lower_90": predicted - 1,
                "upper_90": predicted + 1,
            }
        )
        for model, predicted in ((ANSWERING, wrong), ("carry_over", np.ones(len(wrong))))
    ]
    scores = score(pl.concat(tables), {"titre": unit("g/L")}, (0.9,), 1)
    (found,) = acceptance(limits or AcceptanceConfig("largest_scale_out"), metrics(scores, ANSWERING), ["titre"])
    return found


def test_acceptance__a_point_that_passes_by_chance_of_the_products_does_not_pass() -> None:
    """Nine products of ten are exact. One has an error of 3: skill 1 − 9/10 = 0.1 and coverage 0.9 pass as points.

    A bootstrap draws the bad product Bin(10, 0.1) times: 4 times or more in 1.3 % of cases, 3 times or more in 7.0 %. So at 2.5 %
    it is drawn 3 times: skill 1 − 27/10 and coverage 0.7.
    """
    found = _judged(
        {f"P{i}": 3.0 if i == 9 else 0.0 for i in range(10)}, AcceptanceConfig("largest_scale_out", least_skill=0.05)
    )
    assert found.skill == pytest.approx(0.1)
    assert found.coverage == pytest.approx(0.9)
    assert found.skill_low == pytest.approx(-1.7)
    assert found.coverage_low == pytest.approx(0.7)
    assert found.reason == "lower bound of skill −1.7 is below 0.05; lower bound of coverage 0.7 is below 0.85"


def test_acceptance__products_that_are_all_good_pass_and_one_good_product_does_not() -> None:
    assert _judged({f"P{i}": 0.5 for i in range(10)}).met
    assert _judged({"P0": 0.5}).reason == "can't be judged: one product"
