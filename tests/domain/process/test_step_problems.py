"""Checks of the steps of a definition."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.steps import steps_definition


def _refused(definition: PlainData, sentence: str) -> None:
    with pytest.raises(ScalebridgeError, match=sentence):
        process_of(definition)


def test_definition__with_an_unknown_step_in_a_source_is_refused() -> None:
    given = steps_definition()
    given["sources"]["captures"]["step"] = "polishing"
    _refused(given, r"sources.captures.step is 'polishing', which is no step; steps are culture, capture, fill")


def test_definition__with_a_step_without_batches_is_refused() -> None:
    given = steps_definition()
    given["steps"] = {"seed": {"batch": "seed_batch"}, **given["steps"]}
    given["attributes"]["seed_batch"] = given["attributes"]["culture_batch"]
    _refused(given, "no source has `gives: batches` and `step: seed`")


def test_definition__whose_last_step_names_other_batches_is_refused() -> None:
    given = steps_definition(batch="capture_batch")
    _refused(
        given, "the batches of the last step 'fill' are named by 'fill_batch', and `batch` of the process is 'capture_batch'"
    )


def test_definition__with_steps_in_sources_alone_is_refused(small: Make) -> None:
    given = small()
    given["sources"]["batches"]["step"] = "culture"
    _refused(given, "sources.batches has `step`, but the process declares no `steps`")


def test_definition__with_one_attribute_of_two_steps_is_refused() -> None:
    given = steps_definition()
    given["attributes"]["load"]["column"] = ["captures.Load g", "fills.Load"]
    _refused(given, "'load' is read from sources of several steps")


def test_definition__with_an_unknown_material_of_a_step_is_refused() -> None:
    given = steps_definition()
    given["steps"]["capture"]["materials"] = ["resins"]
    _refused(given, "steps.capture.materials names 'resins', which does not exist; materials are resin")


def test_definition__with_a_scale_that_is_no_scale_is_refused() -> None:
    given = steps_definition()
    given["steps"]["capture"]["scale"] = {"attribute": "load"}
    _refused(given, "steps.capture.scale.attribute is 'load', of kind 'number' and role 'CPP'")


def test_definition__with_an_unknown_attribute_of_a_step_is_refused() -> None:
    given = steps_definition()
    given["steps"]["capture"]["balances"] = {"product": {"taken": ["loaded"], "given": ["eluate"]}}
    _refused(given, "steps.capture.balances.product.taken names 'loaded', which is not an attribute")


def test_definition__with_an_unknown_step_says_nothing_that_follows_from_it() -> None:
    given = steps_definition()
    given["sources"]["cultures"]["step"] = "cultur"
    with pytest.raises(ScalebridgeError) as error:
        process_of(given)
    assert str(error.value).endswith(
        ": sources.cultures.step is 'cultur', which is no step; steps are culture, capture, fill"
    )


@pytest.mark.parametrize(
    ("step", "change", "sentence"),
    [
        (
            "capture",
            {"scale": {"attribute": "volume"}},
            "steps.capture.scale.attribute is 'volume', which belongs to step 'culture'",
        ),
        ("capture", {"equipment": "reactor"}, "steps.capture.equipment is 'reactor', which belongs to step 'culture'"),
        ("culture", {"equipment": "fill_batch"}, "steps.culture.equipment is 'fill_batch', which belongs to step 'fill'"),
        ("capture", {"equipment": "load"}, "steps.capture.equipment is 'load', of kind 'number'; it must be of kind 'text'"),
        ("fill", {"materials": ["resin"]}, r"the material 'resin' is consumed in several steps \(capture, fill\)"),
        (
            "capture",
            {"materials": []},
            "sources.resin_uses gives the lots that step 'capture' consumed, but steps.capture",
        ),
    ],
)
def test_definition__with_a_part_of_another_step_is_refused(step: str, change: PlainData, sentence: str) -> None:
    given = steps_definition()
    given["steps"][step] |= change
    _refused(given, sentence)


def test_definition__whose_scale_is_of_no_step_is_refused() -> None:
    given = steps_definition()
    del given["steps"]["culture"]["scale"]
    _refused(
        given,
        r"'volume', which is the scale of no step; write `scale: {attribute: volume}` .* steps.culture",
    )


def test_definition__with_a_lot_in_the_rows_of_a_step_that_does_not_consume_it_is_refused() -> None:
    given = steps_definition(materials={"resin": {}, "medium": {"lot": ["medium_lot"]}})
    given["attributes"]["medium_lot"] = {**given["attributes"]["culture_batch"], "column": "cultures.Medium"}
    _refused(given, "materials.medium.lot names 'medium_lot' of step 'culture', but step 'fill' consumes the material")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to_batch": "From"}, "sources.transfers reads `from_batch` and `to_batch` from one column, 'From'"),
        (
            {"from_step": "filling"},
            "sources.transfers.from_step is 'filling', which is no step; steps are culture, capture, fill",
        ),
        (
            {"from_step": "fill", "to_step": "capture"},
            "sources.transfers leads from step 'fill' to step 'capture', which is not after it",
        ),
    ],
)
def test_definition__with_transfers_that_lead_nowhere_is_refused(change: PlainData, sentence: str) -> None:
    given = steps_definition()
    given["sources"]["transfers"] |= change
    _refused(given, sentence)


def test_definition__with_a_data_sheet_of_another_step_names_its_source() -> None:
    given = steps_definition()
    given["sources"]["reactors"] = {"gives": "details", "key": ["reactor"], "files": ["reactors.csv"]}
    given["attributes"]["reactor"]["column"] = ["cultures.Reactor", "reactors.Name"]
    _refused(given, r"'reactor' is read from sources of several steps .* or write the right `step` in sources.reactors")
