"""A pulled source is read as any other: typed rows, quarantine, and each row with its file."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.quality.findings import findings
from pipeline.history.snapshots.reading import replaced_rows, snapshot_files
from pipeline.history.snapshots.store import Added, Rule
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.pulled import add
from tests.support.raw_files import batches_csv, history_of


@pytest.fixture
def definition(small: Make) -> PlainData:
    found = small()
    found["sources"]["batches"] = {"gives": "batches", "pull": {"kind": "sql", "connection": "mes", "table": "batches"}}
    return found


def batches(*rows: tuple[str, float]) -> pl.DataFrame:
    day = datetime(2024, 3, 1)
    columns = {"batch": [row[0] for row in rows], "titre": [row[1] for row in rows]}
    return pl.DataFrame(columns).with_columns(
        product=pl.lit("P"), volume=1, temperature=pl.lit(36.5), changed=day + pl.duration(hours=pl.int_range(pl.len()))
    )


RULE = Rule(("batch",), "changed", whole=False)


def test_ingest__reads_the_newest_version_and_counts_the_replaced_one(definition: PlainData, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "batches"
    first = add(folder, batches(("B1", 1.0), ("B2", 2.0)), RULE)
    second = add(folder, batches(("B1", 1.5)).with_columns(changed=datetime(2024, 4, 1)), RULE)
    assert isinstance(first, Added)
    assert isinstance(second, Added)
    history = history_of(definition, tmp_path)
    assert history.results.select("batch_id", "value").rows() == [("B1", 1.5), ("B2", 2.0)]
    said = f"replaced by a newer version of the same key: row 2 of {second.file}"
    assert history.quarantine.select("file", "row", "reason").rows() == [(first.file, 2, said)]
    counts = history.ledger.select("file", "read", "quarantined", "valid").rows()
    assert counts == [(first.file, 2, 1, 1), (second.file, 1, 0, 1)]


def test_ingest__a_source_that_was_never_pulled_is_a_sentence(definition: PlainData, tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"Source 'batches' was never pulled.*scalebridge snapshot"):
        history_of(definition, tmp_path)


def test_ingest__files_and_pulls_side_by_side(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,")
    definition = small()
    del definition["attributes"]["titre"]["column"]
    definition["sources"]["lab"] = {
        "gives": "results",
        "pull": {"kind": "sql", "connection": "lims", "query": "SELECT * FROM results"},
        "batch": "b",
        "test": "t",
        "value": "v",
        "names": {"Titre": "titre"},
    }
    rows = pl.DataFrame({"b": ["B1"], "t": ["Titre"], "v": pl.Series(["2.50"]).cast(pl.Decimal(8, 2))})
    add(tmp_path / "snapshots" / "lab", rows)
    history = history_of(definition, tmp_path)
    assert history.results.select("batch_id", "value").rows() == [("B1", 2.5)]


def test_files__an_edited_one_stops_the_run(definition: PlainData, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "batches"
    found = add(folder, batches(("B1", 1.0)))
    assert isinstance(found, Added)
    batches(("B1", 9.0)).write_parquet(folder / found.file)
    with pytest.raises(ScalebridgeError, match="was changed after it was pulled"):
        history_of(definition, tmp_path)


def test_dates__a_zone_that_the_definition_does_not_state_is_a_sentence(definition: PlainData, tmp_path: Path) -> None:
    day = {"role": "identifier", "horizon": "plan", "description": "x", "kind": "date"}
    folder = tmp_path / "snapshots" / "batches"
    zoned = batches(("B1", 1.0)).with_columns(pl.col("changed").dt.replace_time_zone("UTC"))
    add(folder, zoned)

    def declared(form: str) -> PlainData:
        column = {"source": "batches", "column": "changed", "date": form}
        return definition | {
            "attributes": definition["attributes"] | {"started": day | {"column": column}},
            "started": "started",
        }

    with pytest.raises(ScalebridgeError, match=r"gives times with a time zone.*write `date: \"%Y-%m-%d %H:%M:%S%z\"`"):
        history_of(declared("%Y-%m-%d %H:%M:%S"), tmp_path)
    found = history_of(declared("%Y-%m-%d %H:%M:%S%z"), tmp_path)
    assert found.batches["started_at"].to_list() == [datetime(2024, 3, 1)]
    add(folder, batches(("B1", 1.0)))
    with pytest.raises(ScalebridgeError, match=r"gives times without a time zone.*time_zone: <zone>"):
        history_of(declared("%Y-%m-%d %H:%M:%S%z"), tmp_path)


def test_findings__say_what_a_historian_gave(definition: PlainData, tmp_path: Path) -> None:
    definition["sources"]["hist"] = {
        "gives": "trajectories",
        "pull": {"kind": "sql", "connection": "pi", "table": "wide", "values": "interpolated"},
        "batch": "b",
        "time": "at",
    }
    number = {"role": "CPP", "horizon": "in_process", "description": "x", "unit": "%"}
    definition["attributes"] |= {name: number | {"column": f"hist.{name}"} for name in ("oxygen", "carbon")}
    add(tmp_path / "snapshots" / "batches", batches(("B1", 1.0)))
    start = datetime(2024, 3, 1)
    wide = pl.DataFrame({"b": ["B1", "B1"], "at": [start, start.replace(hour=1)], "oxygen": [40, 41], "carbon": [5.0, None]})
    add(tmp_path / "snapshots" / "hist", wide)
    history = history_of(definition, tmp_path)
    assert history.trajectories.group_by("tag").len().sort("tag").rows() == [("carbon", 1), ("oxygen", 2)]
    said = (
        "Source 'hist' holds values that the historian computed between its records; noise and short events are not in them."
    )
    assert said in findings(process_of(definition), history)


def test_replaced__a_pull_that_ended_after_the_files_were_listed_takes_no_row_away(
    definition: PlainData, tmp_path: Path
) -> None:
    folder = tmp_path / "snapshots" / "batches"
    add(folder, batches(("B1", 1.0)), RULE)
    listed = {path.name for path in snapshot_files(folder)}
    add(folder, batches(("B1", 1.5)).with_columns(changed=datetime(2024, 4, 1)), RULE)
    assert replaced_rows(folder, listed).is_empty()
    assert replaced_rows(folder, {path.name for path in snapshot_files(folder)}).height == 1
