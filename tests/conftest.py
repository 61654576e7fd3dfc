"""Small helpers that many tests share."""

from pathlib import Path

import pytest
import yaml
from hypothesis import settings

from pipeline.domain.config_files import parse
from pipeline.domain.places import Places
from pipeline.domain.process.operation_kinds import context_of
from pipeline.domain.process.process import Process
from pipeline.operations.registry import unit_operations
from tests.support.definitions import Make, PlainData

ROOT = Path(__file__).parents[1]
settings.register_profile("shared machine", deadline=None)  # time is no property of a formula
settings.load_profile("shared machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the golden results of tests/golden anew")


@pytest.fixture(scope="session")
def renew_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--renew-golden"))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The stirred pot as a project on which the stages have run; a test that changes a file takes a copy."""
    from tests.support.project import new_project, run_stages

    places = new_project(tmp_path_factory.mktemp("pot"))
    run_stages(places)
    return places


def data_folder(name: str) -> Path:
    """The files of `data/raw/<name>.dvc`. The test is skipped where they are not here."""
    for folder in (ROOT / "data/raw" / name, ROOT.parent / "shared/data" / name):
        if folder.is_dir():
            return folder
    pytest.skip(f"the {name} data is not here: dvc pull data/raw/{name}.dvc")


@pytest.fixture(scope="session")
def tablets_folder() -> Path:
    return data_folder("tablets")


@pytest.fixture(scope="session")
def lots_folder() -> Path:
    return data_folder("lots")


@pytest.fixture(scope="session")
def tablets() -> Process:
    return process_of(yaml.safe_load((ROOT / "conf/process/tablets.yaml").read_text(encoding="utf-8")))


def process_of(data: PlainData) -> Process:
    process = parse(Process, data, "process", context=context_of(unit_operations()))
    assert isinstance(process, Process)
    return process


@pytest.fixture
def small() -> Make:
    """A small definition as plain data, with changes at the top level."""

    def make(**changes: object) -> PlainData:
        number = {"role": "CPP", "horizon": "plan", "description": "x"}
        definition: PlainData = {
            "name": "small",
            "title": "A small process",
            "batch": "batch",
            "product": "product",
            "scale": {"attribute": "volume"},
            "sources": {"batches": {"gives": "batches", "files": ["batches.csv"]}},
            "attributes": {
                "batch": {**number, "role": "identifier", "kind": "text", "column": "batches.batch"},
                "product": {**number, "role": "context", "kind": "text", "column": "batches.product"},
                "volume": {**number, "role": "scale", "unit": "L", "column": "batches.volume"},
                "temperature": {**number, "unit": "degC", "between": [0, 60], "column": "batches.temperature"},
                "titre": {
                    "role": "CQA",
                    "horizon": "release",
                    "description": "x",
                    "unit": "g/L",
                    "reporting_limit": 0.1,
                    "column": "batches.titre",
                },
            },
        }
        return definition | changes

    return make
