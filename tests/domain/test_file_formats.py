"""A format that says nothing sensible is refused when the definition is checked, before any file is read."""

import pytest
from pydantic import ValidationError

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv, Excel
from pipeline.domain.row_rules import RowFilter


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"separator": ";;"}, "is no separator"),
        ({"separator": '"'}, "is no separator"),
        ({"separator": "§"}, "is no separator"),
        ({"encoding": "utf8000"}, "is no encoding that Python knows"),
        ({"encoding": "base64"}, "is no encoding that Python knows"),
        ({"footer": "("}, "is no regular expression"),
        ({"footer": -1}, "cannot be below 0"),
        ({"header_row": 0}, "header_row"),
        ({"comment": ""}, "comment"),
        ({"quote": "", "multiline": True}, "`multiline` needs a quotation mark"),
        ({"decimal": ";"}, "decimal"),
    ],
)
def test_csv__a_wrong_setting_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ScalebridgeError, match=message):
        parse(Csv, {"kind": "csv", **wrong}, "format")


@pytest.mark.parametrize("wrong", [{"header_rows": 4}, {"largest_mb": 0}, {"comment": "#"}])
def test_excel__a_wrong_setting_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Excel("excel", **wrong)  # type: ignore[arg-type]


def test_row_filter__its_reason_names_the_column_and_the_texts() -> None:
    assert RowFilter("Status", are=("released", "A")).reason == "filtered out by `rows`: 'Status' is not 'released' or 'A'"
    assert RowFilter("Status", are_not=("retest",)).reason == "filtered out by `rows`: 'Status' is 'retest'"
