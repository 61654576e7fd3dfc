"""The antibody train of the default size, once per session of tests; it takes less than a second."""

from pathlib import Path

import pytest

from pipeline.simulators.antibody_train.build import build, plan
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.train import Simulation, TrainRun, simulate

CONFIG = AntibodyTrainConfig()


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("antibody_train")
    build(CONFIG, folder / "raw", folder / "truth")
    return folder


@pytest.fixture(scope="package")
def simulation() -> Simulation:
    return plan(CONFIG)[0]


@pytest.fixture(scope="package")
def run(simulation: Simulation) -> TrainRun:
    return simulate(simulation, CONFIG.noise)
