"""The case of a proposal that leaves out what history knows."""

import polars as pl
import pytest

from pipeline.answers.case.case import make_case
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import proposal
from tests.support.trained_pot import answered, trained_run


def test_case__a_vessel_implies_what_follows_it_and_the_reference_the_rest() -> None:
    run = trained_run()
    case = make_case(proposal(settings={}, site=None), run)
    found = {name: (one.source, one.origin) for name, one in case.assumed.items()}
    assert found == {
        "site": ("vessel", "the site of B in 16 of 16 batches"),
        "agitation": ("vessel", "as B ran in 16 batches"),
        "temperature": ("reference", "as P ran at 1 L in 16 batches"),
        "media": ("reference", "as P ran at 1 L in 16 batches"),
    }
    in_b = run.history.batches.filter(pl.col("equipment") == "B")["agitation"]
    assert case.row["agitation"][0] == in_b.median()
    assert case.planned == {"agitation", "site"}


def test_case__the_speed_of_the_bench_is_not_copied_to_another_scale() -> None:
    bench = trained_run().history.batches.filter(pl.col("equipment") == "A")["agitation"]
    case = make_case(proposal(settings={}, site=None, equipment=None), trained_run())
    assert case.proposal.equipment == "B"
    assert case.row["agitation"][0] < bench.min() / 2  # type: ignore[operator]


def test_case__at_a_scale_that_nobody_ran_asks_for_what_follows_the_vessel() -> None:
    asked = proposal(scale="5000 L", equipment=None, site=None, settings={})
    with pytest.raises(
        ScalebridgeError, match="state agitation in `settings`, since no batch ran at 5,000 L, and history shows"
    ):
        make_case(asked, trained_run())
    stated = make_case(proposal(scale="5000 L", equipment=None, site=None, settings={"agitation": "40 rpm"}), trained_run())
    assert stated.row["agitation"][0] == pytest.approx(40 / 60)


def test_case__unstated_may_stay_unknown() -> None:
    case = make_case(proposal(settings={}, unstated="missing"), trained_run())
    assert case.assumed == {}
    assert {"agitation", "temperature"} <= set(case.proposed.missing)


def test_case__a_new_product_is_as_all_products_ran() -> None:
    case = make_case(proposal(product="new", settings={}), trained_run())
    assert case.assumed["temperature"].origin == "as 48 batches of all products ran"
    assert case.assumed["agitation"].origin == "as B ran in 16 batches"


def test_case__the_answer_lists_each_value_with_its_origin() -> None:
    found = answered(settings={}, site=None)
    [line] = [line for line in found.assumed_lines if "agitation" in line]
    assert line.endswith(": as B ran in 16 batches")
    assert {one.attribute for one in found.assumptions} == {"site", "agitation", "temperature", "media"}
    assert set(found.assumed_from_reference) == {"temperature", "media"}


def test_case__a_vessel_of_another_scale_is_noted_in_the_answer() -> None:
    assert any("B has run 100 L in 16 batches; 500 L lies outside" in note for note in answered(scale="500 L").notes)
