"""Stage `plant`: raw files of the virtual plant, and the truth behind them."""

from pipeline.domain.config_files import load
from pipeline.domain.places import Places
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.stages.run import run


def plant(places: Places) -> None:
    """Simulate the plant and write its files as three sites export them."""
    build(load(places.config, "plant", PlantConfig), places.raw / "virtual_plant", places.truth)


if __name__ == "__main__":
    run(plant)
