"""The ledger keeps the first acceptance limits of each set of forecasts."""

import pytest

from pipeline.assessment.acceptance_ledger import AcceptanceConfig, entry_for, limits_hash, limits_of, with_entry
from pipeline.domain.errors import ScalebridgeError

FIRST, LATER = AcceptanceConfig(least_skill=0.1), AcceptanceConfig(least_skill=-0.5)


def test_entry__of_known_forecasts_keeps_their_first_limits() -> None:
    entry = entry_for("f1", FIRST, [])
    ledger = with_entry([], entry)
    again = entry_for("f1", LATER, ledger)
    assert limits_of(again, "f1") == FIRST
    assert with_entry(ledger, again) == ledger


def test_entry__of_new_forecasts_has_the_limits_of_the_configuration() -> None:
    ledger = with_entry([], entry_for("f1", FIRST, []))
    assert limits_of(entry_for("f2", LATER, ledger), "f2") == LATER


def test_hash__does_not_depend_on_whether_a_default_is_stated() -> None:
    assert limits_hash(AcceptanceConfig()) == limits_hash(AcceptanceConfig(least_skill=0.0))
    assert limits_hash(FIRST) != limits_hash(LATER)


def test_limits__of_other_forecasts_or_changed_by_hand_are_refused() -> None:
    entry = entry_for("f1", FIRST, [])
    with pytest.raises(ScalebridgeError, match="other forecasts"):
        limits_of(entry, "f2")
    with pytest.raises(ScalebridgeError, match="changed by hand"):
        limits_of({**entry, "limits": {**entry["limits"], "least_skill": -1.0}}, "f1")
