"""Limits that forecasts were first scored under stay with them."""

import pytest

from pipeline.assessment.acceptance_ledger import AcceptanceConfig, fixed_for, limits_hash, limits_of, with_entry
from pipeline.domain.errors import ScalebridgeError

FIRST, LATER = AcceptanceConfig(least_skill=0.1), AcceptanceConfig(least_skill=-0.5)


def test_fixed__the_first_limits_stay_with_the_forecasts() -> None:
    entry = fixed_for("f1", FIRST, [])
    ledger = with_entry([], entry)
    again = fixed_for("f1", LATER, ledger)
    assert limits_of(again, "f1") == FIRST
    assert with_entry(ledger, again) == ledger


def test_fixed__other_forecasts_are_scored_under_the_limits_of_their_day() -> None:
    ledger = with_entry([], fixed_for("f1", FIRST, []))
    assert limits_of(fixed_for("f2", LATER, ledger), "f2") == LATER


def test_fixed__a_default_written_out_is_the_same() -> None:
    assert limits_hash(AcceptanceConfig()) == limits_hash(AcceptanceConfig(least_skill=0.0))
    assert limits_hash(FIRST) != limits_hash(LATER)


def test_limits__of_other_forecasts_or_changed_by_hand_are_refused() -> None:
    entry = fixed_for("f1", FIRST, [])
    with pytest.raises(ScalebridgeError, match="other forecasts"):
        limits_of(entry, "f2")
    with pytest.raises(ScalebridgeError, match="changed by hand"):
        limits_of({**entry, "limits": {**entry["limits"], "least_skill": -1.0}}, "f1")
