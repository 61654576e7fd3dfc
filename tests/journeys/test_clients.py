"""Clients kept apart, from the raw files to the page, MLflow and an export: no file that leaves shows a name of another client."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.answers.predicting_run import read_predicting_run
from pipeline.cli import app
from pipeline.domain.places import Places
from pipeline.publication.runs import current_run
from pipeline.publication.shown_names import names_shown
from tests.support.project import run_stages
from tests.support.small_history import SmallHistory

pytestmark = pytest.mark.long
MADE = (
    ("own-1", 2, 5),
    ("own-1", 50, 3),
    ("own-2", 2, 4),
    ("beta-1", 2, 4),
    ("beta-1", 500, 3),
    ("gamma-1", 2, 3),
    ("house-1", 50, 3),
)
SCOPE = {
    "client": "alpha",
    "attribute": "product",
    "clients": {"alpha": ["own-1", "own-2"], "beta": ["beta-1"], "gamma": ["gamma-1"], "house": ["house-1"]},
    "teach": {"beta": "anonymous", "house": "named"},
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """A finished run for the client alpha."""
    folder = tmp_path_factory.mktemp("clients")
    places = SmallHistory(MADE, proposal={"product": "own-1"}).project(folder)
    (places.conf / "scope/alpha.yaml").write_text(yaml.safe_dump(SCOPE), encoding="utf-8")
    choices = yaml.safe_load(places.params.read_text(encoding="utf-8")) | {"scope": "alpha"}
    places.params.write_text(yaml.safe_dump(choices), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        run_stages(places)
        yield places


@pytest.fixture(scope="module")
def hidden(places: Places) -> list[str]:
    """The names that alpha must not see."""
    return pl.read_parquet(places.hidden_names)["name"].to_list()


def _leaks(root: Path, names: list[str]) -> dict[str, set[str]]:
    files = [root] if root.is_file() else [path for path in root.rglob("*") if path.is_file() and "code" not in path.parts]
    return {path.name: shown for path in files if (shown := names_shown(path, names))}


def test_clients__a_run_shows_no_name_of_others(places: Places, hidden: list[str]) -> None:
    assert {"beta-1", "gamma-1", "beta", "gamma"} <= set(hidden)
    assert "house-1" not in hidden
    for root in (places.runs, places.answers, places.quality_report):
        assert not _leaks(root, hidden), root


def test_clients__the_search_finds_names_where_they_are(places: Places, hidden: list[str]) -> None:
    """The raw files and the typed rows, which stay in the house, hold the names. So the search can fail."""
    assert _leaks(places.sources, hidden)
    assert _leaks(places.raw, hidden)


def test_clients__learns_from_those_who_teach_alone(places: Places) -> None:
    run = read_predicting_run(current_run(places))
    counts = dict(run.history.batches.group_by("product").len().iter_rows())
    assert counts == {"own-1": 8, "own-2": 4, "other product 001": 7, "house-1": 3}
    assert run.history.anonymous.height == 7


def test_clients__a_page_shows_no_result_of_an_anonymous_batch(places: Places) -> None:
    answer = json.loads((places.answers / "a/result.json").read_text(encoding="utf-8"))
    nearest = answer["domain"]["nearest"]
    assert any(one["batch"].startswith("other batch") for one in nearest)
    for one in nearest:
        assert (set(one["results"].values()) == {None}) is one["batch"].startswith("other batch")
    assert "This run is made for client alpha. 7 of its 22 batches are of other clients" in json.dumps(answer)
    assert "made for client alpha" in (places.answers / "a/report.html").read_text(encoding="utf-8")


def test_clients__mlflow_holds_no_name_of_others(places: Places, hidden: list[str]) -> None:
    tracked = CliRunner().invoke(app, ["track"])
    assert tracked.exit_code == 0, tracked.output
    root = places.params.parent
    assert not _leaks(root / "mlartifacts", hidden)
    database = (root / "mlflow.db").read_bytes()
    assert not [name for name in hidden if len(name) > 4 and name.encode() in database]


def test_clients__an_export_predicts_the_same_and_holds_own_rows_alone(places: Places, hidden: list[str]) -> None:
    import mlflow

    exported = CliRunner().invoke(app, ["export", "--out", "for_alpha"])
    assert exported.exit_code == 0, exported.output
    assert "12 batches of the client are in it, 10 batches of others are not" in exported.output
    root = places.params.parent / "for_alpha"
    others = [*hidden, "house-1", *(f"other batch {number:03}" for number in range(1, 8)), "other product 001"]
    assert not _leaks(root, others)
    features = pl.read_parquet(next(root.rglob("features.parquet")))
    assert set(features["product"]) == {"own-1", "own-2"}
    row = {"product": "own-1", "scale": "50 L", "equipment": "R-50", "agitation": "150 rpm", "temperature": "36.5 degC"}
    asked = mlflow.pyfunc.load_model(str(root))
    columns = [column.name for column in asked.metadata.get_input_schema().inputs]
    answered = asked.predict(pd.DataFrame([{name: row.get(name) for name in columns}]))
    (places.proposals / "b.yaml").write_text(
        yaml.safe_dump({key: row[key] for key in ("product", "scale", "equipment")} | {
            "name": "b", "process": "small", "settings": {key: row[key] for key in ("agitation", "temperature")},
        }), encoding="utf-8",
    )  # fmt: skip
    told = CliRunner().invoke(app, ["predict", "data/proposals/b.yaml", "--out", "b.json"])
    assert told.exit_code == 0, told.output
    whole = json.loads((places.params.parent / "b.json").read_text(encoding="utf-8"))["steps"][0]["attributes"]["titre"]
    assert np.isclose(answered["titre"][0], whole["outcome"]["value"], rtol=1e-5)
    low = whole["outcome"]["intervals"][0]["lower"]
    assert np.isclose(answered[f"titre_lower_{whole['outcome']['intervals'][0]['level']:g}"][0], low, rtol=1e-4)


def test_clients__an_export_never_replaces_a_folder(places: Places) -> None:
    (places.params.parent / "there").mkdir()
    refused = CliRunner().invoke(app, ["export", "--out", "there"])
    assert refused.exit_code == 1
    assert "exists already" in str(refused.exception)


def test_clients__a_name_that_would_be_shown_stops_the_publication(places: Places) -> None:
    """A file of the site knowledge names a product of another client."""
    from pipeline.domain.errors import ScalebridgeError
    from pipeline.stages.publish import publish

    path = places.plots / "note.json"
    path.write_text('{"of": "gamma-1"}', encoding="utf-8")
    before = places.current_run.read_text(encoding="utf-8")
    try:
        with pytest.raises(ScalebridgeError) as raised:
            publish(places)
    finally:
        path.unlink()
    assert "gamma-1" not in str(raised.value)
    assert places.current_run.read_text(encoding="utf-8") == before
