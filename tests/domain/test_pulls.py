"""What a definition may say about a pull."""

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData

PULL = {"kind": "sql", "connection": "mes", "table": "batches"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"connection": "postgresql://u:p@h/d"}, "is no name of a connection"),
        ({"query": "SELECT 1"}, "write either `query` or `table`"),
        ({"table": None}, "write either `query` or `table`"),
        ({"table": None, "query": "SELECT 1;"}, "write one SELECT, without a semicolon"),
        ({"watermark": "changed"}, "`watermark` needs `key`"),
        ({"table": None, "query": "DELETE FROM x"}, "a pull only reads"),
        ({"overlap": "2 h"}, "`overlap` belongs to a `watermark`"),
        ({"overlap": "soon", "watermark": "c", "key": ["id"]}, "'soon' is no length of time"),
        ({"overlap": -1, "watermark": "c", "key": ["id"]}, "-1 is below 0"),
    ],
)
def test_pull__what_contradicts_itself_is_a_sentence(change: PlainData, said: str) -> None:
    with pytest.raises(ScalebridgeError, match=said):
        parse(SqlPull, PULL | change, "x")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"files": ["a.csv"]}, "write either `files` with at least one file, or `pull`"),
        ({"pull": None}, "write either `files` with at least one file, or `pull`"),
        ({"format": {"kind": "csv", "separator": ";"}}, "`format` is a rule for files"),
        ({"columns_in_path": {"batch": "(B)"}}, "`columns_in_path` is a rule for files"),
        ({"fill_down": ["batch"]}, "`fill_down` is a rule for files"),
    ],
)
def test_source__has_files_or_a_pull(small: Make, change: PlainData, said: str) -> None:
    definition = small()
    definition["sources"]["batches"] = {"gives": "batches", "pull": PULL} | change
    with pytest.raises(ScalebridgeError, match=said):
        process_of(definition)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pull": PULL, "batch": "b"}, "must state its `values`"),
        ({"files": ["h.csv"]}, "write either `batch`, the column with the batch, or `of_equipment`"),
        ({"files": ["h.csv"], "of_equipment": {"column": "v", "attribute": "product"}}, "of_equipment needs `started`"),
        ({"files": ["h.csv"], "batch": "b", "of_equipment": {"column": "v", "attribute": "x"}}, "write either `batch`"),
    ],
)
def test_series__states_its_values_and_its_batch(small: Make, change: PlainData, said: str) -> None:
    definition = small()
    definition["sources"]["hist"] = {"gives": "trajectories", "time": "t"} | change
    with pytest.raises(ScalebridgeError, match=said):
        process_of(definition)
