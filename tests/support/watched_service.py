"""A service of the watched vat: its published run has no model, and the thermometer judges."""

from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from pipeline.domain.places import Places
from pipeline.history.store import read_history
from pipeline.publication.runs import current_run
from pipeline.service.app import create_app
from pipeline.service.settings import Limits, ServiceSettings
from pipeline.service.warm import WarmRun
from tests.support.trained_pot import HASHES, trained_run
from tests.support.watched_project import ThermometerJudge, process, watched_project


def watched_service(folder: Path, limits: Limits | None = None, judged: bool = True) -> tuple[FastAPI, Places]:
    """The service, and the places of its project. judged: the run has a monitor."""
    places = watched_project(folder)
    bundle = current_run(places)
    app = create_app(ServiceSettings(places, limits=limits or Limits()))
    history, hashes = read_history(bundle.places.history), replace(HASHES, run=bundle.run)
    trained = replace(trained_run(), process=process(), history=history, hashes=hashes)
    app.state.service.warm.begin_with(WarmRun(trained, bundle, judge=ThermometerJudge() if judged else None))
    return app, places
