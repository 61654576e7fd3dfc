"""What each stage read and wrote is noted, and what differs is named."""

from pathlib import Path

import yaml

from pipeline.domain.made import differences, record
from pipeline.domain.places import Places
from tests.architecture.imports import ROOT

STAGES = ("configure", "validate", "features", "split", "evaluate", "transfer", "explain")


def test_record__names_the_keys_that_the_flow_lists_for_the_stage(project: Places) -> None:
    flow = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for stage in STAGES:
        text = (project.made / f"{stage}.json").read_text(encoding="utf-8")
        for key in (dep for dep in flow[stage]["deps"] if dep.startswith("data/config/")):
            assert f'"{key}"' in text, (stage, key)


def test_differences__name_what_was_changed_added_and_deleted(tmp_path: Path) -> None:
    places = Places.under(tmp_path / "data")
    for path in (places.history / "a.parquet", places.history / "b.parquet", places.quality, places.config / "seed.yaml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    record(places, "validate", keys=("seed",), read=(places.features,), written=(places.history, places.quality))
    assert differences(places, ("validate",)) == []
    (places.history / "a.parquet").unlink()
    (places.history / "c.parquet").write_text("x", encoding="utf-8")
    (places.config / "seed.yaml").write_text("y", encoding="utf-8")
    places.features.write_text("x", encoding="utf-8")
    assert differences(places, ("validate",)) == [
        "the stage validate read other files (data/config/seed.yaml, data/features.parquet differ)",
        "what the stage validate wrote was changed (data/history/a.parquet, data/history/c.parquet differ)",
    ]
