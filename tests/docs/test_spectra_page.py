"""The definition on the page about spectra reads a file that is written as the page says."""

from pathlib import Path

import numpy as np
import polars as pl

from pipeline.features.table import build
from pipeline.history.tables import History
from tests.conftest import process_of
from tests.support.markdown_blocks import ROOT, blocks
from tests.support.raw_files import history_of


def test_page__definition_gives_one_feature_of_treated_channels(tmp_path: Path) -> None:
    block = next(one for one in blocks(ROOT / "docs/how_to/spectra.md", "yaml") if one.file.startswith("conf/process"))
    positions = range(1100, 1899, 2)
    peak = np.exp(-0.5 * ((np.array(positions) - 1450) / 40) ** 2)
    rows = [
        {"batch": f"B{i}", "product": "A", "mass": 5.0, "inlet": 60.0, "dissolution": 90.0 + i}
        | {f"{x} nm": 0.3 + (1 + 0.1 * i) * value for x, value in zip(positions, peak, strict=True)}
        for i in range(3)
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "batches.csv")
    found = history_of(block.data, tmp_path)
    assert found.quarantine.is_empty()
    tables = History(found.batches, found.results, found.lots, found.genealogy, found.trajectories)
    features = build(process_of(block.data), tables)
    assert features.schema["nir"] == pl.Array(pl.Float64, 200)
    spectra = features["nir"].to_numpy()
    assert np.allclose(spectra[0], spectra[2], atol=1e-9)  # snv removes offset and factor
    assert not [name for name in features.columns if " nm" in name]
