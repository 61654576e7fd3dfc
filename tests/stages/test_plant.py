"""The stage `plant`: raw files of the virtual plant, apart from the truth behind them."""

from pathlib import Path

import polars as pl
import yaml

from pipeline.domain.places import Places
from pipeline.stages.plant import plant


def test_plant__writes_raw_files_and_truth_for_the_chosen_size(tmp_path: Path) -> None:
    places = Places.under(tmp_path / "data")
    places.config.mkdir(parents=True)
    size = {"seed": 3, "products": 4, "batches": 50, "families": 2, "historian_minutes": 1440}
    (places.config / "plant.yaml").write_text(yaml.safe_dump({"plant": size}), encoding="utf-8")
    plant(places)
    assert pl.read_parquet(places.truth / "rows.parquet").height == 50
    raw = {path.relative_to(places.raw).parts[0] for path in places.raw.rglob("*") if path.is_file()}
    assert raw == {"virtual_plant"}
    assert not list(places.raw.rglob("noise_free*"))
