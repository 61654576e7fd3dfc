"""Which later batches were run as a proposal says."""

from pipeline.answers.past_predictions.on_record import AnswerOnRecord, AskedBefore
from pipeline.answers.past_predictions.run_as_proposed import later_batches
from tests.support.pot import history, pot, proposal

BATCHES = history().batches
OF_Q = BATCHES.filter(BATCHES["product"] == "Q")


def asked(known: frozenset[str] = frozenset(), **changes: object) -> AskedBefore:
    own = proposal(product="Q", **changes)
    given = AnswerOnRecord(
        id="a1", asked="2026-01-01T00:00:00Z", by="me", process="pot", run="r", name=own.name, form="json", proposal="{}",
        known=tuple(sorted(known)), predicted={},
    )  # fmt: skip
    return AskedBefore(given, own)


def test_later_batches__are_of_the_product_scale_and_equipment_and_were_not_known() -> None:
    large = OF_Q.filter(OF_Q["equipment"] == "B")["batch_id"].to_list()
    wide = {"tolerances": {"agitation": "60 rpm", "temperature": "60 delta_degC"}}
    found = later_batches(asked(**wide), pot(), BATCHES, 0.1)
    assert list(found.as_proposed) == large
    assert later_batches(asked(frozenset(large[1:]), **wide), pot(), BATCHES, 0.1).as_proposed == (large[0],)
    assert later_batches(asked(frozenset(large), **wide), pot(), BATCHES, 0.1).as_proposed == ()


def test_later_batches__a_setting_beyond_its_tolerance_is_named() -> None:
    found = later_batches(asked(tolerances={"agitation": "0.001 rpm"}), pot(), BATCHES, 1.0)
    assert found.as_proposed == ()
    assert all(
        text.startswith("agitation ") and text.endswith(" rpm instead of 60 rpm") for text in found.different.values()
    )


def test_later_batches__without_a_tolerance_a_share_of_the_range_counts() -> None:
    wide, narrow = (later_batches(asked(), pot(), BATCHES, share) for share in (0.9, 1e-6))
    assert len(wide.as_proposed) > len(narrow.as_proposed) == 0
