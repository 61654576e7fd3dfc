"""A user's own files: draft, confirm, check, run as far as features."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.journeys.conftest import Run, choose

ROWS = """Batch No;Product;Volume [L];Agitation [rpm];Titre [g/L]
B1;P1;5;300;3,1
B2;P1;50;150;3,0
B3;P2;5;310;4,1
B4;P2;50;160;3,9
"""


def test_own_data__from_scaffold_to_features(clone: Callable[[str], Path], run: Run) -> None:
    project = clone("own")
    folder = project / "data/raw/mine"
    folder.mkdir(parents=True)
    (folder / "batches.csv").write_text(ROWS, encoding="utf-8")
    run(project, "scalebridge", "scaffold", "mine")
    definition = project / "conf/process/mine.yaml"
    draft = yaml.safe_load(definition.read_text(encoding="utf-8"))
    assert draft["attributes"]["agitation"]["unit"] == "rpm"
    assert draft["attributes"]["titre"]["role"] == "CQA"
    assert draft["sources"]["batches"]["format"] == {"kind": "csv", "separator": ";", "encoding": "utf-8", "decimal": ","}

    choose(project, process="mine", split="largest_scale_out")
    refused = run(project, "scalebridge", "check", expect=1)
    assert "batch names 'CONFIRM', which is not an attribute" in refused.stderr

    draft |= {"title": "Mine", "batch": "batch_no", "product": "product", "scale": {"attribute": "volume"}}
    definition.write_text(yaml.safe_dump(draft), encoding="utf-8")
    assert "its files are readable" in run(project, "scalebridge", "check").stdout
    run(project, "dvc", "repro", "features")
    features = pl.read_parquet(project / "data/features.parquet")
    assert features["agitation"].to_list() == pytest.approx([5.0, 2.5, 310 / 60, 160 / 60])

    (folder / "batches.csv").write_text(ROWS.replace("Agitation [rpm]", "Speed"), encoding="utf-8")
    stopped = run(project, "dvc", "repro", "features", expect=255)
    assert "batches.csv has no column 'Agitation [rpm]'; it has Batch No, Product" in stopped.stdout + stopped.stderr


def test_scaffold__without_files_is_a_sentence(clone: Callable[[str], Path], run: Run) -> None:
    done = run(clone("none"), "scalebridge", "scaffold", "nothing", expect=1)
    assert "has no CSV, Excel or Parquet file; put the exports there first" in done.stderr
