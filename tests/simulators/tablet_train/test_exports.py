"""How the sites write their records."""

import polars as pl
import pytest

from pipeline.simulators.tablet_train.exports import batch_records, machine_lists, transfer_file
from pipeline.simulators.tablet_train.mass_balance import weighed
from pipeline.simulators.tablet_train.train import STEPS, Train
from tests.simulators.tablet_train.conftest import SMALL


@pytest.fixture(scope="module")
def files(small: Train) -> dict[str, pl.DataFrame]:
    recorded = {step: weighed(SMALL.seed, 1.0, step, small.amounts[step]) for step in STEPS}
    return batch_records(SMALL.seed, 1.0, small, recorded)


def test_batch_records__each_site_writes_each_step(files: dict[str, pl.DataFrame], small: Train) -> None:
    assert len(files) == 18
    for step in STEPS:
        rows = sum(frame.height for name, frame in files.items() if f"_{step}." in name)
        assert rows == small.inputs[step].height


def test_batch_records__ulm_writes_decimal_commas_and_other_units(files: dict[str, pl.DataFrame]) -> None:
    ulm, leeds = files["ulm_granulation.csv"], files["leeds_granulation.csv"]
    assert ulm["Wasser kg"].str.contains(",", literal=True).all()
    turns = ulm["Rührer 1/s"].str.replace(",", ".", literal=True).cast(pl.Float64)
    assert turns.max() < 20  # type: ignore[operator]
    assert leeds["Impeller [rpm]"].cast(pl.Float64).min() > 50  # type: ignore[operator]


def test_transfer_file__names_every_transfer_once(small: Train) -> None:
    found = transfer_file(SMALL.seed, 1.0, small.transfers)
    assert found.height == sum(frame.height for frame in small.transfers.values())
    assert found.select("From", "To").is_unique().all()


def test_machine_lists__state_the_geometry_in_usual_units() -> None:
    bowl = machine_lists()["granulator_list.csv"].filter(pl.col("Machine") == "GR-1200")
    assert bowl["Bowl [L]"].item() == "1200.0"
