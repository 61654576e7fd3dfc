"""The settings of a product in a vessel."""

import pytest

from pipeline.answers.case.draft import Asked
from pipeline.answers.case.setting_history import SettingHistory
from pipeline.answers.profile.place import profiled_place
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import history, pot
from tests.support.stirred_pot import bare_run, stirred_run

HISTORY = SettingHistory(pot(), history(24).batches)


def test_place__has_the_defaults_of_a_draft_and_the_site_of_the_vessel() -> None:
    place = profiled_place(HISTORY, Asked("P", "100 L", "B"))
    assert place.site == "There"
    settings = {one.name: one for one in place.settings}
    assert set(settings) == {"agitation", "temperature"}
    agitation = settings["agitation"]
    assert "in B" in agitation.source
    assert agitation.supported is not None
    assert agitation.slider is not None
    assert isinstance(agitation.default, float)
    assert (
        agitation.slider[0] < agitation.supported.low <= agitation.default <= agitation.supported.high < agitation.slider[1]
    )


def test_place__the_scale_is_a_setting_with_the_range_of_the_vessel() -> None:
    place = profiled_place(HISTORY, Asked("P", "90 L", "B"))
    assert place.scale is not None
    assert place.scale.default == 90.0
    assert place.scale.supported is not None
    assert place.scale.supported.sentence.startswith("B has run 100 L in ")


def test_place__refuses_equipment_that_history_does_not_know() -> None:
    with pytest.raises(ScalebridgeError, match="No batch was made on equipment 'Z'"):
        profiled_place(HISTORY, Asked("P", "100 L", "Z"))


def test_place__names_the_quantities_that_a_setting_can_hold_as_a_proposal_states_them() -> None:
    run = stirred_run()
    settings = {one.name: one for one in profiled_place(run.settings, Asked("P", "100 L", "B")).settings}
    assert ("tip_speed", "tip speed") in [(one.name, one.shown) for one in settings["agitation"].holds]
    assert settings["temperature"].holds == ()


def test_place__of_a_history_without_product_scale_and_vessel_has_settings_alone() -> None:
    place = profiled_place(bare_run().settings, Asked())
    assert (place.scale, place.equipment, place.site) == (None, None, None)
    assert [(one.name, one.supported is not None) for one in place.settings] == [("agitation", True), ("temperature", True)]
