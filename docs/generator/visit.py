"""Visit the pages in a browser and record the visit as pictures: `python -m docs.generator.visit <project folder>`.

The folder holds a finished default run and its raw files. The visit works on a copy, so the project stays as it is. Chromium is
needed. The pictures go into `docs/pictures/`, where the page on the what-if page shows them.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.publication.runs import current_name

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
LARGEST_PICTURE = 200_000
"""Largest size of a picture [byte]."""
COLOURS = 48
"""Number of colours of a picture. Few colours make small files."""
WATCHED = "BOS-16-0009"
"""A batch of the default history that deviated."""
START = {"product": "mAb-12", "vessel": "V-2001", "scale": "2000"}
SCRIPT = "import sys; from pipeline.cli import main; main()"


def command(*arguments: str) -> list[str]:
    """Return the call of a verb of the command line with the code of this folder."""
    return [sys.executable, "-c", SCRIPT, *arguments]


def copied(project: Path, folder: Path) -> None:
    """Copy what a visit needs: the published run, the ledger of limits, and the raw files."""
    there, here = Places.under(project / "data"), Places.under(folder / "data")
    current = current_name(there)
    shutil.copytree(there.runs / current, here.runs / current)
    shutil.copy(there.current_run, here.current_run)
    shutil.copy(there.acceptance_ledger, here.acceptance_ledger)
    shutil.copytree(there.raw, here.raw)


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """Start the service in a folder; yield its address."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command("watch", WATCHED), cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
    started = subprocess.Popen(
        command("serve", "--port", "0"), cwd=folder, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert started.stdout is not None
        yield f"http://{started.stdout.readline().partition('http://')[2].partition(' ')[0]}"
    finally:
        started.terminate()
        started.wait()


def save(name: str, picture: bytes) -> None:
    """Write a picture with few colours.

    Raises ScalebridgeError if it is too large.
    """
    made, target = io.BytesIO(), PICTURES / f"what_if_{name}.png"
    small = (
        Image.open(io.BytesIO(picture))
        .convert("RGB")
        .quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    )
    small.save(made, "PNG", optimize=True)
    if made.tell() > LARGEST_PICTURE:
        raise ScalebridgeError(f"{target} would have {made.tell():,} bytes; at most {LARGEST_PICTURE:,} are allowed")
    target.write_bytes(made.getvalue())


def settled(view: Any) -> None:
    """Wait until numbers and curves of the current state are shown."""
    for _ in range(300):
        if view.evaluate("Boolean(window.scalebridge) && scalebridge.asked > 0 && scalebridge.curved === scalebridge.asked"):
            return
        view.wait_for_timeout(100)
    raise ScalebridgeError("The what-if page did not show its numbers within 30 s")


def what_if(browser: Any, address: str) -> None:
    """Visit the what-if page: the start, a quantity that is held, the curves, and two states compared."""
    view = browser.new_page(viewport={"width": 1280, "height": 960})
    view.goto(f"{address}/?{urlencode(START)}")
    settled(view)
    save("start", view.screenshot())
    save("curves", view.locator(".profiler-part").screenshot())
    view.locator("#pin-a").click()
    view.locator("#set-agitation-hold").select_option("power_per_volume")
    settled(view)
    save("hold", view.locator("[data-setting=agitation]").screenshot())
    field = view.locator("#set-duration")
    field.fill("13")
    field.press("Enter")
    settled(view)
    view.locator("#pin-b").click()
    save("compare", view.locator("#compare-part").screenshot())
    view.set_viewport_size({"width": 768, "height": 1024})
    view.wait_for_timeout(500)
    view.evaluate("scrollTo(0, 0)")
    save("tablet", view.screenshot())


def history_and_running(browser: Any, address: str) -> None:
    """Visit the pages of history and of running batches."""
    view = browser.new_page(viewport={"width": 1280, "height": 960})
    for page, query in (
        ("history", {"product": "mAb-12", "attribute": "hcp", "batch": "BOS-20-0279"}),
        ("running", {"batch": WATCHED}),
    ):
        view.goto(f"{address}/{page}?{urlencode(query)}")
        view.locator("#courses svg").first.wait_for(timeout=60_000)
        view.wait_for_timeout(500)
        view.evaluate("scrollTo(0, 0)")
        save(page, view.screenshot(full_page=page == "history"))


def main(project: Path) -> None:
    """Visit all pages."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        copied(project, Path(folder))
        with service(Path(folder)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            what_if(browser, address)
            history_and_running(browser, address)
            browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    main(parser.parse_args().project)
