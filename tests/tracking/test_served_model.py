"""The model as MLflow serves it says what `scalebridge predict` says, and refuses what it refuses."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from pipeline.tracking import served_model as module
from pipeline.tracking.mlflow import track
from pipeline.tracking.served_model import ScalebridgeModel
from tests.support.project import PROPOSAL
from tests.support.served import loaded, part_of, record_of

ROW = {
    "product": "P",
    "scale": "100 L",
    "equipment": "B",
    "site": "There",
    "agitation": 60.0,
    "temperature": 36.85,
    "unstated": "as_reference",
}


@pytest.fixture(scope="module")
def part(project: Places, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return part_of(project, tmp_path_factory.mktemp("part"))


@pytest.fixture(scope="module")
def served(part: Path) -> ScalebridgeModel:
    return loaded(part)


def _one(served: ScalebridgeModel, **changes: object) -> dict[str, Any]:
    row = {name: cell for name, cell in (ROW | changes).items() if cell != "leave out"}
    (found,) = served.predict(None, pd.DataFrame([row], dtype=object)).to_dict(orient="records")
    return found


def test_predict__gives_the_numbers_of_the_command(served: ScalebridgeModel, project: Places) -> None:
    run = read_trained_run(project)
    stated = {name: cell for name, cell in PROPOSAL.items() if name not in ("tolerances", "limits")}
    expected = answer(make_case(parse(Proposal, stated, "proposal"), run), run).attributes["titre"].predicted
    assert expected is not None
    found = _one(served)
    assert (found["titre"], found["titre_chance"]) == (expected.value, expected.chance)
    for one in expected.intervals:
        assert (found[f"titre_lower_{one.level:g}"], found[f"titre_upper_{one.level:g}"]) == (one.lower, one.upper)


def test_predict__units_and_plain_numbers_are_the_same(served: ScalebridgeModel) -> None:
    assert _one(served, agitation="1 1/s", temperature="310 K", scale=100) == _one(served)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agitation": float("inf")}, "row 1, column 'agitation': inf is not a finite number"),
        ({"agitation": "inf"}, "column 'agitation': inf is not a finite number"),
        ({"agitation": 1e300}, "Proposal 'row 1', 'agitation': 1e+300 cannot be a value of a plant"),
        ({"scale": "leave out"}, "row 1: 'scale' must be stated"),
        ({"scale": float("nan")}, "row 1: 'scale' must be stated"),
        ({"scale": -100.0}, "must be above zero"),
        ({"scale": "100 kg"}, "'100 kg' has the unit 'kg', which cannot be converted to 'L'"),
        ({"scale": "0.01 L"}, "lies below the reference scale"),
        ({"temperature": 98.0}, "98.0 is outside the possible range 0 to 60 degC"),
        ({"temperature": "36.85 L"}, "setting 'temperature': '36.85 L' has the unit 'L'"),
        ({"equipment": "Z"}, "no batch was made on equipment 'Z'"),
        ({"media_lot": "L99"}, "no lot 'L99' of 'media'"),
        ({"reference_scale": "7 L"}, "no batch of 'P' at the reference scale 7 L"),
        ({"revolutions": 3.0}, "there is no column 'revolutions'"),
    ],
)
def test_predict__refuses_what_the_command_refuses(served: ScalebridgeModel, change: dict[str, object], words: str) -> None:
    found = _one(served, **change)
    assert words in found["reason"]
    assert found["titre_reason"] == found["reason"]
    assert {name for name, cell in found.items() if cell is not None} == {"titre_status", "titre_reason", "status", "reason"}
    assert found["status"] == found["titre_status"] == "refused"


def test_predict__one_bad_row_costs_one_answer_and_the_order_stays(served: ScalebridgeModel) -> None:
    rows = [ROW | {"agitation": agitation} for agitation in (55.0, "fast", 65.0)]
    found = served.predict(None, pd.DataFrame(rows, index=[7, 3, 5]))
    assert found.index.tolist() == [7, 3, 5]
    assert found["status"].tolist() == ["predicted", "refused", "predicted"]
    assert "'fast' is not a number" in found["reason"].tolist()[1]
    assert found["titre"].tolist()[0] != found["titre"].tolist()[2]


def test_predict__a_mistake_in_the_program_costs_one_row(served: ScalebridgeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("float division\nby zero")

    monkeypatch.setattr(module, "answered", fail)
    found = _one(served)
    assert found["titre"] is None
    assert found["reason"] == "row 1: the program failed on this row (ZeroDivisionError: float division by zero); report it"


def test_predict__no_row_is_an_empty_table(served: ScalebridgeModel) -> None:
    found = served.predict(None, pd.DataFrame(columns=["product", "scale"]))
    assert found.shape[0] == 0
    assert "titre_lower_90" in found.columns


def test_predict__a_later_horizon_is_refused(part: Path, project: Places, tmp_path: Path) -> None:
    model = loaded(part)
    model.horizon = "release"
    found = _one(model)
    assert found["titre"] is None
    assert "trained for the horizon 'release'" in found["reason"]
    assert "use `scalebridge predict`" in found["reason"]


def test_load_context__a_changed_file_is_refused(project: Places, tmp_path: Path) -> None:
    part = part_of(project, tmp_path)
    file = part / "model/titre.model.json"
    file.write_text(file.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"titre.model.json was changed"):
        loaded(part)


@pytest.fixture(scope="module")
def address(project: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that `mlflow models serve` runs on the files of the model alone, without a database."""
    folder = tmp_path_factory.mktemp("serve")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        track(record_of(project, folder / "artifacts"), folder)
    (model,) = (folder / "mlartifacts").glob("*/models/*/artifacts")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "MLFLOW_TRACKING_URI")}
    environment |= {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model), "--env-manager", "local"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port), "--workers", "1"], cwd=folder, env=environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/ping", server, folder / "log")
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=30)


def _wait(ping: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(ping, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _ask(address: str, body: str) -> tuple[int, Any]:
    """Status and answer. An answer that is no JSON, such as one with NaN, is an error."""
    request = urllib.request.Request(address, body.encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    return status, json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.mark.long
def test_serve__answers_in_json_what_the_model_says(address: str, served: ScalebridgeModel) -> None:
    """A process of its own, with the code of the model; requests in both forms of a table, damaged numbers among them."""
    columns = list(ROW)
    split = json.dumps({"dataframe_split": {"columns": columns, "data": [[ROW[name] for name in columns]]}})
    records = json.dumps({"dataframe_records": [ROW]})
    for body in (split, records):
        status, found = _ask(address, body)
        assert status == 200
        assert found["predictions"] == [_one(served)]
    for number in ("1e999", "Infinity", '"inf"', '"1e999 rpm"', "-1e999"):
        status, found = _ask(address, records.replace("60.0", number))
        assert status == 200
        (row,) = found["predictions"]
        assert row["titre"] is None
        assert "is not a finite number" in row["reason"]
    status, found = _ask(address, json.dumps({"dataframe_records": [ROW, {"product": "P", "scale": None}]}))
    assert [row["status"] for row in found["predictions"]] == ["predicted", "refused"]
    status, found = _ask(address, json.dumps({"dataframe_records": [{"product": "P"}]}))
    assert status == 400
    assert "Model is missing inputs ['scale']" in found["message"]
    assert yaml.safe_load(json.dumps(found))  # a sentence in JSON, no page of the server
