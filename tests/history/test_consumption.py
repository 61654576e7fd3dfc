"""Bookings of a lot add up: issues, returns, units. What cannot be added is set aside."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of

CMA = {"role": "CMA", "horizon": "plan", "description": "x", "unit": "g/L", "material": "media"}


@pytest.fixture
def bookings(small: Make, tmp_path: Path) -> Any:
    """The history of batches B1 and B2 with files of bookings; the first row of each file is its header."""

    def make(*files: list[str], **changes: Any) -> Any:
        batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
        (tmp_path / "lots.csv").write_text("lot,glucose\nL1,90\nL2,80\n")
        for number, lines in enumerate(files):
            (tmp_path / f"used{number}.csv").write_text("\n".join(lines) + "\n")
        definition = small(materials={"media": {}})
        definition["attributes"]["glucose"] = CMA | {"column": "lots.glucose"}
        columns = {"batch": "batch", "material": "mat", "lot": "lot", "quantity": "qty"}
        definition["sources"] |= {
            "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
            "used": {"gives": "genealogy", "files": ["used*.csv"]} | columns | changes,
        }
        return history_of(definition, tmp_path)

    return make


def shares(history: Any) -> dict[tuple[str, str], float]:
    return {(batch, lot): fraction for batch, _, lot, fraction in history.genealogy.rows()}


def test_consumed__containers_of_one_lot_add_up(bookings: Any) -> None:
    """The same lot is issued in several containers, some of the same content."""
    used = ["batch,mat,lot,qty", "B1,media,L1,25", "B1,media,L1,25", "B1,media,L2,50", "B2,media,L1,25", "B2,media,L1,10"]
    history = bookings([*used, "B2,media,L2,35"])
    assert shares(history) == {("B1", "L1"): 0.5, ("B1", "L2"): 0.5, ("B2", "L1"): 0.5, ("B2", "L2"): 0.5}
    assert history.quarantine.is_empty()


def test_consumed__a_return_is_subtracted(bookings: Any) -> None:
    history = bookings(["batch,mat,lot,qty", "B1,media,L1,40", "B1,media,L1,-10", "B1,media,L2,10"])
    assert shares(history) == {("B1", "L1"): 0.75, ("B1", "L2"): 0.25}


def test_consumed__a_lot_that_was_given_back_is_set_aside(bookings: Any) -> None:
    used = ["B1,media,L1,0.3", "B1,media,L1,-0.1", "B1,media,L1,-0.2", "B1,media,L2,5", "B2,media,L1,5", "B2,media,L1,-7"]
    history = bookings(["batch,mat,lot,qty", *used])
    assert shares(history) == {("B1", "L2"): 1.0}
    zero, less = (
        f"the amounts of this lot in this batch add up to {what}" for what in ("zero: it was given back", "less than zero")
    )
    assert history.quarantine.select("row", "reason").rows() == [(2, zero), (3, zero), (4, zero), (6, less), (7, less)]


def test_consumed__amounts_are_converted_and_different_dimensions_are_not_added(bookings: Any) -> None:
    used = ["B1,media,L1,25,kg", "B1,media,L1,25000,g", "B1,media,L2,50,kg", "B2,media,L1,25,kg", "B2,media,L2,3,L"]
    history = bookings(["batch,mat,lot,qty,u", *used, "B2,media,L2,3,boxes", "B2,media,L2,3,"], unit="u")
    assert shares(history) == {("B1", "L1"): pytest.approx(0.5), ("B1", "L2"): pytest.approx(0.5)}
    mixed = "amounts of material 'media' in this batch are in L and kg, which cannot be added"
    assert history.quarantine.select("row", "column", "reason").rows() == [
        (5, "u", mixed),
        (6, "u", mixed),
        (7, "u", "unit 'boxes' is not known"),
        (8, "u", "the amount has no unit"),
    ]


def test_consumed__an_overlap_of_two_exports_counts_once(bookings: Any) -> None:
    header = "batch,mat,lot,qty"
    history = bookings([header, "B1,media,L1,25", "B1,media,L2,25"], [header, "B1,media,L1,25", "B1,media,L2,50"])
    assert shares(history) == {("B1", "L1"): 0.25, ("B1", "L2"): 0.75}
    assert history.quarantine.select("file", "row").rows() == [("used1.csv", 2)]
    assert history.quarantine["reason"][0].startswith("repeats row 2 of used0.csv, an earlier file")


def test_consumed__a_booking_counts_once_by_its_number(bookings: Any) -> None:
    used = [
        "B1,media,L1,25,1",
        "B1,media,L1,25,2",
        "B1,media,L1,25,2",
        "B1,media,L2,50,3",
        "B2,media,L1,5,4",
        "B2,media,L1,6,4",
    ]
    history = bookings(["batch,mat,lot,qty,doc", *used], ["batch,mat,lot,qty,doc", "B1,media,L2,50,5"], booking="doc")
    assert shares(history) == {("B1", "L1"): pytest.approx(1 / 3), ("B1", "L2"): pytest.approx(2 / 3)}
    assert history.quarantine.select("row", "reason").rows() == [
        (4, "repeats row 3 of used0.csv"),
        (6, "contradicts row 7 of used0.csv: same batch and material and lot and booking, other values"),
        (7, "contradicts row 6 of used0.csv: same batch and material and lot and booking, other values"),
    ]


def test_consumed__a_minus_behind_the_amount_takes_it_back(bookings: Any) -> None:
    history = bookings(["batch,mat,lot,qty", "B1,media,L1,10", "B1,media,L2,20", "B1,media,L2,10.0-"])
    assert shares(history) == {("B1", "L1"): 0.5, ("B1", "L2"): 0.5}


def test_consumed__a_column_may_say_that_an_amount_is_taken_back(bookings: Any) -> None:
    """An ERP books issues with the type 261 and their reversals with 262, both without a sign or with one."""
    used = ["B1,media,L1,50,261", "B1,media,L2,75,261", "B1,media,L2,25,262", "B2,media,L1,9,261", "B2,media,L1,-8,262"]
    history = bookings(["batch,mat,lot,qty,type", *used], taken_back={"column": "type", "are": ["262"]})
    assert shares(history) == {("B1", "L1"): 0.5, ("B1", "L2"): 0.5, ("B2", "L1"): 1.0}
    assert history.quarantine.is_empty()


@pytest.mark.parametrize("unread", ["5O,kg", ",kg", "50,", "50,sack"])
def test_consumed__shares_beside_an_amount_that_cannot_be_read_are_not_known(bookings: Any, unread: str) -> None:
    used = ["B1,media,L1,50,kg", f"B1,media,L2,{unread}", "B1,media,L2,50,kg", "B2,media,L1,50,kg"]
    history = bookings(["batch,mat,lot,qty,u", *used], unit="u")
    assert shares(history) == {("B2", "L1"): 1.0}
    why = "the shares are not known: another amount of this material in this batch cannot be read, row 3 of used0.csv"
    assert history.quarantine.filter(reason=why)["row"].to_list() == [2, 4]
    assert history.quarantine["row"].sort().to_list() == [2, 3, 4]


def test_record__shows_the_amount_as_the_file_has_it(bookings: Any) -> None:
    used = ["batch,mat,lot,qty,U", "B1,media,L1,25,g", "B2,media,L1,-1.5,L"]
    (record,) = bookings(used, unit="U").quarantine.select("column", "value", "reason").rows()
    assert record == ("qty", "-1.5", "the amount is not above zero")


def test_consumed__an_amount_without_a_lot_makes_the_shares_of_its_material_unknown(bookings: Any) -> None:
    history = bookings(["batch,mat,lot,qty", "B1,media,L1,25", "B1,media,,25", "B2,media,L1,10", "B2,media,L2,30"])
    assert shares(history) == {("B2", "L1"): 0.25, ("B2", "L2"): 0.75}
    unknown = "the shares are not known: another amount of this material in this batch has no lot, row 3 of used0.csv"
    assert history.quarantine.select("row", "column", "value", "reason").rows() == [
        (2, "qty", "25.0", unknown),
        (3, "lot", None, "missing"),
    ]
    assert history.ledger.filter(source="used").select("read", "valid", "quarantined").rows() == [(4, 2, 2)]


@pytest.mark.parametrize("amount", ["", "0"])
def test_consumed__a_row_with_neither_a_lot_nor_an_amount_says_nothing(bookings: Any, amount: str) -> None:
    history = bookings(["batch,mat,lot,qty", "B1,media,L1,25", f"B1,media,,{amount}"])
    assert shares(history) == {("B1", "L1"): 1.0}


def test_consumed__an_unreadable_amount_without_a_lot_is_an_amount(bookings: Any) -> None:
    history = bookings(["batch,mat,lot,qty", "B1,media,L1,25", "B1,media,,about 5"])
    assert shares(history) == {}
    assert set(history.quarantine["row"]) == {2, 3}


def test_consumed__an_amount_without_a_lot_of_another_material_changes_nothing(bookings: Any) -> None:
    history = bookings(["batch,mat,lot,qty", "B1,media,L1,25", "B1,salt,,25"])
    assert shares(history) == {("B1", "L1"): 1.0}
