"""Rows that the served model takes: what a plan states, in display units, and nothing that the software computes."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import LotShare, Proposal
from pipeline.tracking.served_columns import example, input_columns, proposal_of
from tests.conftest import process_of
from tests.support.pot import definition, pot
from tests.support.spectral_history import MADE, SpectralHistory
from tests.support.trained_pot import trained_run

ROW = {"product": "P", "scale": 100.0, "equipment": "B", "agitation": 60.0, "media_lot": "L01"}


def _proposed(row: Mapping[str, object], process: Process | None = None) -> Proposal:
    process = process or pot()
    return proposal_of(process, input_columns(process), row, "row 1")


def test_input_columns__are_those_of_the_plan() -> None:
    """Neither a derived attribute, nor a property of a lot, which follows from the lot, nor a result is a column."""
    columns = input_columns(pot())
    own = ("product", "scale", "name", "site", "equipment", "unstated", "reference_scale")
    assert tuple(columns) == (*own, "agitation", "temperature", "media_lot")
    assert [name for name, column in columns.items() if column.required] == ["product", "scale"]
    assert (columns["scale"].unit, columns["agitation"].unit, columns["media_lot"].unit) == ("L", "rpm", None)
    assert columns["agitation"].holds == "a number in rpm, or a text with a unit such as '60 rpm'"


def test_input_columns__hold_no_product_and_no_scale_where_the_process_states_none() -> None:
    made = definition()
    for key, name in (("product", "product"), ("scale", "volume")):
        del made[key], made["attributes"][name]
    del made["attributes"]["revolutions"]  # derived from the volume
    process = process_of(made)
    assert tuple(input_columns(process)) == (
        "name",
        "site",
        "equipment",
        "unstated",
        "agitation",
        "temperature",
        "media_lot",
    )
    assert _proposed({"agitation": 60.0}, process).product == ""


def test_input_columns__hold_the_properties_of_a_lot_that_is_used_once() -> None:
    """The lot of the next batch is a new one, such as the cells of a patient. So a row states what was measured on it."""
    made = definition()
    made["materials"] = {"media": {"used_once": True}}
    process = process_of(made)
    columns = input_columns(process)
    assert set(columns) - set(input_columns(pot())) == {"copper", "zinc"}
    assert columns["copper"].unit == "g/L"
    found = _proposed({"product": "P", "scale": 100.0, "copper": 0.2, "zinc": "3 g/L"}, process)
    assert (found.settings, dict(found.lots)) == ({"copper": 0.2, "zinc": "3 g/L"}, {})


def test_input_columns__hold_no_quantity_of_an_operation(tablets: Process) -> None:
    columns = input_columns(tablets)
    assert not [name for name in columns if "." in name]
    assert not set(columns) & set(tablets.targets)


def test_input_columns__two_of_one_name_are_refused() -> None:
    made = definition()
    made["attributes"]["unstated"] = {**made["attributes"]["agitation"], "column": "batches.unstated"}
    with pytest.raises(ScalebridgeError, match="two columns called unstated; rename the attribute"):
        input_columns(process_of(made))


def test_proposal_of__says_what_the_row_says() -> None:
    found = _proposed(ROW | {"site": None, "temperature": math.nan, "name": "next"})
    assert (found.name, found.product, found.scale, found.equipment, found.site) == ("next", "P", 100.0, "B", None)
    assert found.settings == {"agitation": 60.0}
    assert found.lots == {"media": (LotShare("L01"),)}
    assert found.unstated == "as_reference"


def test_proposal_of__takes_units_and_mixed_lots_as_a_proposal_does() -> None:
    lots = [{"lot": "L01", "fraction": 0.25}, {"lot": "L02", "fraction": 0.75}]
    found = _proposed(
        {"product": "P", "scale": "0.1 m3", "agitation": "1 1/s", "media_lot": lots, "unstated": "as_reference"}
    )
    assert (found.scale, found.settings, found.unstated) == ("0.1 m3", {"agitation": "1 1/s"}, "as_reference")
    assert [share.fraction for share in found.lots["media"]] == [0.25, 0.75]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agitation": math.inf}, "row 1, column 'agitation': inf is not a finite number; the column takes a number in rpm"),
        ({"agitation": "-inf rpm"}, "column 'agitation': -inf rpm is not a finite number"),
        ({"agitation": "1e999"}, "column 'agitation': 1e999 is not a finite number"),
        ({"agitation": 10**400}, "is not a finite number"),
        ({"agitation": "nan"}, "nan is not a finite number"),
        ({"agitation": True}, "column 'agitation': True is bool; the column takes a number in rpm"),
        ({"agitation": [60]}, r"column 'agitation': \[60\] is list; the column takes a number in rpm"),
        ({"agitation": " "}, "column 'agitation': the text is empty; leave the cell out or write null"),
        ({"scale": math.nan}, "row 1: 'scale' must be stated"),
        ({"scale": math.inf}, "column 'scale': inf is not a finite number"),
        ({"product": None}, "row 1: 'product' must be stated"),
        ({"product": 12}, "column 'product': 12 is a number; the column takes a text"),
        ({"equipment": 7.0}, "column 'equipment': 7.0 is a number; the column takes a text"),
        ({"unstated": "guess"}, "row 1 is not valid:\n  unstated: Input should be 'missing' or 'as_reference'"),
        ({"media_lot": 3}, "row 1 is not valid:\n  lots.media"),
        ({"media_lot": [{"lot": "L01", "fraction": 2}]}, "lots.media.0.fraction: Input should be less than or equal to 1"),
        ({"agitaton": 60.0}, "row 1: there is no column 'agitaton'; columns are product, scale, "),
        ({"bioreactor.tip_speed": 1.0}, "there is no column 'bioreactor.tip_speed'"),
    ],
)
def test_proposal_of__a_cell_that_is_not_what_its_column_holds_is_a_sentence(change: dict[str, object], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        _proposed(ROW | change)


def test_example__repeats_batches_at_the_largest_scale_in_display_units() -> None:
    run = trained_run()
    columns = input_columns(run.process)
    first, second = example(run, columns.values())
    batch = run.history.batches.filter(batch_id="B002").row(0, named=True)
    assert first["name"] == "as B002"
    assert (first["product"], first["scale"], first["equipment"], first["site"]) == ("Q", 100.0, "B", "There")
    assert first["agitation"] == pytest.approx(60 * batch["agitation"], rel=1e-5)
    assert first["media_lot"] == "L02"
    assert first["reference_scale"] is None
    for row in (first, second):
        assert proposal_of(run.process, columns, row, "row 1").product == row["product"]


def test_spectrum__of_a_batch_is_a_column_with_a_list_and_one_of_a_lot_is_none() -> None:
    process = process_of(SpectralHistory(MADE).definition())
    columns = input_columns(process)
    assert columns["nir"].holds == "a list of numbers in the order of the channels, in their unit"
    row = {"product": "A", "scale": 50.0, "nir": np.linspace(0, 1, 16)}
    assert proposal_of(process, columns, row, "row 1").spectra == {"nir": tuple(np.linspace(0, 1, 16))}
    for wrong in ("0.1", 0.1, ["x"]):
        with pytest.raises(ScalebridgeError, match=r"column 'nir': .* the column takes a list of numbers"):
            proposal_of(process, columns, row | {"nir": wrong}, "row 1")
    assert "nir" not in input_columns(process_of(SpectralHistory(MADE, of_lots=True).definition()))
