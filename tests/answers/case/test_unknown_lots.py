"""A lot that is used once and not described: the answer holds the scatter of past lots."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.answers.answer import answer
from pipeline.answers.case.case import Case, make_case
from pipeline.answers.case.unknown_lots import MOST_LOTS, UnknownLot, properties_together, unknown_lots
from pipeline.answers.limits import DecisionConfig
from pipeline.answers.profile.curves import profile_curves
from pipeline.answers.result.prediction import Interval, Predicted
from pipeline.answers.trained_run import TrainedRun
from pipeline.tracking.served_answer import answered
from tests.support.patients import KNOWN_PLACE, patient_run, titres
from tests.support.pot import proposal
from tests.support.trained_pot import trained_run

DECIDES, NO_EFFECT = 1.0, 0.0


def _case(run: TrainedRun, **changes: Any) -> Case:
    return make_case(proposal(**KNOWN_PLACE | changes), run)


def _predicted(case: Case, run: TrainedRun) -> Predicted:
    predicted = answer(case, run, depth="numbers").steps[0].attributes["titre"].predicted
    assert predicted is not None
    return predicted


def _at_the_mean(case: Case, run: TrainedRun) -> Predicted:
    """Return the answer for a lot like the mean of the reference batches."""
    return _predicted(replace(case, unknown_lots=(), possible=None), run)


def _interval(predicted: Predicted, level: float = 90.0) -> Interval:
    return next(one for one in predicted.intervals if one.level == level)


def _width(predicted: Predicted, level: float = 90.0) -> float:
    return _interval(predicted, level).upper - _interval(predicted, level).lower


def test_unknown_lot__the_interval_is_wider_than_that_of_a_stated_lot_and_holds_its_prediction() -> None:
    run = patient_run(DECIDES)
    settings = KNOWN_PLACE["settings"]
    unknown = _predicted(_case(run), run)
    for copper in (1.2, 1.5, 1.8):
        stated = _predicted(_case(run, settings=settings | {"copper": copper, "zinc": 3 * copper}), run)
        for level in (80.0, 90.0, 95.0):
            assert _width(unknown, level) > 2 * _width(stated, level)
        assert _interval(unknown).lower < stated.value < _interval(unknown).upper


@pytest.mark.parametrize(("level", "low", "high"), [(80.0, 0.75, 0.85), (90.0, 0.86, 0.94), (95.0, 0.91, 0.98)])
def test_unknown_lot__intervals_cover_hidden_new_patients_as_often_as_they_say(
    level: float, low: float, high: float
) -> None:
    found: dict[str, list[float]] = {"mixture": [], "mean lot": []}
    for seed in range(1, 7):
        run, rng = patient_run(DECIDES, seed), np.random.default_rng(100 + seed)
        case, hidden = _case(run), titres(pl.Series(rng.uniform(1, 2, 2000)), DECIDES, rng)
        for name, predicted in (("mixture", _predicted(case, run)), ("mean lot", _at_the_mean(case, run))):
            interval = _interval(predicted, level)
            found[name].append(float(hidden.is_between(interval.lower, interval.upper).mean()))  # type: ignore[arg-type]
    assert low < np.mean(found["mixture"]) < high
    assert np.mean(found["mean lot"]) < 0.6


def test_unknown_lot__the_chance_is_the_share_of_patients_who_meet_the_specification() -> None:
    run, rng = patient_run(DECIDES, patients=300), np.random.default_rng(7)
    case, hidden = _case(run), titres(pl.Series(rng.uniform(1, 2, 5000)), DECIDES, rng)
    whole, share = answer(case, run, depth="numbers"), float((hidden >= 1.0).mean())  # type: ignore[arg-type]
    predicted = whole.steps[0].attributes["titre"].predicted
    assert predicted is not None
    assert predicted.chance == pytest.approx(share, abs=0.05)
    assert whole.joint is not None
    assert whole.joint.probability == pytest.approx(predicted.chance, abs=1e-3)
    alone = _at_the_mean(case, run).chance
    assert alone is not None
    assert alone > share + 0.15


def test_unknown_lot__changes_nothing_where_its_properties_have_no_effect() -> None:
    run = patient_run(NO_EFFECT)
    case = _case(run)
    mixture, mean = _predicted(case, run), _at_the_mean(case, run)
    assert case.possible is not None
    assert case.possible["copper"].n_unique() > 10
    for level in (80.0, 90.0, 95.0):
        assert _width(mixture, level) == pytest.approx(_width(mean, level), rel=0.08)
    assert mixture.value == pytest.approx(mean.value, rel=0.01)


def test_unknown_lot__is_exactly_the_stated_one_where_the_model_does_not_read_its_properties() -> None:
    run = patient_run(NO_EFFECT)
    case = _case(run)
    assert case.possible is not None
    same = replace(case, possible=case.possible.with_columns(copper=pl.lit(case.row["copper"][0])))
    assert _predicted(same, run) == _at_the_mean(case, run)


def test_unknown_lot__is_none_where_a_lot_is_stated_or_named_or_lots_are_used_often() -> None:
    run = patient_run(DECIDES)
    whole = KNOWN_PLACE["settings"] | {"copper": 1.4, "zinc": 4.2}
    for case in (
        _case(run, settings=whole),
        _case(run, lots={"media": [{"lot": "L03"}]}),
        make_case(proposal(lots={}), trained_run()),
    ):
        assert case.unknown_lots == ()
        assert case.mixture is case.row


def test_unknown_lot__keeps_the_properties_that_are_stated() -> None:
    run = patient_run(DECIDES)
    case = _case(run, settings=KNOWN_PLACE["settings"] | {"copper": 1.4})
    [unknown] = case.unknown_lots
    assert unknown.lots.columns == ["zinc"]
    assert unknown.partly
    assert case.mixture["copper"].unique().to_list() == [pytest.approx(1.4)]
    assert case.mixture["zinc"].sort().to_list() == unknown.lots["zinc"].sort().to_list()


def test_unknown_lot__holds_the_lots_of_a_product_without_reference_batches_and_of_settings_that_count_as_unknown() -> None:
    run = patient_run(DECIDES)
    for changes in ({"product": "New"}, {"unstated": "missing"}):
        case = _case(run, **changes)
        [unknown] = case.unknown_lots
        assert case.mixture["copper"].to_list() == pytest.approx(unknown.lots["copper"].to_list())
        assert unknown.of_product == ("product" not in changes)


def test_unknown_lot__keeps_the_properties_of_a_lot_together() -> None:
    run = patient_run(DECIDES)
    rows = _case(run).mixture
    assert rows["zinc"].to_list() == pytest.approx((3 * rows["copper"]).to_list())
    own = run.history.batches.filter(pl.col("product") == "P").join(run.history.genealogy, on="batch_id")
    known = run.history.lots.filter((pl.col("attribute") == "copper") & pl.col("lot_id").is_in(own["lot_id"].implode()))
    assert rows["copper"].sort().to_list() == pytest.approx(known["value"].sort().to_list())


def test_unknown_lot__a_lot_of_which_a_property_is_not_known_counts_without_it() -> None:
    run = patient_run(DECIDES)
    history = replace(
        run.history, lots=run.history.lots.filter((pl.col("lot_id") != "L00") | (pl.col("attribute") != "copper"))
    )
    mixture = _case(replace(run, history=history)).mixture
    assert mixture["copper"].null_count() == 1
    assert mixture["zinc"].null_count() == 0


def test_unknown_lots__are_an_even_sample_of_many() -> None:
    run = patient_run(DECIDES, patients=660)
    [unknown] = unknown_lots(run.process, proposal(**KNOWN_PLACE), run.history, DecisionConfig().scenarios.own_lots)
    assert unknown.lots.height == MOST_LOTS < unknown.known == 220
    assert unknown.lots["copper"].mean() == pytest.approx(1.5, abs=0.06)


def test_properties_together__pairs_lots_of_two_materials_independently() -> None:
    cells = UnknownLot("cells", pl.DataFrame({"age": np.arange(60.0)}), 60, of_product=True, partly=False)
    serum = UnknownLot("serum", pl.DataFrame({"iron": np.arange(30.0)}), 30, of_product=True, partly=False)
    found = properties_together((cells, serum))
    assert found["age"].to_list() == list(range(60))
    assert found["iron"].value_counts()["count"].unique().to_list() == [2]
    assert abs(float(np.corrcoef(found["age"], found["iron"])[0, 1])) < 0.3
    assert properties_together(()).is_empty()


def test_unknown_lot__the_served_model_and_the_curves_of_the_what_if_page_give_the_same_numbers() -> None:
    run = patient_run(DECIDES)
    case = _case(run)
    predicted, row = _predicted(case, run), answered(run, proposal(**KNOWN_PLACE))
    interval = _interval(predicted)
    assert (row["titre"], row["titre_lower_90"], row["titre_upper_90"]) == (predicted.value, interval.lower, interval.upper)
    assert row["titre_chance"] == predicted.chance
    [curve] = profile_curves(case, run, {"agitation": (200.0, 400.0)}, points=5)
    here, titre = curve.values.index(300.0), curve.attributes["titre"]
    assert titre.predicted[here] == pytest.approx(predicted.value)
    assert titre.lower[here] == pytest.approx(interval.lower)
    assert titre.upper[here] == pytest.approx(interval.upper)
    assert curve.joint is not None
    assert curve.joint[here] == pytest.approx(predicted.chance)
