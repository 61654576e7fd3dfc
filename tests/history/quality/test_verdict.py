"""The verdict says in a few sentences how many batches are set aside, why, and what mends it."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut
from pipeline.history.quality.verdict import in_short, read_history_of, require_batches, summary, verdict
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.quality import judged
from tests.support.raw_files import batches_csv

PAGE = Path("data/quality.html")


def test_headline__counts_batches_and_causes(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", 'B2,P,1,"36,5",1', 'B3,P,"1,5","36,5",1', "B4,,1,36,1")
    _, _, found = judged(small(), tmp_path)
    assert found.headline == "3 of 4 batches are set aside, for 2 causes."
    _, *lines = in_short(found)
    assert len(lines) == 2  # the two columns with a decimal comma are one line
    assert "columns 'temperature' (2 cells, 2 batches), 'volume' (1 cell, 1 batch): not a number" in lines[0]
    assert '`sources.batches.format.decimal: ","`' in lines[0]


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (("B1,P,1,36,1", "B2,P,1,36,1"), "All 2 batches are used."),
        (("B1,P,1,36,1",), "The one batch is used."),
        ((), "No row of the batch files names a batch."),
        ((",P,1,36,1",), "No row of the batch files names a batch."),
    ],
)
def test_headline__of_special_histories(small: Make, tmp_path: Path, rows: tuple[str, ...], headline: str) -> None:
    batches_csv(tmp_path, *rows)
    assert judged(small(), tmp_path)[2].headline == headline


def test_in_short__more_than_three_causes_are_counted(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,99,1", "B2,P,1,x,1", "B3,,1,36,1", "B4,P,-1,36,1", "B5,P,1,36,1", "B5,P,1,37,1")
    lines = in_short(judged(small(), tmp_path)[2])
    assert len(lines) == 1 + 3 + 1
    assert lines[-1] == "- and 2 more, which `dvc repro` writes to data/quality.html"


def test_require_batches__names_the_biggest_causes_with_column_and_count_and_the_page(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, *(f"B{i},P,much,36,1" for i in range(30)), *(f"C{i},P,1,99,1" for i in range(20)))
    with pytest.raises(ScalebridgeError) as raised:
        require_batches(judged(small(), tmp_path)[2], PAGE)
    message = str(raised.value)
    assert message.startswith("Process 'small' has no valid batch. 50 of 50 batches are set aside, for 2 causes.")
    assert "column 'volume' (30 cells, 30 batches): not a number with a decimal point" in message
    assert "column 'temperature' (20 cells, 20 batches): outside the possible range 0 to 60 °C" in message
    assert "data/quality.html" in message
    assert "\n" not in message


def test_require_batches__of_a_file_without_rows_is_a_sentence(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path)
    with pytest.raises(ScalebridgeError, match=r"no valid batch\. No row of the batch files names a batch\. Open"):
        require_batches(judged(small(), tmp_path)[2], PAGE)


def test_require_batches__one_valid_batch_is_enough(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,x,1")
    require_batches(judged(small(), tmp_path)[2], PAGE)


def test_summary__holds_the_counts_and_the_causes(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,x,1")
    _, history, found = judged(small(), tmp_path)
    data = summary(history, found)
    assert (data["batches"], data["batches_set_aside"], data["verdict"]) == (1, 1, found.headline)
    assert [(one["column"], one["lost"]) for one in data["causes"]] == [("temperature", 1)]  # type: ignore[attr-defined]


def test_read_history__reads_the_files_and_leaves_batches_out(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,x,1", "B3,P,1,36,1")
    entry = {"batch": "B3", "who": "J. Meier", "when": "2024-03-01", "why": "engineering run"}
    process = process_of(small())
    found = verdict(process, read_history_of(process, tmp_path, LeftOut((entry,))))  # type: ignore[arg-type]
    assert found.headline == "1 of 2 batches are set aside, for 1 cause. 1 batch is left out on purpose."
