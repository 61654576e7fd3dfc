"""At which step an attribute is decided, where the truth is known."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.answers.result.steps import AttributeSteps, DecidedBySteps
from pipeline.answers.steps.decided import decided_by_steps, shares_in_history
from pipeline.domain.memo import Memo
from pipeline.features.catalogue import names_of
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.many_steps import LinearForecaster, feature_rows, long_history


@dataclass(frozen=True)
class Asked:
    process: Any
    rows: pl.DataFrame

    def decided(
        self,
        slopes: dict[str, float],
        target: str = "hmw",
        product: str = "A",
        truth: dict[str, float] | None = None,
        rows: pl.DataFrame | None = None,
    ) -> DecidedBySteps:
        """Ask about the batch F1 of product B, or as another product.

        slopes: what the model says a column does; truth: what it did in history, the same if not given; rows: the history.
        """
        row, rows = self.rows.filter(batch_id="F1"), self.rows if rows is None else rows
        case: Any = SimpleNamespace(row=row, proposal=SimpleNamespace(product=product))
        history = SimpleNamespace(results=results_of(rows, target, slopes if truth is None else truth))
        run: Any = SimpleNamespace(process=self.process, rows=rows, history=history, memo=Memo())
        forecaster = LinearForecaster({target: slopes})
        found = decided_by_steps(case, run, forecaster, None, names_of(self.process))
        assert found is not None
        return found


def results_of(rows: pl.DataFrame, target: str, truth: dict[str, float], noise: float = 0.1) -> pl.DataFrame:
    """Return results that are slopes times columns, with noise as a share of their spread."""
    exact = rows.select(pl.sum_horizontal(slope * pl.col(name) for name, slope in truth.items())).to_series().to_numpy()
    values = exact + noise * (exact.std() or 1.0) * np.random.default_rng(7).standard_normal(len(exact))
    return pl.DataFrame({"batch_id": rows["batch_id"], "attribute": target, "value": values})


def many(rows: pl.DataFrame, together: float) -> pl.DataFrame:
    """Return 120 batches whose temperature (culture) and speed (fill) have a correlation within product and scale."""
    repeated = pl.concat(rows.with_columns(pl.format("{}-{}", "batch_id", pl.lit(at)).alias("batch_id")) for at in range(5))
    drawn = np.random.default_rng(5).standard_normal((3, repeated.height))
    speed = together * drawn[0] + np.sqrt(1 - together**2) * drawn[1]
    return repeated.with_columns(
        temperature=pl.Series(309.0 + drawn[0]), speed=pl.Series(2.0 + 0.1 * speed), load=pl.Series(0.1 + 0.01 * drawn[2])
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(*feature_rows(long_history(tmp_path_factory.mktemp("steps"))))


def _shares(found: AttributeSteps) -> dict[str, float]:
    return {one.step: one.share for one in found.steps}


def _spreads(found: AttributeSteps) -> dict[str, float]:
    """Return step → share of the variance of the predictions."""
    whole = sum(one.spread**2 for one in found.steps)
    return {one.step: one.spread**2 / whole if whole else 0.0 for one in found.steps}


def test_decided__without_steps_is_nothing(small: Make) -> None:
    run: Any = SimpleNamespace(process=process_of(small()), rows=pl.DataFrame())
    case: Any = SimpleNamespace()
    assert decided_by_steps(case, run, LinearForecaster({"titre": {}}), None, {}) is None


def test_step__of_the_only_setting_that_acts_decides(asked: Asked) -> None:
    own = asked.decided({"speed": 2.0}).attributes["hmw"]
    assert own.candidates == ("fill",)
    assert _shares(own)["fill"] > 0.9
    assert own.sentence.startswith("hmw is decided at fill (")
    assert own.explained > 0.8
    assert own.batches == 24


def test_step__is_found_where_steps_vary_apart(asked: Asked) -> None:
    """The temperature makes about four times the variance of the speed."""
    rows = many(asked.rows, 0.0)
    made = rows.select(
        (slope * (pl.col(name) - pl.col(name).mean().over("product", "scale"))).alias(name)
        for name, slope in (("temperature", 2.0), ("speed", 10.0))
    )
    of_culture, of_fill = (float(made[name].var(ddof=0)) for name in made.columns)  # type: ignore[arg-type]
    truth = of_culture / (of_culture + of_fill)
    own = asked.decided({"temperature": 2.0, "speed": 10.0}, rows=rows).attributes["hmw"]
    assert own.candidates == ("culture",)
    (culture, _, fill) = own.steps
    assert culture.share_range[0] < truth < culture.share_range[1]
    assert fill.share_range[0] < 1 - truth < fill.share_range[1]
    assert culture.share_range[1] - culture.share_range[0] < 0.2
    assert own.sentence.startswith("hmw is decided at culture (")
    assert ", then at fill (" in own.sentence


def test_steps__that_vary_together_are_not_told_apart(asked: Asked) -> None:
    """The temperature alone acts. The speed was set with it, so that history cannot say that it does not act."""
    own = asked.decided({"temperature": 1.0}, rows=many(asked.rows, 1.0)).attributes["hmw"]
    assert set(own.candidates) == {"culture", "fill"}
    ranges = {one.step: one.share_range for one in own.steps}
    assert all(ranges[step][0] < 0.1 and ranges[step][1] > 0.9 for step in ("culture", "fill"))
    assert ranges["capture"][1] < 0.2
    assert " or " in own.sentence
    assert "History cannot tell them apart." in own.sentence


def test_result__that_follows_nothing_is_decided_at_no_step(asked: Asked) -> None:
    own = asked.decided({"temperature": 1.0}, truth={"scale": 0.0}, rows=many(asked.rows, 0.0)).attributes["hmw"]
    assert own.sentence.startswith("hmw: history does not tell at which step it is decided.")
    assert own.explained < 0.2


def test_model__that_says_another_step_than_history_is_named(asked: Asked) -> None:
    own = asked.decided({"temperature": 1.0}, truth={"speed": 1.0}, rows=many(asked.rows, 0.0)).attributes["hmw"]
    assert own.candidates == ("fill",)
    assert own.sentence.endswith("in the model, the proposed batch varies most with culture.")


def test_spreads__are_those_of_the_variance_within_product_and_scale(asked: Asked) -> None:
    """The slopes are such that the temperature makes four times the variance of the speed."""
    own = asked.rows.with_columns(
        (pl.col(name) - pl.col(name).mean().over("product", "scale")).alias(name) for name in ("temperature", "speed")
    )
    slopes = {"temperature": 2 / float(own["temperature"].std(ddof=0)), "speed": 1 / float(own["speed"].std(ddof=0))}  # type: ignore[arg-type]
    found = asked.decided(slopes).attributes["hmw"]
    assert _spreads(found) == pytest.approx({"culture": 0.8, "capture": 0.0, "fill": 0.2}, abs=1e-5)
    assert found.candidates == ("culture",)


def test_lots__of_all_products_count_where_the_own_product_consumed_one(asked: Asked) -> None:
    """Product A consumed one lot of resin. The batches of product B show what a lot does."""
    rows = many(asked.rows, 0.0)
    several = pl.Series(np.repeat([40.0, 60.0, 50.0], rows.height // 3))
    capacity = pl.when(pl.col("product") == "A").then(50.0).otherwise(several)
    own = asked.decided({"resin_capacity": 1.0}, rows=rows.with_columns(resin_capacity=capacity)).attributes["hmw"]
    assert own.candidates == ("capture",)
    assert _spreads(own)["capture"] == pytest.approx(1.0)


def test_scale_and_equipment__stay_as_proposed(asked: Asked) -> None:
    """Every step changes with the scale, so the scale decides at no step."""
    own = asked.decided({"capture.log10_scale": 1.0, "log10_scale": 5.0}).attributes["hmw"]
    assert _spreads(own) == pytest.approx({"culture": 0.0, "capture": 0.0, "fill": 0.0}, abs=1e-12)
    assert own.explained < 0.3


def test_quantities__are_computed_from_the_settings_of_their_step(asked: Asked) -> None:
    """The load per resin acts, and follows from the load."""
    own = asked.decided({"load_per_resin": 1.0}, rows=many(asked.rows, 0.0), truth={"load": 1.0}).attributes["hmw"]
    assert _spreads(own)["capture"] == pytest.approx(1.0)
    assert own.candidates == ("capture",)


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


def test_attribute__without_results_says_that_nothing_varied(asked: Asked) -> None:
    found = asked.decided({"scale": 0.0}, rows=asked.rows.unique("product", keep="first")).attributes["hmw"]
    assert found.sentence == "hmw: no setting and no lot that could explain it varied within a product, scale and place."
    assert found.candidates == ()
    assert all(one.lever is None for one in found.steps)


def test_shares__are_computed_once_per_run(asked: Asked) -> None:
    history = SimpleNamespace(results=results_of(asked.rows, "hmw", {"speed": 1.0}))
    run: Any = SimpleNamespace(process=asked.process, rows=asked.rows, history=history, memo=Memo())
    assert shares_in_history(run, "hmw") is shares_in_history(run, "hmw")


def test_batches__of_all_products_are_tried(asked: Asked) -> None:
    assert asked.decided({"speed": 1.0}, product="new").batches == 24
    assert asked.decided({"speed": 1.0}).batches == 24
