"""A history with spectra, from `check` to the page: the answer uses them and names them."""

import json
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.domain.errors import ScalebridgeError
from tests.support.project import run_stages
from tests.support.small_history import PROPOSAL
from tests.support.spectral_history import MADE, POSITIONS, SpectralHistory, spectrum_of


def test_spectra__of_batches_move_the_forecast_as_their_peak_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The titre is 2 + 4 times the height of the peak. Two proposals differ in their spectra alone. A third has none."""
    places = SpectralHistory(MADE, in_files=True).project(tmp_path)
    for name, peak in (("low", 0.55), ("high", 0.85), ("unlike", 60.0)):
        pl.DataFrame({"nm": POSITIONS, "a": spectrum_of(peak, 0.1, 1.2)}).write_csv(places.proposals / f"{name}.csv")
        given = PROPOSAL | {"scale": "50 L", "spectra": {"nir": f"{name}.csv"}}
        (places.proposals / f"{name}.yaml").write_text(yaml.safe_dump(given))
    (places.proposals / "none.yaml").write_text(yaml.safe_dump(PROPOSAL | {"unstated": "missing"}))
    monkeypatch.chdir(tmp_path)
    checked = CliRunner().invoke(app, ["check"])
    assert checked.exit_code == 0, checked.exception
    with pytest.raises(ScalebridgeError, match="the models read the spectrum 'nir', and the proposal has none"):
        run_stages(places)
    found = {
        name: json.loads((places.answers / name / "result.json").read_text()) for name in ("low", "high", "unlike", "a")
    }
    titre = {name: result["steps"][0]["attributes"]["titre"]["outcome"] for name, result in found.items()}
    for name, truth in (("low", 2 + 4 * 0.55), ("high", 2 + 4 * 0.85)):
        low, high = (titre[name]["intervals"][0][end] for end in ("lower", "upper"))
        assert low < truth < high
        assert high - low < 1.0
    assert found["a"]["assumed_from_reference"]["nir"] == "mean spectrum of 7 batches"
    assert titre["unlike"]["state"] == "refused"
    assert found["unlike"]["domain"]["status"] == "refused"
    causes = {one["cause"] for one in found["high"]["bridge"]["attributes"]["titre"]["by_cause"]}
    assert "nir" in causes
    assert found["high"]["drivers"]["shares"]["titre"][0]["feature"] == "nir"
