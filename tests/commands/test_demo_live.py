"""The virtual plant behind an OPC UA server."""

import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipeline.commands import demo_live
from pipeline.commands.demo_live import Wanted, live_definition, plant_records, tags_of
from pipeline.domain.config_files import parse, read_as, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.history.assemble import assemble
from pipeline.history.ingest import ingest
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig
from tests.architecture.imports import ROOT
from tests.support.live_servers import free_port, python

GIVEN: dict[str, Any] = read_yaml(ROOT / "conf/process/virtual_plant.yaml")
VESSELS = ["MB-01", "V-2002"]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plant")
    build(read_as(PlantConfig, ROOT / "conf/plant/small.yaml"), folder / "raw", folder / "truth")
    return folder / "raw"


@pytest.fixture(scope="module")
def records(plant: Path) -> pl.DataFrame:
    return plant_records(parse(Process, GIVEN, "x"), plant)


def test_definition__is_valid_and_reads_one_historian() -> None:
    made = live_definition(GIVEN, "by_opcua", VESSELS)
    process: Process = parse(Process, made, "x")
    assert list(process.sources_that_give("trajectories")) == ["samples", "historian"]
    pull = process.sources["historian"].pull
    assert pull is not None
    assert pull.kind == "opcua"
    assert len(tags_of(GIVEN)) == 13


def test_records__are_those_of_the_plant_with_their_vessels(plant: Path, records: pl.DataFrame) -> None:
    given = parse(Process, GIVEN, "x")
    typed = ingest(given, plant)
    read = pl.concat([one.ledger.with_columns(pl.lit("").alias("sha256")) for one in typed.values()])
    rows = {name: one.rows for name, one in typed.items()}
    found = assemble(given, rows, pl.concat([one.quarantine for one in typed.values()]), read).trajectories
    wanted = found.filter(pl.col("tag").cast(pl.String) == "temperature_series", batch_id="CK190016")
    served = records.filter(node="CK-15.TI", batch="CK190016")
    assert served.height == wanted.height
    since = (served["time"] - served["time"][0]).dt.total_seconds().cast(pl.Float64)
    assert since.to_list() == pytest.approx((wanted["time"] - wanted["time"][0]).to_list())
    assert (served["value"] + 273.15).to_list() == pytest.approx(wanted["value"].to_list())


def test_play__needs_the_last_batch_of_a_vessel(records: pl.DataFrame) -> None:
    held = demo_live._held_back(records, "CK190016")
    assert held["vessel"].unique().to_list() == ["CK-15"]
    assert held["time"].is_sorted()
    with pytest.raises(ScalebridgeError, match=r"another batch was in the vessel of 'BOS-16-0001' after it.*CK190016"):
        demo_live._held_back(records, "BOS-16-0001")
    with pytest.raises(ScalebridgeError, match="there is no batch 'CK19016'; the closest names are 'CK190016'"):
        demo_live._held_back(records, "CK19016")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "conf").symlink_to(ROOT / "conf")
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "http://x"}, "must begin with opc.tcp://"),
        ({"process": "virtual_plant"}, "give another name with --process"),
        ({"process": "a/b"}, "cannot be the name of a process"),
        ({"size": "gigantic"}, "sizes are default, monitored, small"),
        ({"mqtt": "broker"}, "There is no address of the connection 'broker'"),
    ],
)
def test_demo__what_cannot_be_shown_is_a_sentence(changes: dict[str, Any], words: str) -> None:
    given = {"address": "opc.tcp://127.0.0.1:4840", "process": "x", "size": "small", "play": None, "speed": 1.0}
    with pytest.raises(ScalebridgeError, match=words):
        demo_live.show_plant(Wanted(**{**given, "mqtt": None, "replace": False, **changes}))


DEMO = """
import sys
sys.argv = ["scalebridge", *sys.argv[1:]]
from pipeline.cli import main
main()
"""


@pytest.mark.long
def test_demo__is_pulled_and_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer's chain: serve the plant, pull its history, and see that the batch that is played is added by a later pull."""
    import shutil

    from pipeline.cli import app

    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    address = f"opc.tcp://127.0.0.1:{free_port()}/plant"
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", address)
    params = (ROOT / "params.yaml").read_text(encoding="utf-8").splitlines()
    chosen = ["process: plant_by_opcua" if line.startswith("process:") else line for line in params]
    (tmp_path / "params.yaml").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    arguments = ("demo", "plant", "--opcua", address, "--play", "CK190016", "--speed")

    def pulled() -> int:
        result = CliRunner().invoke(app, ["snapshot"], catch_exceptions=False)
        assert result.exit_code == 0
        files = sorted((tmp_path / "data/snapshots/plant_by_opcua/historian").glob("*.parquet"))
        return sum(pl.read_parquet(file).height for file in files)

    monkeypatch.setattr("pipeline.commands.snapshot._pin", lambda *_: None)
    with python(DEMO, *arguments, "0", cwd=tmp_path) as server:
        _until(server, "are held back")
        before = pulled()
    with python(DEMO, *arguments, "1e6", cwd=tmp_path) as server:
        _until(server, "has been played")
        time.sleep(0.2)
        after = pulled()
    samples = pl.read_csv(tmp_path / "data/raw/plant_by_opcua/samples.csv", infer_schema=False)
    assert samples.filter(Batch="CK190016").is_empty()
    assert before > 20_000
    assert after - before == 316


def _until(program: Any, words: str) -> None:
    for line in program.stdout:
        if words in line:
            return
    raise AssertionError(program.stderr.read())
