"""Defaults and ranges of the stirred pot, as the what-if page shows them."""

import polars as pl
import pytest

from pipeline.answers.case.case import make_case
from pipeline.answers.case.settings_of import settings_of
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import proposal
from tests.support.trained_pot import trained_run


def test_settings_of__are_what_a_bare_proposal_takes() -> None:
    run = trained_run()
    found = settings_of(run, "P", "100 L", "B")
    case = make_case(proposal(settings={}), run)
    assert {name: one.value for name, one in found.items()} == {
        "agitation": pytest.approx(60 * case.proposed.assumed["agitation"].value),  # type: ignore[operator]
        "temperature": pytest.approx(case.proposed.assumed["temperature"].value - 273.15),  # type: ignore[operator]
    }
    assert [(one.unit, one.follows, one.kind) for one in found.values()] == [
        ("rpm", "vessel", "number"),
        ("°C", "product", "number"),
    ]


def test_settings_of__have_the_range_that_history_supports() -> None:
    run = trained_run()
    speed = settings_of(run, "P", "100 L", "B")["agitation"]
    in_b = 60 * run.history.batches.filter(pl.col("equipment") == "B")["agitation"]
    assert (speed.low, speed.high) == (pytest.approx(in_b.min()), pytest.approx(in_b.max()))
    assert speed.batches == len(in_b)
    assert speed.words == f"B has run {in_b.min():.4g} to {in_b.max():.4g} rpm in {len(in_b)} batches"


def test_settings_of__without_a_vessel_are_those_of_the_most_used_one() -> None:
    run = trained_run()
    assert settings_of(run, "P", "100 L") == settings_of(run, "P", "100 L", "B")


def test_settings_of__at_a_scale_that_nobody_ran_have_no_default_and_no_range() -> None:
    speed = settings_of(trained_run(), "P", "5000 L")["agitation"]
    assert (speed.value, speed.origin, speed.low, speed.words) == (None, "", None, "")


def test_settings_of__unknown_equipment_is_a_sentence() -> None:
    with pytest.raises(ScalebridgeError, match="no batch was made on equipment 'C'"):
        settings_of(trained_run(), "P", "100 L", "C")
