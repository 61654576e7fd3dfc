"""Time from a move of a slider to the shown numbers, relative to the service's own time for the same numbers.

    python benchmarks/what_if.py [--moves 60] [--write]

A trained model is needed (`dvc repro`), and Chromium. The service is a process of its own. Its own time is that of
`POST /what-if/numbers` over loopback, asked by one client, each time at a new point. A browser then moves a slider: single
moves with a pause between them, and drags with a move every 16 ms. A move that is followed by another before its numbers are
there counts only if its numbers are shown. The answers are not kept, so the project stays as it is.
"""

import argparse
import json
import shutil
import tempfile
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from report import Cell, Report, Table, command, publish
from service import asked, seconds, service

from pipeline.answers.case.draft import Asked
from pipeline.answers.profile.place import profiled_place
from pipeline.answers.result.profile import ProfiledPlace
from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.places import Places
from pipeline.publication.runs import current_name

PRODUCT, VESSEL, SITE, SCALE = "mAb-12", "V-2001", "Visp", 2000.0
MOVED = "temperature"
PAUSE, DRAG = 450, 16
"""Milliseconds between two single moves, and between two moves of a drag."""
MOVE = """([name, value, final]) => {
  const slider = document.getElementById(`set-${name}-slider`);
  slider.value = value;
  for (const one of final ? ["input", "change"] : ["input"]) slider.dispatchEvent(new Event(one, {bubbles: true}));
}"""


def copied(places: Places, folder: Path) -> Path:
    """Copy the published run, so that the service writes nothing into the project."""
    data, current = folder / "data", current_name(places)
    shutil.copytree(places.runs / current, data / "runs" / current)
    shutil.copy(places.current_run, data / "runs/current")
    shutil.copy(places.acceptance_ledger, data / places.acceptance_ledger.name)
    return data


def values(place: ProfiledPlace, count: int) -> tuple[list[float], list[float]]:
    """Return values for single moves and for a drag: all steps of the slider, none of them twice."""
    setting = next(one for one in place.settings if one.name == MOVED)
    assert setting.slider is not None
    assert setting.step is not None
    steps = [float(f"{x:.10g}") for x in np.arange(setting.slider[0], setting.slider[1], setting.step)]
    alone = steps[:: max(len(steps) // count, 1)][:count]
    return alone, [step for step in steps if step not in alone]


def own_times(connection: HTTPConnection, place: ProfiledPlace, count: int, gas: float) -> list[float]:
    """Return the service's own times for numbers [s]. gas: the first gas flow; it grows, so that each point is new."""
    connection.close()  # it may have ended meanwhile
    settings = {one.name: one.default for one in place.settings if one.default is not None}
    point = {"product": PRODUCT, "scale": SCALE, "equipment": VESSEL, "site": SITE}
    found: list[float] = []
    for n in range(count):
        body = json.dumps(point | {"settings": settings | {"gas_flow": gas + 1e-3 * (n + 1)}})
        found += seconds(partial(asked, connection, "POST", "/what-if/numbers", body), 1)
    return found[5:]


def moves(view: Any, points: list[float], pause: int, *, single: bool) -> list[float]:
    """Move the slider, and return the times from the moves to their numbers [s]."""
    view.evaluate("scalebridge.times.length = 0")
    for value in points:
        view.evaluate(MOVE, [MOVED, value, single])
        view.wait_for_timeout(pause)
    view.evaluate(MOVE, [MOVED, points[-1], True])
    view.wait_for_timeout(1500)
    return [time / 1000 for time in view.evaluate("scalebridge.times")]


def main(given: argparse.Namespace) -> None:
    """Measure, and print the table."""
    from playwright.sync_api import sync_playwright

    places = Places.under(Path("data"))
    run = read_trained_run(places)
    place = profiled_place(run.settings, Asked(PRODUCT, f"{SCALE:g} L", VESSEL))
    with tempfile.TemporaryDirectory() as folder:
        with service(copied(places, Path(folder))) as connection, sync_playwright() as playwright:
            own = own_times(connection, place, given.moves + 5, 20.0)
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            view = browser.new_page(viewport={"width": 1280, "height": 900})
            query = urlencode({"product": PRODUCT, "vessel": VESSEL, "scale": f"{SCALE:g}", "site": SITE})
            view.goto(f"http://127.0.0.1:{connection.port}/?{query}")
            while not view.evaluate("Boolean(window.scalebridge) && scalebridge.curves > 0"):
                view.wait_for_timeout(100)
            apart, along = values(place, given.moves)
            alone = moves(view, apart, PAUSE, single=True)
            drags = moves(view, along, DRAG, single=False)
            curves = view.evaluate("scalebridge.curved === scalebridge.asked")
            browser.close()
            own += own_times(connection, place, given.moves + 5, 22.0)
        assert curves, "the curves of the last move are not there"
    middle = float(np.median(own))
    found = {"the service's own time for numbers": own, "single moves": alone, "moves of a drag": drags}
    rows: list[tuple[Cell, ...]] = [
        (
            what,
            len(times),
            *(float(np.percentile(times, part)) / middle for part in (50, 95)),
            *(1000 * float(np.percentile(times, part)) for part in (50, 95)),
        )
        for what, times in found.items()
    ]
    ratios = [f"{name}, ratio to the service" for name in ("median", "95th percentile")]
    table = Table(
        "Time from a move of a slider to its numbers on the page",
        ("what", "number", *ratios, "median [ms]", "95th percentile [ms]"),
        rows,
    )
    publish(Report("what_if", [table], [], {"moves": given.moves}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("--moves", type=int, default=60)
    main(parser.parse_args())
