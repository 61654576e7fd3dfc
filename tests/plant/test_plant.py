"""The virtual plant: the same seed gives the same bytes, physics behaves, planted errors are found and nothing else is."""

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.integrate import solve_ivp

from pipeline.domain.plain import parse, read_yaml
from pipeline.domain.process import Process
from pipeline.history.assemble import Assembled, assemble
from pipeline.history.ingest import ingest
from pipeline.plant import build
from pipeline.plant.build import plan
from pipeline.plant.config import PlantConfig
from pipeline.plant.dynamics import START_GLUCOSE, derivatives, initial, simulate
from pipeline.plant.truth import culture_of, final_states, noise_free, sensitivity

SMALL = PlantConfig(products=6, batches=90, families=2, historian_hours=12)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plant")
    build(SMALL, folder / "raw", folder / "truth")
    return folder


@pytest.fixture(scope="module")
def history(built: Path, root: Path) -> Assembled:
    process = parse(Process, read_yaml(root / "conf/process/virtual_plant.yaml"), "virtual_plant")
    typed = ingest(process, built / "raw")
    rows = {name: source.rows for name, source in typed.items()}
    quarantine = pl.concat([source.quarantine for source in typed.values()])
    return assemble(process, rows, quarantine, pl.concat([source.ledger for source in typed.values()]))


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_plant__the_same_seed_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build(SMALL, tmp_path / "raw", tmp_path / "truth")
    assert _digest(tmp_path) == _digest(built)


def test_plant__every_planted_error_is_set_aside(built: Path, history: Assembled) -> None:
    planted = pl.read_parquet(built / "truth/errors.parquet").with_columns(pl.col("row").cast(pl.UInt32))
    missed = planted.join(history.quarantine, on=["file", "row"], how="anti")
    assert missed.is_empty(), missed


def test_plant__nothing_else_is_set_aside_but_what_hangs_on_it(built: Path, history: Assembled) -> None:
    """Rows of a struck batch go with it; first revisions of a result and a second export of some are there by design."""
    planted = pl.read_parquet(built / "truth/errors.parquet").with_columns(pl.col("row").cast(pl.UInt32))
    struck = pl.read_parquet(built / "truth/struck_batches.parquet")["batch_id"].implode()
    others = history.quarantine.join(planted, on=["file", "row"], how="anti")
    follows = pl.col("reason").str.starts_with("no valid batch") & pl.col("value").is_in(struck)
    unexplained = others.filter(~follows & ~pl.col("reason").str.contains("^superseded by revision|^repeats row"))
    assert unexplained.is_empty(), unexplained


def test_plant__batches_of_three_sites_arrive_in_one_unit(built: Path, history: Assembled) -> None:
    truth = pl.read_parquet(built / "truth/rows.parquet").join(history.batches, on="batch_id", suffix="_read")
    assert truth["site"].n_unique() == 3
    assert np.allclose(truth["agitation"], truth["agitation_read"], rtol=2e-3)
    assert np.allclose(truth["temperature"] + 273.15, truth["temperature_read"], atol=0.006)
    assert np.allclose(truth["gas_flow"], truth["gas_flow_read"], rtol=2e-3)


def test_plant__truth_is_no_raw_file(built: Path) -> None:
    columns = {column for path in (built / "raw").glob("*.csv") for column in path.read_text().splitlines()[0].split(",")}
    assert columns.isdisjoint({"growth_rate", "productivity", "cause", "onset_hours"})


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return plan(SMALL)[0]


def test_dynamics__agree_with_an_adaptive_solver(rows: pl.DataFrame) -> None:
    culture = culture_of(rows.head(4))
    ours = simulate(culture, 10**6, lambda hour, state: None)
    start = initial(culture)

    def rate(hour: float, flat: np.ndarray) -> np.ndarray:
        return derivatives(culture, flat.reshape(start.shape), hour).ravel()

    ends = float(24 * np.ceil(rows.head(4)["duration_days"].max()))  # type: ignore[type-var]
    solved = solve_ivp(rate, (0, ends), start.ravel(), rtol=1e-6, atol=1e-9, max_step=1.0).y[:, -1].reshape(start.shape)
    assert np.allclose(ours[1:], solved[1:], rtol=0.02, atol=1e-3)


def test_dynamics__without_cells_volume_and_glucose_balance(rows: pl.DataFrame) -> None:
    empty = rows.with_columns(inoculum_density=pl.lit(0.0))
    state = final_states(empty)
    fed = empty["feed_share"]
    assert np.allclose(state["volume"], 1 + fed, rtol=0.02)
    expected = (START_GLUCOSE + (state["volume"] - 1) * empty["feed_glucose"] / 180.16e-3) / state["volume"]
    assert np.allclose(state["glucose"], expected, rtol=0.01)


def test_dynamics__less_gas_per_volume_raises_carbon_dioxide_and_costs_titre(rows: pl.DataFrame) -> None:
    large = rows.filter(pl.col("working_volume") == pl.col("working_volume").max())
    less = noise_free(large.with_columns(gas_flow=pl.col("gas_flow") * 0.4))
    assert (less["titre"] < noise_free(large)["titre"]).all()
    assert (less["galactosylation"] < noise_free(large)["galactosylation"]).all()


def test_dynamics__the_label_of_the_vessel_does_not_matter(rows: pl.DataFrame) -> None:
    """Scale acts through geometry and flows alone."""
    renamed = rows.with_columns(equipment=pl.lit("X"), site=pl.lit("Y"), product=pl.lit("Z"))
    assert noise_free(renamed).equals(noise_free(rows))


def test_truth__sensitivity_is_the_slope(rows: pl.DataFrame) -> None:
    slope = sensitivity(rows.head(5), "temperature_after_shift", 0.1)
    up = noise_free(rows.head(5).with_columns(pl.col("temperature_after_shift") + 0.1))
    down = noise_free(rows.head(5).with_columns(pl.col("temperature_after_shift") - 0.1))
    assert np.allclose(slope["acidic_variants"], (up["acidic_variants"] - down["acidic_variants"]) / 0.2)
    assert (slope["acidic_variants"] > 0).all()


def test_plant__quality_lies_in_ranges_of_the_field(built: Path) -> None:
    quality = pl.read_parquet(built / "truth/quality.parquet")
    assert quality["titre"].is_between(0.3, 12).all()
    assert quality["viability"].is_between(40, 99).all()
    assert quality["hmw"].is_between(0.2, 6).all()
