"""At which step an attribute is decided, where the truth is known."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from pipeline.answers.result.steps import AttributeSteps, DecidedBySteps
from pipeline.answers.steps.decided import decided_by_steps
from pipeline.features.catalogue import names_of
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.many_steps import LinearForecaster, feature_rows, long_history


@dataclass(frozen=True)
class Asked:
    process: Any
    rows: pl.DataFrame

    def decided(self, slopes: dict[str, float], target: str = "hmw", product: str = "A") -> DecidedBySteps:
        """Ask about the batch F1 of product B, or as another product."""
        row = self.rows.filter(batch_id="F1")
        case: Any = SimpleNamespace(row=row, proposal=SimpleNamespace(product=product))
        run: Any = SimpleNamespace(process=self.process, rows=self.rows)
        forecaster = LinearForecaster({target: slopes})
        found = decided_by_steps(case, run, forecaster, None, names_of(self.process))
        assert found is not None
        return found


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(*feature_rows(long_history(tmp_path_factory.mktemp("steps"))))


def _shares(found: AttributeSteps) -> dict[str, float]:
    return {one.step: one.share for one in found.steps}


def test_decided__without_steps_is_nothing(small: Make) -> None:
    run: Any = SimpleNamespace(process=process_of(small()), rows=pl.DataFrame())
    case: Any = SimpleNamespace()
    assert decided_by_steps(case, run, LinearForecaster({"titre": {}}), None, {}) is None


def test_step__of_the_only_setting_that_acts_decides(asked: Asked) -> None:
    own = asked.decided({"speed": 2.0}).attributes["hmw"]
    assert _shares(own) == pytest.approx({"culture": 0.0, "capture": 0.0, "fill": 1.0}, abs=1e-12)
    assert own.sentence == "hmw is decided at fill (100 %)."


def test_shares__are_those_of_the_variance_within_product_and_scale(asked: Asked) -> None:
    """The slopes are such that the temperature makes four times the variance of the speed."""
    own = asked.rows.with_columns(
        (pl.col(name) - pl.col(name).mean().over("product", "scale")).alias(name) for name in ("temperature", "speed")
    ).filter(product="A")
    slopes = {"temperature": 2 / float(own["temperature"].std(ddof=0)), "speed": 1 / float(own["speed"].std(ddof=0))}  # type: ignore[arg-type]
    found = asked.decided(slopes).attributes["hmw"]
    assert _shares(found) == pytest.approx({"culture": 0.8, "capture": 0.0, "fill": 0.2}, abs=1e-6)
    assert found.sentence == "hmw is decided at culture (80 %), then at fill (20 %)."


def test_scale_and_equipment__stay_as_proposed(asked: Asked) -> None:
    """Every step changes with the scale, so the scale decides at no step."""
    own = asked.decided({"capture.log10_scale": 1.0, "log10_scale": 5.0}).attributes["hmw"]
    assert _shares(own) == pytest.approx({"culture": 0.0, "capture": 0.0, "fill": 0.0}, abs=1e-12)


def test_quantities__are_computed_from_the_settings_of_their_step(asked: Asked) -> None:
    """The load per resin acts, and follows from the load."""
    own = asked.decided({"load_per_resin": 1.0}).attributes["hmw"]
    assert _shares(own)["capture"] == pytest.approx(1.0)


def test_lever__acts_through_what_is_derived_from_it(asked: Asked) -> None:
    (capture,) = (one for one in asked.decided({"load_per_resin": 1.0}).attributes["hmw"].steps if one.step == "capture")
    assert capture.lever is not None
    assert capture.lever.setting == "load"


def test_lever__is_the_setting_of_the_step_that_moves_most(asked: Asked) -> None:
    spread = asked.rows.select((pl.col("speed") - pl.col("speed").mean().over("product", "scale")).std()).item()
    (fill,) = (one for one in asked.decided({"speed": 3.0}).attributes["hmw"].steps if one.step == "fill")
    assert fill.lever is not None
    assert fill.lever.setting == "speed"
    assert fill.lever.effect == pytest.approx(100 * 3 * spread, rel=1e-5)  # in %
    assert fill.lever.moved - fill.lever.proposed == pytest.approx(60 * spread, rel=1e-4)  # in rpm
    assert fill.lever.sentence.startswith("fill, speed +")


def test_step__after_that_of_the_attribute_is_left_out(asked: Asked) -> None:
    found = asked.decided({"temperature": 1.0}, target="pool_hmw").attributes["pool_hmw"]
    assert list(_shares(found)) == ["culture", "capture"]


def test_attribute__that_nothing_moves_says_so(asked: Asked) -> None:
    own = asked.decided({"scale": 0.0}).attributes["hmw"]
    assert own.sentence == "hmw: nothing that history varied at any step moves the prediction."
    assert all(one.lever is None for one in own.steps)


def test_batches__of_all_products_are_tried_for_a_new_one(asked: Asked) -> None:
    assert asked.decided({"speed": 1.0}, product="new").batches == 24
    assert not asked.decided({"speed": 1.0}, product="new").of_product
    assert asked.decided({"speed": 1.0}).batches == 12
