"""Steps of a process definition: what belongs to which step, and which definitions are refused."""

import pytest

from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales, last_step, not_after, one_step, step_of
from tests.conftest import process_of
from tests.support.definitions import Make
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
