"""From when a result is known, by every way in which a definition can say it."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.history.assemble import AssembledHistory
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import history_of

HEAD = "batch,product,volume,temperature,titre,start,end,release"


def _definition(small: Make, **changes: object) -> PlainData:
    definition = small(started="start", **changes)
    for name in ("start", "end", "release"):
        definition["attributes"][name] = {
            "role": "identifier",
            "horizon": "plan",
            "description": "x",
            "kind": "date",
            "column": {"source": "batches", "column": name, "date": "%Y-%m-%d %H:%M"},
        }
    return definition


def _lims(definition: PlainData, **changes: object) -> PlainData:
    definition["attributes"]["hcp"] = {"role": "CQA", "horizon": "release", "description": "x", "unit": "ng/mg"}
    definition["sources"]["lims"] = {
        "gives": "results",
        "files": ["lims.csv"],
        "batch": "b",
        "test": "t",
        "value": "v",
        "names": {"HCP": "hcp"},
        "available": {"column": "approved", "date": "%Y-%m-%d"},
    } | changes
    return definition


def _read(
    definition: PlainData, folder: Path, *lims: str, batches: str = "B1,P,1,36,4,2024-01-01 08:00,2024-01-15 08:00,"
) -> AssembledHistory:
    (folder / "batches.csv").write_text(f"{HEAD}\n{batches}\n")
    if lims:
        (folder / "lims.csv").write_text("\n".join(["b,t,v,approved", *lims]) + "\n")
    return history_of(definition, folder)


def _known(history: AssembledHistory) -> dict[str, datetime | None]:
    return dict(history.results.select("attribute", "available_at").iter_rows())


def test_result__without_any_declaration_counts_from_the_start_and_the_page_says_so(small: Make, tmp_path: Path) -> None:
    history = _read(_definition(small), tmp_path)
    assert _known(history) == {"titre": datetime(2024, 1, 1, 8)}
    (note,) = history.notes
    assert note.startswith("Nothing says from when results are known, so they count from the start of their batch.")


@pytest.mark.parametrize(
    ("declared", "known"),
    [
        ({"result_lag": "14 d"}, datetime(2024, 1, 15, 8)),
        ({"ended": "end"}, datetime(2024, 1, 15, 8)),
        ({"ended": "end", "result_lag": "36 h"}, datetime(2024, 1, 16, 20)),
        ({"ended": "end", "result_lag": "36 h", "available": "release"}, datetime(2024, 1, 16, 20)),
    ],
)
def test_result__counts_from_the_end_or_the_start_with_the_lag(
    small: Make, tmp_path: Path, declared: PlainData, known: datetime
) -> None:
    history = _read(_definition(small, **declared), tmp_path)
    assert _known(history) == {"titre": known}
    assert len(history.notes) == (declared == {"ended": "end"})


def test_result__counts_from_the_date_of_its_batch_before_any_lag(small: Make, tmp_path: Path) -> None:
    definition = _definition(small, ended="end", result_lag="14 d", available="release")
    batch = "B1,P,1,36,4,2024-01-01 08:00,2024-01-15 08:00,2024-02-20 10:00"
    assert _known(_read(definition, tmp_path, batches=batch)) == {"titre": datetime(2024, 2, 20, 10)}


def test_result__a_lag_of_an_attribute_stands_before_that_of_the_process(small: Make, tmp_path: Path) -> None:
    definition = _definition(small, result_lag="14 d")
    definition["attributes"]["titre"]["result_lag"] = "1 d"
    assert _known(_read(definition, tmp_path)) == {"titre": datetime(2024, 1, 2, 8)}


def test_result__of_a_batch_without_an_end_has_no_date_and_is_counted(small: Make, tmp_path: Path) -> None:
    history = _read(_definition(small, ended="end", result_lag="14 d"), tmp_path, batches="B1,P,1,36,4,2024-01-01 08:00,,")
    assert _known(history) == {"titre": None}
    assert history.notes == (
        "1 of 1 predicted results have no date from which they are known, so no protocol that goes back in time learns from them.",
    )


def test_result__in_a_process_without_dates_has_none_and_nothing_is_said(small: Make, tmp_path: Path) -> None:
    definition = _definition(small) | {"started": None}
    history = _read(definition, tmp_path)
    assert (_known(history), history.notes) == ({"titre": None}, ())


def test_own_date__counts_from_the_end_of_its_day_in_its_time_zone(small: Make, tmp_path: Path) -> None:
    zone = {"column": "approved", "date": {"format": "%Y-%m-%d", "time_zone": "Europe/Zurich"}}
    hour = {"column": "approved", "date": {"format": "%Y-%m-%d %H:%M", "time_zone": "Europe/Zurich"}}
    month = {"column": "approved", "date": "%Y-%m"}
    for form, text, known in (
        (zone, "2024-02-01", datetime(2024, 2, 1, 23)),
        (hour, "2024-07-01 09:30", datetime(2024, 7, 1, 7, 30)),
        (month, "2024-01", datetime(2024, 2, 1)),
    ):
        history = _read(_lims(_definition(small, result_lag="14 d"), available=form), tmp_path, f"B1,HCP,5,{text}")
        assert _known(history)["hcp"] == known


def test_own_date__that_is_blank_leaves_the_dates_of_the_batch_and_a_bad_one_goes_to_quarantine(
    small: Make, tmp_path: Path
) -> None:
    definition = _lims(_definition(small, result_lag="14 d"))
    assert _known(_read(definition, tmp_path, "B1,HCP,5,"))["hcp"] == datetime(2024, 1, 15, 8)
    history = _read(definition, tmp_path, "B1,HCP,5,2024-02-31")
    assert history.results["attribute"].to_list() == ["titre"]
    ((column, value, reason),) = history.quarantine.select("column", "value", "reason").rows()
    assert (column, value) == ("approved", "2024-02-31")
    assert "date" in reason


def test_own_date__of_a_mean_is_the_last_and_of_a_result_reported_twice_the_first(small: Make, tmp_path: Path) -> None:
    rows = ("B1,HCP,5,2024-02-01", "B1,HCP,5,2024-03-01")
    for replicates, known in (
        ("refuse", datetime(2024, 2, 2)),
        ("mean", datetime(2024, 3, 2)),
        ("last", datetime(2024, 3, 2)),
    ):
        history = _read(_lims(_definition(small, result_lag="14 d"), replicates=replicates), tmp_path, *rows)
        assert _known(history)["hcp"] == known


def test_own_date__before_the_start_of_the_batch_is_told(small: Make, tmp_path: Path) -> None:
    history = _read(_lims(_definition(small, result_lag="14 d")), tmp_path, "B1,HCP,5,2023-02-01")
    assert history.notes == (
        "1 of 2 predicted results are dated before the start of their batch, such as that of 'hcp' in batch 'B1'. They count from "
        "the start.",
    )


def test_own_date__of_a_typed_column_is_read_as_a_date(small: Make, tmp_path: Path) -> None:
    definition = _lims(_definition(small, result_lag="14 d"), files=["lims.parquet"], format={"kind": "parquet"})
    pl.DataFrame({"b": ["B1"], "t": ["HCP"], "v": [5.0], "approved": [datetime(2024, 2, 1)]}).write_parquet(
        tmp_path / "lims.parquet"
    )
    assert _known(_read(definition, tmp_path))["hcp"] == datetime(2024, 2, 2)
