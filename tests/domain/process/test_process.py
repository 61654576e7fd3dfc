"""A wrong process definition is refused before anything runs, and the message says what is wrong."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData


def _refused(definition: PlainData, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        process_of(definition)


def test_process__small_definition_is_valid(small: Make) -> None:
    assert process_of(small()).targets == ("titre",)


def test_process__an_unknown_key_is_refused(small: Make) -> None:
    _refused(small(produkt="x"), r"produkt: Unexpected keyword argument")


def test_process__an_unknown_unit_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["titre"]["unit"] = "furlong/fortnigth"
    _refused(definition, r"attributes.titre.unit: Unit 'furlong/fortnigth' is not known")


@pytest.mark.parametrize("unit", [5, None, True, ["L"], {"a": 1}])
def test_process__a_unit_that_is_no_text_is_refused(small: Make, unit: object) -> None:
    definition = small()
    definition["attributes"]["titre"]["unit"] = unit
    _refused(definition, r"attributes.titre.unit: .* is no unit; write a text such as g/L")


def test_process__a_cqa_without_a_column_is_refused(small: Make) -> None:
    definition = small()
    del definition["attributes"]["titre"]["column"]
    _refused(definition, r"CQA 'titre' has no `column` and no `derive`, and no source names it")


def test_process__a_name_that_is_no_attribute_is_refused_with_what_there_is(small: Make) -> None:
    _refused(
        small(product="produkt"), r"product names 'produkt', which is not an attribute; attributes are batch, product, "
    )


def test_process__a_column_in_a_unit_of_another_kind_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["titre"]["column"] = {"source": "batches", "column": "titre", "unit": "rpm"}
    _refused(definition, r"'titre' has the unit 'g/L'; its column in source 'batches' has the unit 'rpm', which cannot")


def test_process__an_undeclared_source_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["titre"]["column"] = "lims.titre"
    _refused(definition, r"'titre' is read from source 'lims'; sources are batches")


def test_process__a_specification_the_wrong_way_round_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["titre"]["specification"] = {"lower": 5, "upper": 2}
    _refused(definition, r"the lower limit 5.0 is not below the upper limit 2.0")


def test_process__a_date_without_a_format_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["day"] = {
        "role": "identifier",
        "horizon": "plan",
        "kind": "date",
        "description": "x",
        "column": "batches.day",
    }
    _refused(definition, r"'day' is a date; its column in source 'batches' needs a `date`")


def test_process__a_second_column_for_the_same_batch_row_is_refused(small: Make) -> None:
    definition = small()
    definition["sources"]["more"] = {"gives": "details", "files": ["more.csv"], "key": ["batch"]}
    definition["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    definition["attributes"]["temperature"]["column"] = ["batches.temperature", "more.temperature"]
    _refused(definition, r"'temperature' is read from the batch rows and from source 'more', where it is not part of `key`")


def test_process__a_reserved_name_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["lineage"] = dict(definition["attributes"]["temperature"])
    _refused(definition, r"the attribute name 'lineage' is reserved .* or set `scale.within` to it")


def test_process__a_scale_that_is_no_scale_is_refused(small: Make) -> None:
    _refused(
        small(scale={"attribute": "temperature"}),
        r"of kind 'number' and role 'CPP'; it must be of kind 'number' and role 'scale'",
    )


def test_process__a_misspelt_rule_is_refused(small: Make) -> None:
    _refused(small(corrections=[{"kind": "swap", "name": "x", "reason": "y"}]), r"corrections.0: .*'exchange'")


def test_process__attributes_derived_from_each_other_are_refused(small: Make) -> None:
    definition = small()
    number = {"role": "CPP", "horizon": "plan", "description": "x"}
    definition["attributes"]["a"] = {**number, "derive": {"kind": "product", "of": ["b", "temperature"]}}
    definition["attributes"]["b"] = {**number, "derive": {"kind": "ratio", "of": ["a", "temperature"]}}
    _refused(definition, r"attributes are derived from each other, in a circle: (a from b from a|b from a from b)")


def test_process__reading_an_excluded_column_is_refused(small: Make) -> None:
    definition = small()
    definition["sources"]["batches"]["excluded"] = {"temperature": "repeats the titre"}
    _refused(
        definition,
        r"'temperature' is read from column 'temperature' of source 'batches', which is excluded: repeats the titre",
    )


def test_process__a_grouping_that_is_neither_text_nor_material_is_refused(small: Make) -> None:
    _refused(
        small(groupings={"temperature": {}}), r"groupings names 'temperature', which is neither an attribute of kind text"
    )


def test_process__groupings_name_columns_of_the_feature_table(small: Make) -> None:
    process = process_of(small(groupings={"product": {}, "media": {"unseen": "refuse"}}, materials={"media": {}}))
    assert {name: one.unseen for name, one in process.grouping_columns.items()} == {
        "product": "predict",
        "media_lot": "refuse",
    }


LIMS = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"T": "titre"}}


def _with_laboratory(small: Make, **grouping: str) -> PlainData:
    """The small definition with results of several laboratories, grouped by them."""
    definition = small(groupings={"laboratory": grouping})
    definition["sources"]["lims"] = LIMS | {"laboratory": "Lab"}
    return definition


def test_process__the_laboratory_of_a_result_is_a_grouping(small: Make) -> None:
    assert list(process_of(_with_laboratory(small)).grouping_columns) == ["result_laboratory"]


def test_process__the_laboratory_is_a_grouping_only_where_a_source_or_an_attribute_states_it(small: Make) -> None:
    definition = small(groupings={"laboratory": {}})
    _refused(definition, "for `laboratory`, declare the column of it in a source of results")
    definition["attributes"]["laboratory"] = VESSEL
    assert list(process_of(definition).grouping_columns) == ["laboratory"]
    both = _with_laboratory(small)
    both["attributes"]["laboratory"] = VESSEL
    _refused(both, "the attribute name 'laboratory' is reserved, since a source states the laboratory of each result")


def test_process__an_unseen_laboratory_cannot_be_refused(small: Make) -> None:
    _refused(_with_laboratory(small, unseen="refuse"), "no proposal states the laboratory of a result")


VESSEL = {"role": "identifier", "kind": "text", "horizon": "plan", "description": "x", "column": "batches.vessel"}


def test_display_name__is_the_given_one_or_the_name_with_blanks(small: Make) -> None:
    definition = small()
    definition["attributes"]["titre"]["display"] = "Titre (Protein A)"
    definition["attributes"]["shift_day"] = definition["attributes"]["temperature"]
    process = process_of(definition)
    assert process.display_name("titre") == "Titre (Protein A)"
    assert process.display_name("shift_day") == "shift day"


@pytest.mark.parametrize("display", ["", "  ", "two\nlines", "two\u2028lines"])
def test_display_name__that_is_empty_or_has_a_line_break_is_refused(small: Make, display: str) -> None:
    definition = small()
    definition["attributes"]["titre"]["display"] = display
    _refused(definition, r"attributes.titre.display: .* is no display name; write one line of text")


def test_process__what_a_cqa_rises_with_must_be_an_attribute(small: Make) -> None:
    definition = small()
    definition["attributes"]["titre"]["rises_with"] = ["heat"]
    _refused(definition, r"attributes.titre.rises_with names 'heat'")


def test_process__start_and_end_are_dates(small: Make) -> None:
    _refused(
        small(started="temperature"), r"started names 'temperature', which is of kind 'number'; it must be of kind 'date'"
    )
    _refused(small(ended="product"), r"ended names 'product', which is of kind 'text'; it must be of kind 'date'")
    _refused(small(ended="harvest"), r"ended names 'harvest', which is not an attribute")


def test_process__a_window_names_dates(small: Make) -> None:
    definition = small()
    series = {"gives": "trajectories", "files": ["h.csv"], "batch": "b", "time": "t", "tag": "tag", "value": "v"}
    definition["sources"]["historian"] = series | {"window": {}}
    _refused(definition, r"sources.historian.window names no date, and the process has no `started`")
    definition["sources"]["historian"] = series | {"window": {"start": "product"}}
    _refused(definition, r"sources.historian.window names 'product', which is of kind 'text'")
    definition["sources"]["historian"] = series | {"window": {"start": "sown"}}
    _refused(definition, r"sources.historian names the attribute 'sown', which does not exist")
