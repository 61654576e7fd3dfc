"""Series know the process: their time counts from its start, and what lies outside is counted and left out."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.findings import findings
from pipeline.history.times.window import BEFORE
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import history_of

HEADER = "batch,product,volume,temperature,titre,start,end\n"
BATCH = "B1,P,1,36,1,2024-03-03 00:00,2024-03-04 00:00\n"
DATE = {"role": "identifier", "horizon": "plan", "description": "x", "kind": "date"}
SERIES = {"role": "CPP", "horizon": "in_process", "description": "x", "unit": "%"}
PROBE = "".join(f"B1,2024-03-0{day} 0{hour}:00:00,{60 if day == 3 else 0}\n" for day in range(1, 6) for hour in (0, 6))
"""A probe that is at 0 % two days before the inoculation and after the harvest, which empties the vessel."""


def culture(small: Make, ended: str | None = "end", zone: str | None = None, **source: Any) -> PlainData:
    """A process with the series `oxygen`, and with dates of inoculation and harvest."""
    definition = small(started="start", ended=ended)
    for name in ("start", "end"):
        form = {"format": "%Y-%m-%d %H:%M"} | ({"time_zone": zone} if zone else {})
        definition["attributes"][name] = DATE | {"column": {"source": "batches", "column": name, "date": form}}
    definition["attributes"]["oxygen"] = SERIES | {"column": "probe.oxygen"}
    probe = {"gives": "trajectories", "files": ["probe*.csv"], "batch": "batch", "time": "at"}
    definition["sources"]["probe"] = probe | source
    return definition


def read(definition: PlainData, folder: Path, batches: str = BATCH, probe: str = PROBE) -> AssembledHistory:
    (folder / "batches.csv").write_text(HEADER + batches)
    (folder / "probe.csv").write_text("batch,at,oxygen\n" + probe)
    return history_of(definition, folder)


def hours(history: AssembledHistory) -> list[float]:
    return (history.trajectories.filter(tag="oxygen")["time"] / 3600).to_list()


def counted(history: AssembledHistory) -> dict[str, int]:
    """Reason → records, after a check that each row was counted."""
    ledger = history.ledger.filter(source="probe").row(0, named=True)
    assert ledger["read"] == ledger["valid"] + ledger["quarantined"]
    assert ledger["valid"] == history.trajectories.height
    return dict(history.quarantine.group_by("reason", maintain_order=True).len().iter_rows())


def test_window__a_probe_before_inoculation_and_after_harvest_is_not_the_culture(small: Make, tmp_path: Path) -> None:
    history = read(culture(small), tmp_path)
    assert history.trajectories["value"].to_list() == [0.6, 0.6, 0.0]
    assert hours(history) == [0, 6, 24]
    assert counted(history) == {f"{BEFORE} of the batch ('start')": 4, "after the end of the batch ('end')": 3}


def test_window__without_an_end_a_series_goes_on(small: Make, tmp_path: Path) -> None:
    assert hours(read(culture(small, ended=None), tmp_path)) == [0, 6, 24, 30, 48, 54]
    running = BATCH.replace("2024-03-04 00:00", "")
    assert hours(read(culture(small), tmp_path, running)) == [0, 6, 24, 30, 48, 54]


def test_window__the_whole_series_counts_where_declared(small: Make, tmp_path: Path) -> None:
    history = read(culture(small, window="whole"), tmp_path)
    assert hours(history) == [0, 6, 24, 30, 48, 54, 72, 78, 96, 102]
    assert history.quarantine.is_empty()


def test_window__a_source_has_dates_of_its_own(small: Make, tmp_path: Path) -> None:
    definition = culture(small, ended=None, window={"start": "start", "end": "end"})
    del definition["started"]
    assert hours(read(definition, tmp_path)) == [0, 6, 24]


def test_window__a_date_without_an_hour_is_no_start_of_a_series(small: Make, tmp_path: Path) -> None:
    definition = culture(small)
    for name in ("start", "end"):
        definition["attributes"][name]["column"]["date"] = "%Y-%m-%d"
    assert hours(read(definition, tmp_path, BATCH.replace(" 00:00", "")))[-1] == 102
    definition["sources"]["probe"]["window"] = {"start": "start"}
    with pytest.raises(ScalebridgeError, match=r"window names 'start', whose dates have no time of day"):
        process_of(definition)


def test_window__a_batch_without_a_start_or_with_an_end_before_it_has_no_series(small: Make, tmp_path: Path) -> None:
    history = read(culture(small), tmp_path, BATCH.replace("2024-03-03 00:00", ""))
    assert counted(history) == {"the batch has no start ('start'), so the time in the process is not known": 10}
    swapped = read(culture(small), tmp_path, BATCH.replace("2024-03-04", "2024-03-02"))
    assert counted(swapped)["the end of the batch ('end') is not after its start ('start')"] == 6


def test_window__times_in_utc_are_compared_with_dates_in_utc(small: Make, tmp_path: Path) -> None:
    history = read(culture(small, zone="Europe/Zurich", time_zone="Europe/Zurich"), tmp_path)
    assert hours(history) == [0, 6, 24]
    far = read(
        culture(small, zone="Europe/Zurich", time_format="%Y-%m-%d %H:%M:%S%z"),
        tmp_path,
        probe=PROBE.replace(":00,", ":00Z,"),
    )
    assert hours(far) == [1, 7]


def test_window__clocks_that_cannot_be_compared_are_not_and_a_finding_says_so(small: Make, tmp_path: Path) -> None:
    definition = culture(small, time_zone="Europe/Zurich")
    history = read(definition, tmp_path)
    assert hours(history)[-1] == 102
    sentence = "the times of source 'probe' are in UTC and the dates of 'start' are without a time zone; declare `time_zone`"
    assert any(sentence in finding for finding in findings(process_of(definition), history))
    definition["sources"]["probe"]["window"] = {"start": "start"}
    with pytest.raises(ScalebridgeError, match=sentence):
        process_of(definition)
    other = culture(small, zone="Europe/Zurich", window={"start": "start"})
    with pytest.raises(ScalebridgeError, match=r"are without a time zone and the dates of 'start' are in UTC"):
        read(other, tmp_path)


@pytest.mark.parametrize(
    ("form", "times"),
    [
        ({"kind": "elapsed", "unit": "h"}, ("-2", "0", "23.5", "24.5")),
        ({"kind": "elapsed", "layout": "HH:MM:SS"}, ("-02:00:00", "00:00:00", "23:30:00", "24:30:00")),
    ],
)
def test_window__elapsed_times_count_from_the_start(
    small: Make, tmp_path: Path, form: PlainData, times: tuple[str, ...]
) -> None:
    probe = "".join(f"B1,{time},50\n" for time in times)
    history = read(culture(small, time_format=form), tmp_path, probe=probe)
    assert hours(history) == [0, 23.5]
    assert counted(history) == {
        f"{BEFORE}: the elapsed time is below zero": 1,
        "after the end of the batch ('end')": 1,
    }
    assert history.quarantine["value"].to_list() == ["-2.0 h", "24.5 h"]
    assert hours(read(culture(small, time_format=form, window="whole"), tmp_path, probe=probe)) == [0, 2, 25.5, 26.5]


def test_window__elapsed_times_stand_beside_a_clock_that_counts_from_the_start(small: Make, tmp_path: Path) -> None:
    definition = culture(small, ended=None)
    definition["attributes"]["ph"] = SERIES | {"unit": "", "column": "analyser.ph"}
    elapsed = {"kind": "elapsed", "unit": "h"}
    analyser = {"gives": "trajectories", "files": ["ph.csv"], "batch": "batch", "time": "age", "time_format": elapsed}
    definition["sources"]["analyser"] = analyser
    (tmp_path / "ph.csv").write_text("batch,age,ph\nB1,6,7\n")
    history = read(definition, tmp_path)
    assert history.trajectories.filter(tag="ph")["time"].to_list() == [6 * 3600]
    definition["sources"]["probe"]["window"] = "whole"
    with pytest.raises(
        ScalebridgeError, match=r"Series of batch 'B1' count from different moments: the first record of the batch"
    ):
        read(definition, tmp_path)


def test_window__a_totaliser_counts_from_the_start_and_over_resets(small: Make, tmp_path: Path) -> None:
    definition = culture(small, ended=None)
    definition["attributes"]["oxygen"] |= {"totaliser": True, "unit": "L"}
    probe = ("03-02 00:00:00,100", "03-02 23:00:00,110", "03-03 00:00:00,112", "03-03 10:00:00,150", "03-03 12:00:00,3")
    history = read(definition, tmp_path, probe="".join(f"B1,2024-{line}\n" for line in probe))
    assert [round(value * 1000, 6) for value in history.trajectories["value"]] == [2, 40, 43]
