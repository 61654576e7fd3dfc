"""What the process is expected to show: forecasts with their causes, and the part of the prediction that goes through them."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.answers.bridge import intermediates as module
from pipeline.answers.bridge.intermediates import expected_intermediates
from pipeline.answers.case.case import make_case
from pipeline.answers.result.bridge import AttributeBridge, CauseShare, QuantityShare
from pipeline.answers.result.files import as_text
from pipeline.answers.result.intermediates import ExpectedIntermediate, Intermediates
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.display import digits, signed
from pipeline.features.catalogue import names_of
from pipeline.models.base import FittedModel, Task
from pipeline.models.hierarchical.fitting import fit_hierarchical
from tests.support.foaming_pot import CONFIG, COST, foaming_answer, foaming_member, foaming_run, observed
from tests.support.pot import proposal
from tests.support.trained_pot import answered

WEIGHT = 0.25
STATED = {"agitation", "temperature"}


def _asked(run: TrainedRun, answered: tuple[str, ...] = tuple(COST), **changes: object) -> Intermediates | None:
    return expected_intermediates(make_case(proposal(**changes), run), run, answered, STATED, names_of(run.process))


def _foam(run: TrainedRun, answered: tuple[str, ...] = tuple(COST), **changes: object) -> ExpectedIntermediate:
    found = _asked(run, answered, **changes)
    assert found is not None
    return found.expected["foam"]


def _with_model(model: FittedModel) -> TrainedRun:
    """The run that answers the titre with a model."""
    run = foaming_run()
    return replace(run, model=replace(run.model, finals={"titre": replace(run.model.finals["titre"], model=model)}))


def test_forecast__is_of_the_proposal_and_of_the_reference() -> None:
    """At 1 L the pot turns about 5 times a second, at 100 L once: 60 mm less foam."""
    foam = _foam(foaming_run())
    assert foam.unit == "mm"
    assert foam.measured == pytest.approx(foam.reference, abs=1.0)
    assert foam.change == pytest.approx(foam.proposed - foam.reference, abs=1e-3)
    assert foam.change == pytest.approx(-60, abs=6)


def test_forecast__is_the_mean_over_the_models_of_the_attributes() -> None:
    """Haze has fewer results, so its model of the foam differs."""
    both, titre, haze = (_foam(foaming_run(), targets) for targets in (("titre", "haze"), ("titre",), ("haze",)))
    assert titre.proposed != haze.proposed
    assert both.proposed == pytest.approx((titre.proposed + haze.proposed) / 2, rel=1e-5)
    assert both.reference == pytest.approx((titre.reference + haze.reference) / 2, rel=1e-5)
    assert {name: one.change for name, one in both.effects.items()} == {"titre": titre.change, "haze": haze.change}


def test_causes__sum_to_the_change_of_the_intermediate() -> None:
    foam = _foam(foaming_run())
    assert sum(cause.change for cause in foam.causes) == pytest.approx(foam.change, abs=1e-3)
    assert foam.causes[0].cause == "agitation"
    sizes = [abs(cause.change) for cause in foam.causes]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("target", COST)
def test_effect__is_the_weight_times_what_the_foam_costs(target: str) -> None:
    one, twice = (_foam(foaming_run(weight)).effects[target] for weight in (WEIGHT, 2 * WEIGHT))
    assert one.unit == "g/L"
    assert one.effect == pytest.approx(WEIGHT * COST[target] * one.change, rel=0.1)
    assert twice.effect == pytest.approx(2 * one.effect, rel=1e-4)


def test_effect__is_the_whole_difference_where_the_second_model_reads_the_intermediate_alone() -> None:
    """On the logarithm of the titre as well: the parts of a difference are taken along the line from batch to proposal."""
    run, known = foaming_run(), observed("titre")
    second = fit_hierarchical(CONFIG.second, known, known["observed"].to_numpy(), Task("titre", ("foam",), (), lowest=0.0))
    assert second.target_scale.kind == "log"
    alone = replace(foaming_member(), second=second)
    case = make_case(proposal(), run)
    difference = alone.predict(case.row)[0] - alone.predict(case.reference).mean()
    assert _foam(foaming_run(WEIGHT, alone)).effects["titre"].effect == pytest.approx(WEIGHT * difference, rel=1e-5)


def test_weight__is_that_of_the_member_and_1_where_it_answers_alone() -> None:
    blended, alone = _asked(foaming_run(WEIGHT)), _asked(_with_model(foaming_member()))
    assert blended is not None
    assert alone is not None
    assert (blended.weights, alone.weights) == ({"titre": WEIGHT, "haze": WEIGHT}, {"titre": 1.0})
    whole, part = (one.expected["foam"].effects["titre"].effect for one in (alone, blended))
    assert part == pytest.approx(WEIGHT * whole, rel=1e-4)


def test_sentence__says_change_cause_and_effects() -> None:
    foam = _foam(foaming_run())
    agitation = foam.causes[0]
    changed = ", ".join(f"of {name} by {signed(one.effect)} g/L" for name, one in foam.effects.items())
    assert foam.sentence == (
        f"The forecast of foam falls by {digits(-foam.change)} mm ({digits(foam.reference)} → {digits(foam.proposed)} mm). "
        f"Largest cause of the fall: agitation, {signed(agitation.change)} mm (300 rpm → 60 rpm). "
        f"This changes the prediction {changed}."
    )


def test_effects__are_in_the_order_of_their_size_in_standard_deviations_of_the_results() -> None:
    foam = _foam(foaming_run())
    sizes = [abs(one.effect) / float(np.std(observed(name)["observed"].to_numpy())) for name, one in foam.effects.items()]
    assert len(sizes) == 2
    assert sizes[0] > sizes[1]


def test_sentence__names_the_largest_cause_in_the_direction_of_the_change() -> None:
    """Gas raises the foam most, but three other causes together lower it."""
    through = (QuantityShare("gas_per_volume", "1/h", 2.0, 1.0, -2.0),)
    causes = tuple(
        CauseShare(name, kind, "1 → 2", change, through)
        for name, kind, change in (("gas", "setting", 3.0), ("not stated", "unstated", -2.0), ("pH", "setting", -1.5))
    )
    between = AttributeBridge("mm", 10.0, 9.5, -0.5, causes, (), (), 0.0)
    assert list(module._sentences("foam", between, causes, [], {})) == [
        "The forecast of foam falls by 0.5 mm (10 → 9.5 mm).",
        f"Largest cause of the fall: {module.NOT_STATED}, −2 mm, mostly through gas_per_volume (2 → 1 1/h).",
        "This changes no prediction notably.",
    ]


def test_sentence__without_a_cause_says_that_nothing_changes() -> None:
    between = AttributeBridge("mm", 10.0, 10.0, 0.0, (), (), (), 0.0)
    assert list(module._sentences("foam", between, (), [], {})) == ["The forecast of foam does not change: 10 mm."]


def test_intermediates__are_none_without_weight_reference_answer_or_forecast() -> None:
    assert _asked(foaming_run(0.0)) is None
    assert _asked(foaming_run(), product="new", unstated="missing") is None
    assert _asked(foaming_run(), ()) is None
    assert _asked(_with_model(replace(foaming_member(), names=(), first=()))) is None


def test_answer__has_the_key_only_where_a_model_reads_intermediates() -> None:
    assert '"intermediates"' not in as_text(answered())
    assert foaming_answer().intermediates == _asked(foaming_run())
    assert '"intermediates"' in as_text(foaming_answer())
