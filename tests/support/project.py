"""The stirred pot as a project on disk: raw files, options, proposals, and every stage but `plant` and `track` run on them."""

import os
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipeline.domain.places import Places
from pipeline.history.tables import History
from tests.support.definitions import PlainData
from tests.support.pot import definition, history

ROOT = Path(__file__).parents[2]
CHOICES = {
    "process": "pot",
    "split": "pot",
    "model": "ridge",
    "interval": "rehearsed",
    "plant": "small",
    "transfer": "none",
    "left_out": "none",
    "scope": "none",
    "cost": "example",
    "decision": "default",
    "horizon": "plan",
    "seed": 1,
}
SPLIT = {
    "protocols": [
        {"kind": "largest_scale_out", "folds": 2},
        {"kind": "leave_product_out", "folds": 2},
        {"kind": "past_scale_ups", "least": 10},
    ]
}
QUICK_MONITORING: PlainData = {"promised_rate": 0.05, "channels": ["middle"], "folds": 2, "trees": 5, "points": 1000}
"""A monitor that is trained in seconds."""
PROPOSAL = {
    "name": "P to 100 L",
    "process": "pot",
    "product": "P",
    "scale": "100 L",
    "equipment": "B",
    "site": "There",
    "settings": {"agitation": "60 rpm", "temperature": "36.85 degC"},
    "tolerances": {"agitation": "6 rpm", "temperature": "0.2 degC"},
    "limits": {"agitation": ["30 rpm", "90 rpm"], "temperature": ["35 degC", "39 degC"]},
    "unstated": "as_reference",
}


def tables() -> History:
    """What the raw files say: batches at 1 L first, then those at 100 L, one a day."""
    made = history(48)
    order = pl.col("scale").rank("ordinal") - 1
    day = pl.lit("2024-01-01").str.to_datetime(time_unit="us") + pl.duration(days=order)
    return History(made.batches.with_columns(started_at=day), made.results, made.lots, made.genealogy, made.trajectories)


def _definition() -> PlainData:
    """The pot's definition with the start of each batch, which the protocols over time need."""
    made = definition()
    column = {"source": "batches", "column": "start", "date": {"format": "%Y-%m-%d"}}
    start = {"role": "identifier", "horizon": "plan", "kind": "date", "description": "x", "column": column}
    return made | {"started": "start", "attributes": made["attributes"] | {"start": start}}


def _write_raw(folder: Path) -> None:
    """Write the tables as the process definition says that they are exported."""
    found = tables()
    titre = found.results.select("batch_id", titre="value")
    found.batches.join(titre, on="batch_id").select(
        "product",
        "site",
        "vessel",
        "titre",
        batch="batch_id",
        start=pl.col("started_at").dt.strftime("%Y-%m-%d"),
        volume=pl.col("scale") * 1000,
        agitation=pl.col("agitation") * 60,
        temperature=pl.col("temperature") - 273.15,
    ).write_csv(folder / "b.csv")
    found.lots.pivot("attribute", index="lot_id", values="value").rename({"lot_id": "lot"}).write_csv(folder / "l.csv")
    found.genealogy.select(b="batch_id", m="material", l="lot_id", q="fraction").write_csv(folder / "g.csv")


def new_project(folder: Path) -> Places:
    """A project before its first run."""
    places = Places.under(folder / "data")
    shutil.copytree(ROOT / "conf", places.conf)
    for path, data in (
        (places.conf / "process/pot.yaml", _definition()),
        (places.conf / "split/pot.yaml", SPLIT),
        (places.params, CHOICES),
        (places.proposals / "p_to_100L.yaml", PROPOSAL),
        (places.proposals / "of_another_process.yaml", PROPOSAL | {"process": "tablets"}),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    (places.raw / "pot").mkdir(parents=True)
    _write_raw(places.raw / "pot")
    return places


def run_stages(places: Places) -> None:
    """Run the stages in their order, in this process, so that the coverage of lines is measured."""
    from pipeline.stages.configure import configure
    from pipeline.stages.evaluate import evaluate
    from pipeline.stages.explain import explain
    from pipeline.stages.features import features
    from pipeline.stages.ingest import ingest
    from pipeline.stages.monitor import monitor
    from pipeline.stages.outlook import outlook
    from pipeline.stages.predict import predict
    from pipeline.stages.publish import publish
    from pipeline.stages.split import split
    from pipeline.stages.train import train
    from pipeline.stages.transfer import transfer
    from pipeline.stages.validate import validate

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        learned = (split, train, evaluate, transfer, explain, monitor, outlook)
        for stage in (configure, ingest, validate, features, *learned, publish, predict):
            stage(places)


def copy_of(places: Places, folder: Path) -> Places:
    """A copy of a project that a test may change."""
    shutil.copytree(places.params.parent, folder / "project")
    return Places.under(folder / "project/data")
