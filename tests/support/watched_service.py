"""A service over the vat: two past batches, one that runs, and a judge of the temperature. Its published run has no model."""

from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import FastAPI

from pipeline.answers.watch.alarm_update import update_alarm
from pipeline.answers.watch.look import Post, look_at, post_of
from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.domain.places import Places
from pipeline.features.table import build
from pipeline.history.store import read_history
from pipeline.publication.runs import current_run
from pipeline.service.app import create_app
from pipeline.service.settings import Limits, ServiceSettings
from pipeline.service.warm import WarmRun
from tests.support.trained_pot import trained_run
from tests.support.watched_project import ThermometerJudge, process, watched_project


@dataclass(frozen=True)
class WatchedService:
    """The service and its project."""

    app: FastAPI
    places: Places
    post: Post

    def look(self) -> None:
        """Look at the running batch as `scalebridge watch R1` does, and keep its alarm."""
        running = read_running(self.post.process, self.places.raw / "vat", "R1", SeriesFiles())
        update_alarm(self.places.watch, look_at(self.post, running), 24.0, None)


def watched_service(folder: Path, port: int = 8765, limits: Limits | None = None, judged: bool = True) -> WatchedService:
    """Return a service that answers about the vat. judged: the run has a monitor."""
    places = watched_project(folder)
    bundle = current_run(places)
    history = read_history(bundle.places.history, records=True)
    made, judge = trained_run(), ThermometerJudge()
    rows, hashes = build(process(), history), replace(made.hashes, run=bundle.run)
    run = replace(made, process=process(), history=history, rows=rows, hashes=hashes)
    app = create_app(ServiceSettings(places, port=port, limits=limits or Limits()))
    app.state.service.warm.begin_with(WarmRun(run, bundle, judge=judge if judged else None))
    return WatchedService(app, places, post_of(bundle, judge))
