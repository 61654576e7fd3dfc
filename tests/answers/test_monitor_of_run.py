"""The monitor of a run is read once, when it is needed; a run without one gives the reason."""

from pathlib import Path

import numpy as np

from pipeline.answers.monitor_of_run import OLDER, MonitorOfRun
from pipeline.answers.result.scenarios import Withheld
from pipeline.domain.whole_files import write_whole
from pipeline.monitoring.expected_path import planned_paths
from pipeline.monitoring.file_format import save_monitor, save_reason
from pipeline.monitoring.monitor import Monitor
from tests.support.watched_pot import watched_case, watched_run

RUN = watched_run()


def test_monitor__is_the_one_that_was_saved_and_is_read_once(tmp_path: Path) -> None:
    assert RUN.monitor is not None
    saved = RUN.monitor.found
    assert isinstance(saved, Monitor)
    save_monitor(saved, tmp_path)
    given = MonitorOfRun(tmp_path, RUN.process)
    read = given.found
    assert isinstance(read, Monitor)
    row = watched_case().row
    for one, other in zip(planned_paths(saved, row, "new_scale"), planned_paths(read, row, "new_scale"), strict=True):
        np.testing.assert_allclose(one.upper, other.upper)
    assert given.found is read


def test_monitor__of_an_older_run_or_of_a_process_without_records_is_a_reason(tmp_path: Path) -> None:
    assert MonitorOfRun(tmp_path / "none", RUN.process).found == Withheld(OLDER)
    save_reason("there are 3 batches", tmp_path)
    assert MonitorOfRun(tmp_path, RUN.process).found == Withheld("No batch can be watched: there are 3 batches")


def test_monitor__that_is_damaged_is_a_reason(tmp_path: Path) -> None:
    for name in ("about", "limits", "channels", "expected"):
        write_whole(tmp_path / f"{name}.json", "{}")
    found = MonitorOfRun(tmp_path, RUN.process).found
    assert isinstance(found, Withheld)
    assert "holds no monitor of this program" in found.reason
