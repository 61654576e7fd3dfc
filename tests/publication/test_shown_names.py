"""Names are found as cells of tables and as words of texts, and an error shows none of them."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.publication.shown_names import names_shown, refuse_shown_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"product": "mAb-03"}', {"mAb-03"}),
        ("<td>mAb-03</td>", {"mAb-03"}),
        ("the lots of mAb-03 and mAb-031", {"mAb-03"}),
        ("mAb-031, xmAb-03 and mAb-03-b", set()),
        ('{"product": "B"}', {"B"}),
        ("<td>B</td>", {"B"}),
        ("Batch B of vitamin B", set()),
        ("a name (1) [x]", {"name (1) [x]"}),
    ],
)
def test_names_shown__in_a_text_are_words(tmp_path: Path, text: str, found: set[str]) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert names_shown(tmp_path / "page.html", ["mAb-03", "B", "name (1) [x]"]) == found


def test_names_shown__in_a_table_are_whole_cells(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": ["x", "mAb-03 late"], "b": pl.Series(["B", "y"], dtype=pl.Categorical), "c": [1, 2]})
    table.write_parquet(tmp_path / "t.parquet")
    assert names_shown(tmp_path / "t.parquet", ["mAb-03", "B", "1"]) == {"B"}


def test_names_shown__other_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"mAb-03")
    assert names_shown(tmp_path / "picture.png", ["mAb-03"]) == set()


def test_refuse_shown_names__names_the_file_and_no_name(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("mAb-03 and mAb-04", encoding="utf-8")
    refuse_shown_names(tmp_path, ["page.html"], [], "The run")
    refuse_shown_names(tmp_path, ["page.html"], ["mAb-05"], "The run")
    with pytest.raises(ScalebridgeError) as raised:
        refuse_shown_names(tmp_path, ["page.html"], ["mAb-03", "mAb-04"], "The run")
    assert "page.html (2)" in str(raised.value)
    assert "mAb" not in str(raised.value)
