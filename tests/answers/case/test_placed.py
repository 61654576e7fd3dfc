"""Vessel and site of a proposal about the stirred pot: vessel A stands Here and runs 1 L, vessel B There and 100 L."""

import polars as pl
import pytest

from pipeline.answers.case.placed import placed
from pipeline.answers.case.setting_history import SettingHistory
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import history, pot, proposal

BATCHES = history(24).batches
SETTINGS = SettingHistory(pot(), BATCHES)


def test_placed__a_vessel_implies_its_site() -> None:
    found = placed(SETTINGS, proposal(site=None))
    assert found.proposal.site == "There"
    assert (found.assumed["site"].value, found.assumed["site"].origin) == ("There", "the site of B in 8 of 8 batches")
    assert found.notes == ()


def test_placed__what_is_stated_is_not_assumed() -> None:
    assert placed(SETTINGS, proposal()).assumed == {}


def test_placed__without_a_vessel_is_in_the_one_that_is_used_most_at_the_scale() -> None:
    both = SettingHistory(
        pot(), BATCHES.with_columns(equipment=pl.when(pl.col("batch_id") == "B002").then(pl.lit("C")).otherwise("equipment"))
    )
    found = placed(both, proposal(site=None, equipment=None))
    assert (found.proposal.equipment, found.proposal.site) == ("B", "There")
    assert found.assumed["vessel"].origin == "it ran 7 of the 8 batches at 100 L"
    assert found.assumed["vessel"].seen == "others are C"


def test_placed__without_a_vessel_stays_so_where_nothing_is_assumed() -> None:
    for given in ({"unstated": "missing"}, {"scale": "5000 L", "site": None}, {"site": "Here"}):
        found = placed(SETTINGS, proposal(equipment=None, **given))
        assert found.proposal.equipment is None
        assert found.assumed == {}


def test_placed__another_site_than_that_of_the_vessel_is_a_sentence() -> None:
    with pytest.raises(ScalebridgeError, match="the site is 'Here', but B has run only at There; correct one of the two"):
        placed(SETTINGS, proposal(site="Here"))


@pytest.mark.parametrize("scale", ["500 L", "1 L"])
def test_placed__a_scale_that_the_vessel_has_not_run_is_noted(scale: str) -> None:
    [note] = placed(SETTINGS, proposal(scale=scale)).notes
    assert note == f"B has run 100 L in 8 batches; {scale} lies outside of this, so its usual settings may not fit."


def test_placed__a_history_without_sites_implies_none() -> None:
    bare = SettingHistory(pot(), BATCHES.with_columns(site=pl.lit(None, dtype=pl.String)))
    found = placed(bare, proposal(site=None))
    assert (found.proposal.site, found.assumed) == (None, {})
