"""The raw files of the antibody train: equal seeds give equal bytes, and the history reads them as they are meant."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.ingest import ingest
from pipeline.simulators.antibody_train.build import build
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig

SMALL = AntibodyTrainConfig(products=5, batches=60)


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def history(built: Path, root: Path) -> AssembledHistory:
    process = parse(Process, read_yaml(root / "conf/process/antibody_train.yaml"), "antibody_train")
    typed = ingest(process, built / "raw")
    rows = {name: source.rows for name, source in typed.items()}
    quarantine = pl.concat([source.quarantine for source in typed.values()])
    return assemble(process, rows, quarantine, pl.concat([source.ledger for source in typed.values()]))


def test_build__the_same_seed_gives_the_same_bytes_in_another_time_zone(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.simulators.antibody_train.build import build; "
        "from pipeline.simulators.antibody_train.config import AntibodyTrainConfig; "
        "build(AntibodyTrainConfig(products=5, batches=60), *map(Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "other/raw"), str(tmp_path / "other/truth")]
    subprocess.run(command, env={**os.environ, "TZ": "Pacific/Auckland"}, check=True)
    build(SMALL, tmp_path / "own/raw", tmp_path / "own/truth")
    assert _digest(tmp_path / "own") == _digest(tmp_path / "other")


def test_build__another_seed_gives_another_train(built: Path, tmp_path: Path) -> None:
    build(AntibodyTrainConfig(seed=12), tmp_path / "raw", tmp_path / "truth")
    one, other = (pl.read_parquet(folder / "truth/noise_free.parquet") for folder in (built, tmp_path))
    assert not one["hmw"].equals(other["hmw"])


@pytest.mark.parametrize(("products", "batches"), [(5, 60), (9, 240), (20, 600)])
def test_build__has_the_wanted_number_of_lots(products: int, batches: int, tmp_path: Path) -> None:
    build(AntibodyTrainConfig(products=products, batches=batches), tmp_path / "raw", tmp_path / "truth")
    assert pl.read_parquet(tmp_path / "truth/filtration.parquet").height == batches
    assert pl.read_csv(tmp_path / "raw/substance_lots.csv").height == batches


def test_build__too_few_batches_for_the_products_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"has 40 batches; its 99 products need at least \d+, .* Set more `batches`"):
        build(AntibodyTrainConfig(products=99, batches=40), tmp_path / "raw", tmp_path / "truth")


def test_build__a_train_without_breaks_has_an_empty_table_of_them(tmp_path: Path) -> None:
    build(AntibodyTrainConfig(products=5, batches=60, breaks=0), tmp_path / "raw", tmp_path / "truth")
    assert pl.read_parquet(tmp_path / "truth/breaks.parquet").columns == ["batch", "step", "kind", "size", "factor"]
    assert pl.read_parquet(tmp_path / "truth/breaks.parquet").is_empty()


def test_build__every_row_is_read_and_no_lot_is_lost(history: AssembledHistory) -> None:
    assert history.quarantine.is_empty(), history.quarantine
    assert history.batches.height == 240


def test_build__three_sites_are_read_in_one_unit_and_pooled_as_the_truth_pools(
    built: Path, history: AssembledHistory
) -> None:
    """Settings of the culture, pooled over what went into a lot, by the true masses."""
    last = pl.read_parquet(built / "truth/filtration.parquet")
    read = history.batches.sort("batch_id")
    truth = last.sort("batch")
    assert read["batch_id"].to_list() == truth["batch"].to_list()
    assert set(read["site"].unique()) == {"Lund", "Kiel", "Galway"}
    single = truth["pattern"] == "single"
    culture = pl.read_parquet(built / "truth/culture.parquet").filter(pl.col("pattern") == "single")
    joined = (
        truth.filter(single)
        .join(culture, on="run", suffix="_culture")
        .join(read, left_on="batch", right_on="batch_id", suffix="_read")
    )
    assert joined.height > 150
    for name, factor in (("agitation", 1.0), ("gas_flow", 1.0), ("culture_duration", 86400.0)):
        own = joined[f"{name}_read"] if f"{name}_read" in joined.columns else joined[name]
        true = joined[name] if f"{name}_read" in joined.columns else joined[f"{name}_culture"]
        assert np.allclose(own.to_numpy(), true.to_numpy() * factor, rtol=3e-3), name


def test_build__host_cell_protein_below_the_reporting_limit_is_censored(history: AssembledHistory) -> None:
    hcp = history.results.filter(attribute="hcp")
    assert 5 <= (hcp["censoring"] == "left").sum() <= 60
    assert hcp.filter(censoring="left")["value"].unique().to_list() == [pytest.approx(10e-6)]


def test_build__transfers_are_those_of_the_truth(built: Path, history: AssembledHistory) -> None:
    """The harvests of Galway have no row, since they have the names of their cultures."""
    true = pl.read_parquet(built / "truth/transfers.parquet")
    found = history.transfers.join(true, on=["from_batch", "to_batch"], how="full", coalesce=True)
    assert found.height == true.height == history.transfers.height
    rows = pl.read_csv(built / "raw/transfers.csv")
    assert 0 < true.height - rows.height < 100
    assert rows.filter(pl.col("From").str.starts_with("GW") & (pl.col("To").str.contains("-U-"))).is_empty()


def test_build__tables_of_the_truth_hold_what_they_promise(built: Path) -> None:
    names = {path.stem for path in (built / "truth").iterdir()}
    steps = {"culture", "harvest", "capture", "polishing", "filtration"}
    assert names == steps | {"products", "transfers", "noise_free", "contributions", "breaks"}
    capture = pl.read_parquet(built / "truth/capture.parquet")
    assert {"driver_load", "true_hmw", "taken_g", "given_g", "lost_g"} <= set(capture.columns)


def test_build__raw_files_hold_no_trait(built: Path) -> None:
    traits = set(pl.read_parquet(built / "truth/products.parquet").columns) - {"product"}
    for path in (built / "raw").glob("*.csv"):
        text = path.read_text(encoding="utf-8").splitlines()[0]
        assert not traits & set(text.replace(";", ",").split(","))
