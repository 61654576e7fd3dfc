"""Steps of a process definition: what belongs to which step, and which definitions are refused."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales, last_step, not_after, one_step, step_of
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.steps import steps_definition


@pytest.fixture
def train() -> Process:
    return process_of(steps_definition())


@pytest.mark.parametrize(
    ("attribute", "step"),
    [
        ("temperature", "culture"),
        ("titre", "culture"),
        ("load", "capture"),
        ("load_per_resin", "capture"),
        ("pool_hmw", "capture"),
        ("resin_capacity", "capture"),
        ("speed", "fill"),
        ("hmw", "fill"),
    ],
)
def test_step_of__follows_the_sources_the_parts_and_the_material(train: Process, attribute: str, step: str) -> None:
    assert step_of(train, attribute) == step


def test_step_of__is_none_without_steps(small: Make) -> None:
    process = process_of(small())
    assert (step_of(process, "temperature"), last_step(process)) == (None, None)
    assert not_after(process, None, None)


def test_one_step__of_parts_of_several_steps_is_the_last(train: Process) -> None:
    assert one_step(train, ["titre", "load"]) == "fill"
    assert one_step(train, ["titre", "temperature"]) == "culture"


def test_order__is_that_of_the_definition(train: Process) -> None:
    assert not_after(train, "culture", "capture")
    assert not not_after(train, "fill", "capture")


def test_further_scales__are_those_of_the_other_steps(train: Process) -> None:
    assert further_scales(train) == {"capture": "column_volume"}


def _refused(definition: PlainData, sentence: str) -> None:
    with pytest.raises(ScalebridgeError, match=sentence):
        process_of(definition)


def test_definition__with_an_unknown_step_in_a_source_is_refused() -> None:
    given = steps_definition()
    given["sources"]["captures"]["step"] = "polishing"
    _refused(given, r"sources.captures names the step 'polishing', which does not exist; steps are culture, capture, fill")


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
    _refused(given, "sources.batches names the step 'culture', but the process declares no `steps`")


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
    _refused(given, "steps.capture names 'loaded', which is not an attribute")
