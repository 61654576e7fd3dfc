"""The virtual plant: raw files as a plant exports them, and the truth behind them."""

from pathlib import Path

from pipeline.domain.config_files import load
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.stages.run import run


def plant(config: Path, raw: Path, truth: Path) -> None:
    """Make the embedded default's data."""
    build(load(config, "plant", PlantConfig), raw, truth)


if __name__ == "__main__":
    run(plant)
