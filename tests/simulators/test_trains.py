"""Sizes of the simulated trains."""

from pathlib import Path

import pytest
import yaml

from pipeline.domain.config_files import parse
from pipeline.simulators.trains import TrainsConfig

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("option", ["default", "small"])
def test_option__is_a_size_of_every_train(option: str) -> None:
    given = yaml.safe_load((ROOT / f"conf/trains/{option}.yaml").read_text(encoding="utf-8"))
    found = parse(TrainsConfig, given, option)
    assert isinstance(found, TrainsConfig)
    assert set(given) == set(TrainsConfig.__dataclass_fields__)


def test_small__is_smaller() -> None:
    small, usual = (
        yaml.safe_load((ROOT / f"conf/trains/{option}.yaml").read_text(encoding="utf-8")) for option in ("small", "default")
    )
    assert small["antibody_train"]["batches"] < usual["antibody_train"]["batches"]
    assert small["tablet_train"]["blends"] < usual["tablet_train"]["blends"]
    assert small["cell_therapy"]["patients"] < usual["cell_therapy"]["patients"]
