"""One simulated cell therapy of the default size for the tests of the simulator."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.simulators.cell_therapy.build import build
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.plan import Plan, plan
from pipeline.simulators.cell_therapy.records import step_records
from pipeline.simulators.cell_therapy.simulation import Outcome, simulate


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cell_therapy")
    build(CellTherapyConfig(), folder / "raw", folder / "truth")
    return folder


@pytest.fixture(scope="session")
def made() -> Plan:
    return plan(CellTherapyConfig())


@pytest.fixture(scope="session")
def outcome(made: Plan) -> Outcome:
    return simulate(made.causes)


@pytest.fixture(scope="session")
def records(made: Plan, outcome: Outcome) -> dict[str, pl.DataFrame]:
    return step_records(CellTherapyConfig(), made, outcome)
