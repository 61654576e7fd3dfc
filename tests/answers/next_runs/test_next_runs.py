"""What to run next: beliefs that are exact, look-ahead that agrees with simulation, and choices that a person would make."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.next_runs.belief import Belief, ProductGaussian
from pipeline.answers.next_runs.decision_risk import AttributeLimits, choose, outlook, risk_now
from pipeline.answers.next_runs.next_runs import next_runs
from pipeline.domain.run_cost import RunCost
from pipeline.features.table import build
from tests.support.pot import history, pot, ready

NOISE = 0.04
COVARIANCE = np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.1], [0.2, 0.1, 1.0]])
BELIEF = Belief(np.array([0.3, 0.0, 0.0]), COVARIANCE, NOISE)
POSITIVE = [AttributeLimits(0.0, np.inf)]


def test_belief__settles_what_conditioning_says() -> None:
    after = BELIEF.after(1, 0.5)
    assert after.mean[0] == pytest.approx(0.3 + 0.9 / 1.04 * 0.5)
    assert COVARIANCE[0, 0] - after.covariance[0, 0] == pytest.approx(BELIEF.gain(0)[1])


def test_outlook__agrees_with_playing_the_run_many_times() -> None:
    rng = np.random.default_rng(1)
    results = rng.normal(0.0, np.sqrt(1 + NOISE), 4000)
    played = [risk_now([BELIEF.after(1, float(result))], 0, POSITIVE)[1] for result in results]
    expected = outlook([BELIEF], 0, POSITIVE, np.zeros(1), 3)
    assert expected.risk[1] == pytest.approx(np.mean(played), abs=0.006)


def test_outlook__a_run_never_adds_to_the_expected_risk_or_doubt() -> None:
    chance, risk = risk_now([BELIEF], 0, POSITIVE)
    seen = outlook([BELIEF], 0, POSITIVE, np.zeros(1), 3)
    assert (seen.risk <= risk + 1e-3).all()
    assert (seen.doubt <= chance * (1 - chance) + 1e-3).all()


def test_choose__takes_the_run_that_tells_most_and_more_runs_leave_less() -> None:
    chosen = choose([BELIEF], 0, POSITIVE, [1, 2], 3, 3)
    assert chosen[0].candidate == 1
    assert chosen[0].doubt > chosen[1].doubt > chosen[2].doubt


def test_product_gaussian__finds_the_offset_of_each_product() -> None:
    rng = np.random.default_rng(2)
    rows = pl.DataFrame({"x": rng.uniform(-1, 1, 60), "product": ["A", "B", "C"] * 20})
    offset = rows["product"].replace_strict({"A": -3.0, "B": 0.0, "C": 3.0}).to_numpy()
    y = 10 + offset + 2 * rows["x"].to_numpy() + 0.1 * rng.normal(size=60)
    asked = pl.DataFrame({"x": [0.5, 0.5, 0.5], "product": ["A", "C", "new"]})
    belief = ProductGaussian(("x",)).believe(rows, y, asked)
    assert belief.mean[:2] == pytest.approx([8.0, 14.0], abs=0.15)
    assert np.sqrt(belief.noise) == pytest.approx(0.1, rel=0.5)
    spread = np.sqrt(np.diag(belief.covariance))
    assert spread[2] > 10 * spread[0]
    assert np.allclose(belief.covariance, belief.covariance.T)


def made(lower: float, **cost: object) -> dict[str, object]:
    process, tables, setup = pot(lower), history(60), ready()
    rows = build(process, tables)
    proposed = setup.rows(pl.DataFrame({"agitation": [1.0]}))
    inputs = ("agitation", "temperature", "log10_scale")
    given = RunCost("bench runs", "example", **cost)  # type: ignore[arg-type]
    return next_runs(process, proposed, rows, tables.results, inputs, given, 1)


def test_next_runs__are_below_the_proposed_scale_with_gain_and_cost() -> None:
    found = made(1.0)
    assert len(found["runs"]) == 4  # type: ignore[arg-type]
    assert {run["scale"] for run in found["runs"]} == {1.0}  # type: ignore[attr-defined]
    assert [line["cost"] for line in found["by_scale"]] == [1.0]  # type: ignore[attr-defined]
    assert {setting["parameter"] for setting in found["runs"][0]["settings"]} >= {"agitation", "temperature"}  # type: ignore[index]
    assert found == made(1.0)


def test_next_runs__cost_follows_the_table_on_a_line_in_logarithms() -> None:
    found = made(1.0, table={"0.1 L": 1.0, "10 L": 100.0})
    assert found["by_scale"][0]["cost"] == pytest.approx(10.0)  # type: ignore[index]


def test_next_runs__says_when_none_is_needed() -> None:
    found = made(-50.0)
    assert "No run is needed" in str(found["caption"])
