"""Balances in words."""

from pipeline.domain.process.balances import Balance
from pipeline.domain.units import unit
from pipeline.history.balances.wording import headline, not_judged, sentence
from tests.support.balances import amounts_of, judged, scattered

AMOUNTS = {"step": "capture", "batch_id": "P1", "taken": 2.0, "given": 2.1, "lost": None, "closure": 1.05}
NO_LIMITS = {"expected": None, "lower": None, "upper": None, "possible": 1.002}


def test_sentence__names_the_amounts_of_transfers() -> None:
    handed = AMOUNTS | NO_LIMITS | {"kind": "handed over", "verdict": "impossible"}
    assert sentence(handed, unit("kg")) == (
        "capture batch P1: 2 kg given, 2.1 kg taken by the next steps: share 1.0500; errors explain at most 1.0020"
    )
    received = AMOUNTS | {
        "kind": "received",
        "verdict": "too high",
        "expected": 1.0,
        "lower": 0.99,
        "upper": 1.01,
        "possible": None,
    }
    assert sentence(received, unit("kg")) == (
        "capture batch P1: 2 kg received in its transfers, 2.1 kg taken by its own record: ratio 1.050, expected 1.000 "
        "(0.990 to 1.010)"
    )


def test_headline__counts_what_was_judged() -> None:
    balance = Balance(("load",), ("eluate",), false_alarms=0.02)
    yields = scattered(20)
    yields[3] = 0.5
    table = judged(amounts_of(yields), balance)
    assert headline("capture", "product", "step", balance, table) == (
        "capture, product: 1 of 20 judged batches does not close. The check also reports 2 % of batches without a fault."
    )
    few = judged(amounts_of([0.9, 0.8]), balance)
    assert (
        headline("capture", "product", "received", balance, few) == "capture, product, received: no batch could be judged."
    )
    assert not_judged(few) == ["2 batches were not judged: too few batches."]
