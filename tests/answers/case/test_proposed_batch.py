"""A proposal that names the equipment of a step."""

from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.case.settable import check_settable
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.proposal import Proposal
from pipeline.history.tables import History
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.many_steps import long_history, planned_load


def _with_columns_of_the_capture(role: str = "context") -> PlainData:
    """The train with a data sheet of the chromatography columns. role: that of the name of a column."""
    given = planned_load()
    name = {"role": role, "horizon": "plan", "kind": "text", "description": "x"}
    given["steps"]["capture"]["equipment"] = "column"
    given["sources"]["columns"] = {"gives": "details", "step": "capture", "key": ["column"], "files": ["columns.csv"]}
    given["attributes"]["column"] = {**name, "column": ["captures.Column", "columns.Column"]}
    given["attributes"]["bed_height"] = {
        **name,
        "role": "context",
        "kind": "number",
        "unit": "cm",
        "column": "columns.Bed height cm",
    }
    return given


@pytest.fixture
def history(tmp_path: Path) -> History:
    given = _with_columns_of_the_capture()
    (tmp_path / "columns.csv").write_text("Column,Bed height cm\nK1,10\nK2,20\n")
    found = long_history(tmp_path, given)
    names = [one.name for one in fields(History)]
    return History(**{name: table for name, table in found.__dict__.items() if name in names})


def test_equipment_of_a_step__brings_its_data_sheet(history: History) -> None:
    settings = {"column": "K2"}
    asked = Proposal("p", "train", product="A", scale="100 L", settings=settings)
    found = propose(process_of(_with_columns_of_the_capture()), asked, history)
    assert found.history.batches["bed_height"][0] == pytest.approx(0.2)
    assert "bed_height" not in found.assumed


def test_equipment_of_a_step__does_not_replace_what_is_stated(history: History) -> None:
    asked = Proposal("p", "train", product="A", scale="100 L", settings={"column": "K2", "bed_height": "15 cm"})
    found = propose(process_of(_with_columns_of_the_capture()), asked, history)
    assert found.history.batches["bed_height"][0] == pytest.approx(0.15)


def test_equipment_of_a_step__on_which_nothing_ran_is_refused(history: History) -> None:
    asked = Proposal("p", "train", product="A", scale="100 L", settings={"column": "K22"})
    sentence = (
        "setting 'column': no batch ran on 'K22'; known are K1, K2; for a new one, leave 'column' out and state its properties: "
        "bed_height"
    )
    with pytest.raises(ScalebridgeError, match=sentence):
        propose(process_of(_with_columns_of_the_capture()), asked, history)


def test_equipment_of_a_step__on_which_nothing_ran_may_have_stated_properties(history: History) -> None:
    asked = Proposal("p", "train", product="A", scale="100 L", settings={"column": "K22", "bed_height": "15 cm"})
    found = propose(process_of(_with_columns_of_the_capture()), asked, history)
    assert found.history.batches["column"][0] == "K22"


@pytest.mark.parametrize("role", ["context", "identifier"])
def test_equipment_of_a_step__can_be_set_whatever_its_role(role: str) -> None:
    asked = Proposal("p", "train", product="A", scale="100 L", settings={"column": "K2"})
    check_settable(process_of(_with_columns_of_the_capture(role)), asked)
