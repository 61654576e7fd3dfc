"""Time of the service for the numbers of a proposal and for a page, relative to the inference of the bare model.

    python benchmarks/service.py [proposal] [--numbers 100] [--pages 5] [--write]

A trained model is needed (`dvc repro`). The bare model predicts the one row of the proposal with all final models and their
intervals, in this process, once before each request. The service is a process of its own, asked over
loopback by one client. Every request asks a proposal that was not asked before: its first setting is a little larger. The
answers go into a copy of the published run, so the folder of given answers stays as it is.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from report import Report, Table, command, publish

from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.trained_run import TrainedRun, read_trained_run
from pipeline.domain.config_files import read_yaml
from pipeline.domain.places import Places
from pipeline.publication.runs import current_name

JSON = {"Content-Type": "application/json"}


def seconds(call: Callable[[], object], repeats: int) -> list[float]:
    """Return the time of each call."""
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return found


def predict(run: TrainedRun, row: pl.DataFrame) -> None:
    """Predict a row with all final models and their intervals: the bare model."""
    for final in run.model.finals.values():
        final.intervals(final.forecast(row), run.model.levels)


@contextmanager
def service(data: Path) -> Iterator[http.client.HTTPConnection]:
    """Start the service of a project, and end it afterwards."""
    started = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "serve", "--port", "0"],
        cwd=data.parent,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert started.stdout is not None
        port = int(started.stdout.readline().partition("127.0.0.1:")[2].split(" ")[0])
        yield http.client.HTTPConnection("127.0.0.1", port)
    finally:
        started.terminate()
        started.wait()


def asked(connection: http.client.HTTPConnection, method: str, path: str, body: str = "") -> http.client.HTTPResponse:
    """Return the response to a request, whose body was read."""
    connection.request(method, path, body, JSON if body else {})
    response = connection.getresponse()
    content = response.read()
    assert response.status == 200, content[:500]
    return response


def different(plain: dict[str, object], settings: dict[str, float], name: str, step: float) -> Iterator[str]:
    """Yield the proposal as JSON with a growing value of one setting."""
    while True:
        settings[name] *= 1 + step
        yield json.dumps(plain | {"settings": {**plain["settings"], name: settings[name]}})  # type: ignore[dict-item]


def main(given: argparse.Namespace) -> None:
    """Time the bare model, the numbers of proposals, the same ones again, and pages."""
    places, proposal = Places.under(Path("data")), Path(given.proposal)
    run = read_trained_run(places)
    plain = read_yaml(proposal)
    case = make_case(read_proposal(proposal), run)
    name = next(name for name in plain["settings"] if run.process.attributes[name].kind == "number")
    attribute = run.process.attributes[name]
    settings = {name: attribute.si.from_si(float(case.row[name][0]))}
    proposals = different(plain, settings, name, 1e-4)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        current = current_name(places)
        shutil.copytree(places.runs / current, data / "runs" / current)
        shutil.copy(places.current_run, data / "runs/current")
        shutil.copy(places.acceptance_ledger, data / places.acceptance_ledger.name)
        with service(data) as connection:
            bare, numbers, again, pages = [], [], [], []
            for body in [next(proposals) for _ in range(given.numbers + 5)]:
                bare += seconds(lambda: predict(run, case.row), 1)
                numbers += seconds(partial(asked, connection, "POST", "/answers?depth=numbers", body), 1)
                again += seconds(partial(asked, connection, "POST", "/answers?depth=numbers", body), 1)
            for body in [next(proposals) for _ in range(given.pages)]:
                where = asked(connection, "POST", "/answers?depth=numbers", body).headers["Location"]
                pages += seconds(partial(asked, connection, "GET", f"{where}/page"), 1)
    bare = bare[5:]
    middle = statistics.median(bare)
    found = {
        "the bare model, in the process": bare,
        "numbers of a proposal": numbers[5:],
        "numbers that were asked before": again[5:],
        "page of a proposal": pages,
    }
    rows = [
        (what, float(np.median(times)) / middle, float(np.percentile(times, 95)) / middle, 1000 * float(np.median(times)))
        for what, times in found.items()
        if times
    ]
    columns = ("what", "median, ratio to the bare model", "95th percentile, ratio to the bare model", "median [ms]")
    table = Table("Time of the service, relative to the bare model", columns, rows)
    publish(Report("service", [table], [], {"numbers": given.numbers, "pages": given.pages}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("proposal", nargs="?", default="data/proposals/mab_to_2000L.yaml")
    parser.add_argument("--numbers", type=int, default=100)
    parser.add_argument("--pages", type=int, default=5)
    main(parser.parse_args())
