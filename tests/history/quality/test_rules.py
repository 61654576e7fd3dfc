"""Each cause has the edit that mends it. Where an edit changes the definition, it is applied, and the cells are read."""

from pathlib import Path

import pytest
import yaml

from tests.support.definitions import Make, PlainData
from tests.support.quality import CPP, edits, judged
from tests.support.raw_files import batches_csv, history_of
from tests.support.steps import steps_definition, steps_files

LIMS = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"Titre": "titre"}}


def _lims(definition: PlainData, **changes: object) -> PlainData:
    definition["sources"]["lims"] = LIMS | changes
    return definition


def test_edits__a_file_with_decimal_commas_gets_the_decimal_mark(small: Make, tmp_path: Path) -> None:
    lines = ["batch;product;volume;temperature;titre", *(f"B{i};P;1;36,{i};1,5" for i in range(1, 6))]
    (tmp_path / "batches.csv").write_text("\n".join(lines) + "\n")
    definition = small()
    definition["sources"]["batches"]["format"] = {"kind": "csv", "separator": ";"}
    _, history, found = judged(definition, tmp_path)
    assert history.batches.is_empty()
    assert '`sources.batches.format.decimal: ","`' in edits(found, "temperature")
    definition["sources"]["batches"]["format"]["decimal"] = ","
    assert history_of(definition, tmp_path).batches.height == 5


def test_edits__few_decimal_commas_among_points_are_replaced_one_by_one(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, *(f"B{i},P,1,36.{i},1" for i in range(1, 9)), 'C,P,1,"36,9",1')
    definition = small()
    _, _, found = judged(definition, tmp_path)
    text = edits(found, "temperature")
    assert "decimal:" not in text
    values = yaml.safe_load(text.split("`")[-2])["values"]
    definition["attributes"]["temperature"]["column"] = {"source": "batches", "column": "temperature", "values": values}
    assert history_of(definition, tmp_path).batches.height == 9


def test_edits__one_mark_before_three_digits_is_not_decided(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", *(f'C{i},P,"1,{i}00",36,1' for i in range(1, 9)))
    _, _, found = judged(small(), tmp_path)
    assert "or it separates thousands" in edits(found, "volume")


def test_edits__words_become_nulls_beside_those_that_are_declared(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,n.d.,1", "B3,P,1,k. A.,1", "B4,P,1,-,1")
    definition = small()
    definition["sources"]["batches"]["nulls"] = ["", "offen"]
    _, _, found = judged(definition, tmp_path)
    snippet = edits(found, "temperature").split("`")[-2]
    nulls = yaml.safe_load(snippet)["sources.batches.nulls"]
    assert set(nulls) == {"", "offen", "n.d.", "k. A.", "-"}
    definition["sources"]["batches"]["nulls"] = nulls
    assert history_of(definition, tmp_path).batches.height == 4


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("#DIV/0!", "could not compute"),
        ("36.5 C", "more than a number"),
        ("<36", "limit is read only for an attribute of role CQA or IPC"),
        ("1.412.698", "If all numbers of the file are so, declare the mark between the groups"),
        ("1 412 698", "write `sources.batches.format.thousands: ' '`"),
        ("1'412'698", "format.thousands: "),
        ("36\u00a05", "`36\\xa05`"),
        ("3x6", "more than a number"),
        ("--36", "give replacements"),
        ("\x1b[31m36", r"`\x1b[31m36`"),
    ],
)
def test_edits__of_a_number_say_what_the_text_is(small: Make, tmp_path: Path, written: str, words: str) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", f"B2,P,1,{written},1")
    _, _, found = judged(small(), tmp_path)
    assert words in edits(found, "temperature")


def _with_start(small: PlainData, form: str) -> PlainData:
    column = {"source": "batches", "column": "start", "date": {"format": form}}
    small["attributes"]["start"] = CPP | {"role": "identifier", "kind": "date", "column": column}
    return small | {"started": "start"}


def _starts(folder: Path, *starts: str) -> None:
    rows = [f"B{i},P,1,36,1,{start}" for i, start in enumerate(starts)]
    (folder / "batches.csv").write_text("\n".join(["batch,product,volume,temperature,titre,start", *rows]) + "\n")


def test_edits__of_dates_name_the_formats_that_fit_and_how_many_cells(small: Make, tmp_path: Path) -> None:
    _starts(tmp_path, "2024-03-01 08:00", "13.03.2024", "14.03.2024", "2024-03-15", "n.d.", "spring")
    _, _, found = judged(_with_start(small(), "%Y-%m-%d %H:%M"), tmp_path)
    text = edits(found, "start")
    assert "2 of 5 cells fit the format `%d.%m.%Y`" in text
    assert "1 of 5 cells fit the format `%Y-%m-%d`" in text
    assert "`date: ['%Y-%m-%d %H:%M', '%d.%m.%Y', '%Y-%m-%d']` at the column of 'start'" in text
    assert "nulls" in text


def test_edits__of_dates_do_not_choose_between_day_and_month(small: Make, tmp_path: Path) -> None:
    _starts(tmp_path, "01/02/2024", "03/04/2024")
    _, _, found = judged(_with_start(small(), "%Y-%m-%d"), tmp_path)
    text = edits(found, "start")
    assert "`%d/%m/%Y`" in text
    assert "`%m/%d/%Y`" in text
    assert "ask who wrote the file" in text


def test_edits__of_dates_take_a_format_that_reads_all_over_two_that_read_a_part(small: Make, tmp_path: Path) -> None:
    _starts(tmp_path, "01/02/2024", "13/02/2024", "02/03/2024")
    _, _, found = judged(_with_start(small(), "%Y-%m-%d"), tmp_path)
    assert "3 of 3 cells fit the format `%d/%m/%Y`: " in edits(found, "start")


def test_edits__two_digits_of_a_year_are_no_year_of_antiquity(small: Make, tmp_path: Path) -> None:
    _starts(tmp_path, "13.03.24")
    _, _, found = judged(_with_start(small(), "%Y-%m-%d"), tmp_path)
    assert "`%d.%m.%y`" in edits(found, "start")


def test_edits__of_dates_without_a_usual_format_say_so(small: Make, tmp_path: Path) -> None:
    _starts(tmp_path, "14/03/19 9am")
    _, _, found = judged(_with_start(small(), "%Y-%m-%d"), tmp_path)
    assert "no usual format fits" in edits(found, "start")


def test_edits__of_times_name_the_time_format(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    (tmp_path / "s.csv").write_text("b,t,speed\nB1,01.02.2024 10:00:00,5\n")
    definition = small()
    definition["sources"]["s"] = {"gives": "trajectories", "files": ["s.csv"], "batch": "b", "time": "t"}
    definition["attributes"]["speed"] = CPP | {"horizon": "in_process", "column": "s.speed"}
    _, _, found = judged(definition, tmp_path)
    text = edits(found, "t")
    assert "`%d.%m.%Y %H:%M:%S`" in text
    assert "`sources.s.time_format: [" in text


def test_edits__values_outside_the_range_name_a_unit_in_which_all_are_inside(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,98.6,1", "B3,P,1,97,1")
    definition = small()
    definition["attributes"]["temperature"]["between"] = [30, 42]
    _, _, found = judged(definition, tmp_path)
    assert "`unit: degF`" in edits(found, "temperature")


def test_edits__a_typing_error_outside_the_range_names_no_unit(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,3600000,1")
    _, _, found = judged(small(), tmp_path)
    text = edits(found, "temperature")
    assert "unit:" not in text
    assert "Correct typing errors" in text


def test_edits__an_undeclared_test_that_is_spelled_nearly_alike_is_named(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,")
    (tmp_path / "lims.csv").write_text("b,t,v\nB1,titre ,3\nB1,Osmolality,300\n")
    definition = _lims(small())
    _, _, found = judged(definition, tmp_path)
    text = edits(found, "t")
    assert "`titre` is spelled almost like 'Titre': add `sources.lims.names: {titre: titre}`" in text
    assert "nothing is to be done for a test that is not used" in text


def test_edits__other_reasons_say_what_to_do(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,", "B2,P,1,36,", ",P,1,36,", "B3,,1,36,")
    (tmp_path / "lims.csv").write_text(
        "b,t,v,u\nB1,Titre,3,g/L\nB1,Titre,3,g/L\nB2,Titre,3,furlong\nb-1,Titre,3,g/L\nB2,Titre,,g/L\nB2,Titre,4,g/L\nB2,Titre,5,g/L\n"
    )
    _, _, found = judged(_lims(small(), unit="u"), tmp_path)
    assert "Nothing is to be done" in edits(found, "t", "repeats")
    assert "Correct the unit `furlong` in the file: no word 'furlong'" in edits(found, "u")
    assert "`b-1`" in edits(found, "b", "no valid batch")
    assert "A result without a value is not used" in edits(found, "v", "missing")
    assert "declare the column as `revision`" in edits(found, "t", "contradicts")
    assert "has no value of 'batch'" in edits(found, "batch", "no value")
    assert "Write the product in the file" in edits(found, "product")


def test_edits__a_batch_that_is_spelled_nearly_alike_is_named(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B-001,P,1,36,", "B-002,P,1,36,")
    (tmp_path / "lims.csv").write_text("b,t,v\nB001,Titre,3\n")
    _, _, found = judged(_lims(small()), tmp_path)
    assert "`B001` is spelled almost like 'B-001'" in edits(found, "b")


def test_edits__every_cause_has_one(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B1,P,1,37,1", "B2,P,-1,36,1", "B3,P,1,99,1", "B4,P,1,x,1", ",,,,")
    _, _, found = judged(small(), tmp_path)
    assert len(found.causes) == 5
    for cause in found.causes:
        assert cause.edits, cause.reason
        assert sum(edit.cells for edit in cause.edits) == cause.cells


def test_edits__a_file_with_decimal_points_under_a_declared_comma_gets_the_point(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, *(f"B{i},P,1,36.{i},1" for i in range(1, 9)))
    definition = small()
    definition["sources"]["batches"]["format"] = {"kind": "csv", "decimal": ","}
    _, _, found = judged(definition, tmp_path)
    assert '`sources.batches.format.decimal: "."`, if all numbers of the file have one' in edits(found, "temperature")


def test_edits__of_replaced_results_are_one_cause_with_nothing_to_do(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, *(f"B{i},P,1,36," for i in range(4)))
    (tmp_path / "lims.csv").write_text("b,t,v\n" + "".join(f"B{i},Titre,{v}\n" for i in range(4) for v in (1, 2)))
    definition = small()
    lims = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"Titre": "titre"}}
    definition["sources"]["lims"] = lims | {"replicates": "last"}
    _, _, found = judged(definition, tmp_path)
    assert [(cause.reason, cause.cells) for cause in found.causes] == [("a later result replaces it", 4)]
    assert found.causes[0].edits[0].text == "Nothing is to be done: the other row is used."


def test_edits__of_a_batch_in_another_case_do_not_ask_to_add_it(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,")
    (tmp_path / "lims.csv").write_text("b,t,v\nb1,Titre,1\n")
    definition = small()
    lims = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"Titre": "titre"}}
    definition["sources"]["lims"] = lims
    _, _, found = judged(definition, tmp_path)
    assert "fold: {b: [case, blanks]}" in found.causes[0].edits[0].text
    assert "Add the batch" not in found.causes[0].edits[0].text


def test_edits__a_time_that_goes_back_says_what_to_leave_out_if_the_order_is_another(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    (tmp_path / "h.csv").write_text("b,at,DO\nB1,2024-03-01 14:05:00,40\nB1,2024-03-01 14:01:00,41\n")
    definition = small()
    definition["attributes"]["oxygen"] = {**CPP, "horizon": "in_process", "column": "probes.DO"}
    probes = {"gives": "trajectories", "files": ["h.csv"], "batch": "b", "time": "at", "in_order": True}
    definition["sources"]["probes"] = probes
    _, history, found = judged(definition, tmp_path)
    assert history.trajectories.height == 1
    assert "leave out `sources.probes.in_order`" in edits(found, "at")
    del probes["in_order"]
    assert history_of(definition, tmp_path).trajectories.height == 2


def test_edits__a_batch_that_is_not_traced_names_where_its_transfers_are_missing(tmp_path: Path) -> None:
    steps_files(tmp_path, transfers="From,To,g\nC1,P1,20\nC3,P3,60\nP1,F1,60\nP1,F2,40\nP2,F2,40\nP3,F3,70\n")
    _, _, found = judged(steps_definition(), tmp_path)
    assert "No transfer that can be used leads to `P2`. Mend or add the transfers to it in" in edits(found, "volume")
