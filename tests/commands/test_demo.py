"""The virtual plant in a database gives the same history as its files."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.demo import PLANT, pulled_definition
from pipeline.config import compose, validate
from pipeline.domain.config_files import parse, read_as, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import NONE
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.verdict import read_history_of
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig
from tests.support.plant_database import choose, dvc, project_with_dvc
from tests.support.postgresql import postgresql_server

NAME = "plant_in_a_database"


def call(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    made = project_with_dvc(tmp_path / "project")
    monkeypatch.chdir(made.params.parent)
    return made


def history(places: Places, raw: Path) -> AssembledHistory:
    process = validate(compose(places.conf, places.params), "x").process
    return read_history_of(process, raw, NONE, snapshots=places.snapshots / process.name)


@pytest.mark.long
def test_plant__pulled_from_a_database_is_the_plant_of_the_files(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(read_as(PlantConfig, places.conf / "plant/small.yaml"), tmp_path / "raw", tmp_path / "truth")
    of_files = history(places, tmp_path / "raw")
    with postgresql_server() as server:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", server.address)
        assert "scalebridge snapshot" in call("demo", "plant", "--postgres", "plant")
        with pytest.raises(ScalebridgeError, match="exists; give another name with --process"):
            call("demo", "plant", "--postgres", "plant")
        choose(places, NAME)
        assert "opens (adbc-driver-postgresql" in call("snapshot", "--check")
        assert "Pinned with DVC" in call("snapshot")
        found = history(places, places.raw / NAME)
        for name in ("batches", "results", "lots", "genealogy", "trajectories"):
            assert_frame_equal(getattr(found, name), getattr(of_files, name))
        reasons = [one.quarantine["reason"].value_counts().sort("reason") for one in (of_files, found)]
        differ = (
            reasons[0].join(reasons[1], on="reason", how="full").filter(pl.col("count").ne_missing(pl.col("count_right")))
        )
        assert differ.filter(~pl.coalesce("reason", "reason_right").str.contains(r"row \d+ of")).is_empty()
        assert found.quarantine.height == of_files.quarantine.height
        assert "up to date" in dvc(places.params.parent, "status")
        again = call("snapshot")
        assert again.count("unchanged") == len({path.parent for path in places.snapshots.rglob("manifest.json")})
        server.run("UPDATE plant.lims SET result = '77.7' WHERE sample = 'S-000001'")
        assert "lims" in call("snapshot", "lims")
        corrected = history(places, places.raw / NAME)
        value = corrected.results.filter(batch_id="BOS-16-0001", attribute="acidic_variants")["value"].item()
        assert value == pytest.approx(0.777)
        assert corrected.quarantine.filter(pl.col("reason").str.starts_with("replaced by a newer version")).height == 1


def test_definition__keeps_all_rules_but_those_of_files(places: Places) -> None:
    given = read_yaml(places.conf / "process" / f"{PLANT}.yaml")
    made = pulled_definition(given, "x", "mes", "plant", set(given["sources"]))
    sources = parse(Process, made, "x").sources
    assert {source.pull.table for source in sources.values() if source.pull} >= {
        "plant.boston",
        "plant.lims",
        "plant.samples",
    }
    assert sources["visp"].decimal == ","
    assert sources["historian_cork"].pull is not None
    assert sources["historian_cork"].pull.values == "raw"
    assert made["attributes"] == given["attributes"]


def test_plant__without_a_connection_is_a_sentence(places: Places) -> None:
    with pytest.raises(ScalebridgeError, match="Say where the plant is to be loaded"):
        call("demo", "plant")
    with pytest.raises(ScalebridgeError, match="There is no address of the connection 'plant'"):
        call("demo", "plant", "--postgres", "plant")
