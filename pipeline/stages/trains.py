"""Stage `trains`: raw files of the three simulated trains, and the truth behind them."""

from pipeline.domain.config_files import load
from pipeline.domain.places import Places
from pipeline.simulators.antibody_train.build import build as build_antibody_train
from pipeline.simulators.cell_therapy.build import build as build_cell_therapy
from pipeline.simulators.tablet_train.build import build as build_tablet_train
from pipeline.simulators.trains import TrainsConfig
from pipeline.stages.run import run


def trains(places: Places) -> None:
    """Simulate the trains and write their files as the sites export them."""
    config, truth = load(places.config, "trains", TrainsConfig), places.truth_of_trains
    build_antibody_train(config.antibody_train, places.raw / "antibody_train", truth / "antibody_train")
    build_tablet_train(config.tablet_train, places.raw / "tablet_train", truth / "tablet_train")
    build_cell_therapy(config.cell_therapy, places.raw / "cell_therapy", truth / "cell_therapy")


if __name__ == "__main__":
    run(trains)
