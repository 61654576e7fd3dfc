"""Spectra in raw files: columns, a file per batch and lots give the same spectra; what cannot be read goes to quarantine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.features.table import build
from pipeline.history.assemble import AssembledHistory
from pipeline.history.spectra.columns import PARTLY
from pipeline.history.tables import History
from tests.conftest import process_of
from tests.support.raw_files import history_of
from tests.support.spectral_history import MADE, POSITIONS, SpectralHistory

COLUMNS = SpectralHistory(MADE)


def _read(history: SpectralHistory, folder: Path, **nir: object) -> AssembledHistory:
    definition = history.definition()
    definition["attributes"]["nir"] |= nir
    return history_of(definition, history.project(folder).raw / "small")


def _spectra(found: AssembledHistory) -> FloatArray:
    return np.asarray(found.batches.sort(pl.col("batch_id").str.tail(-1).cast(pl.Int32))["nir"].to_numpy())


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_columns__become_one_array_per_batch(tmp_path: Path) -> None:
    found = _read(COLUMNS, tmp_path)
    assert found.batches.schema["nir"] == pl.Array(pl.Float64, len(POSITIONS))
    assert _spectra(found) == pytest.approx(np.array(list(COLUMNS.spectra().values())), abs=1e-6)
    assert found.quarantine.is_empty()


def test_files__give_the_same_spectra_and_stand_in_the_ledger(tmp_path: Path) -> None:
    history = replace(COLUMNS, in_files=True)
    found = _read(history, tmp_path)
    assert _spectra(found) == pytest.approx(np.array(list(history.spectra().values())))
    files = found.ledger.filter(pl.col("file").str.starts_with("nir/"))
    assert files.height == len(history.spectra())
    assert files["sha256"].str.len_chars().unique().to_list() == [64]


def test_files__at_other_positions_are_interpolated_linearly(tmp_path: Path) -> None:
    history = replace(COLUMNS, in_files=True)
    folder = history.project(tmp_path).raw / "small"
    pl.DataFrame({"nm": [1140.0, 1100.0, 1090.0], "absorbance": [4.0, 0.0, 7.0]}).write_csv(folder / "nir/B0.csv")
    found = history_of(history.definition(), folder)
    assert _spectra(found)[0] == pytest.approx((POSITIONS - 1100) / 10)


def test_columns__of_another_instrument_are_interpolated_linearly(tmp_path: Path) -> None:
    narrower = {"first": 1101, "last": 1129, "step": 4, "unit": "nm"}
    found = _spectra(_read(COLUMNS, tmp_path, channels=narrower, column=[
        {"source": "batches", "column": "{} nm", "channels": {"first": 1100, "last": 1130, "step": 2}}
    ]))  # fmt: skip
    whole = np.array(list(COLUMNS.spectra().values())).round(6)
    assert found == pytest.approx((whole[:, 0:15:2] + whole[:, 1:16:2]) / 2)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x", "not a number with a decimal point"),
        ("", PARTLY),
        ("-0.1", "outside the possible range 0 to 5"),
        ("NaN", "not a number with a decimal point"),
    ],
)
def test_columns__with_a_channel_that_cannot_be_read_put_the_row_into_quarantine(
    cell: str, reason: str, tmp_path: Path
) -> None:
    folder = COLUMNS.project(tmp_path).raw / "small"
    table = pl.read_csv(folder / "batches.csv", infer_schema=False)
    changed = pl.when(pl.col("batch") == "B3").then(pl.lit(cell)).otherwise("1104 nm").alias("1104 nm")
    table.with_columns(changed).write_csv(folder / "batches.csv")
    definition = COLUMNS.definition()
    definition["attributes"]["nir"]["between"] = [0, 5]
    found = history_of(definition, folder)
    (record,) = found.quarantine.to_dicts()
    assert (record["row"], record["column"], record["value"], record["batch_id"]) == (5, "1104 nm", cell, "B3")
    assert record["reason"] == reason
    assert "B3" not in found.batches["batch_id"]


def test_columns__without_any_value_are_a_missing_spectrum(tmp_path: Path) -> None:
    folder = COLUMNS.project(tmp_path).raw / "small"
    table = pl.read_csv(folder / "batches.csv", infer_schema=False)
    blank = pl.when(pl.col("batch") != "B3").then(pl.col("^.* nm$"))
    table.with_columns(blank).write_csv(folder / "batches.csv")
    found = history_of(COLUMNS.definition(), folder)
    assert found.quarantine.is_empty()
    assert found.batches.filter(pl.col("nir").is_null())["batch_id"].to_list() == ["B3"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (None, "there is no file nir/B3.csv"),
        (
            "nm,absorbance\n1100,1\n1120,1\n",
            "nir/B3.csv has channels from 1100 to 1120; the attribute needs 1100 to 1130 nm",
        ),
        (
            "nm,absorbance\n1100,1\n1100,2\n1130,1\n",
            "nir/B3.csv: a position occurs twice, or there are less than two channels",
        ),
        ("nm,absorbance\n1100,1\n1130,a\n", "nir/B3.csv, row 3, column 'absorbance': not a number with a decimal point"),
        ("nm,absorbance\n1100,1\n1130,\n", "nir/B3.csv, row 3, column 'absorbance': missing"),
        ("nm;absorbance\n1100;1\n", "nir/B3.csv has no column 'nm'"),
    ],
)
def test_files__that_cannot_be_read_put_the_batch_into_quarantine(change: str | None, reason: str, tmp_path: Path) -> None:
    history = replace(COLUMNS, in_files=True)
    folder = history.project(tmp_path).raw / "small"
    file = folder / "nir/B3.csv"
    file.unlink() if change is None else file.write_text(change)
    (record,) = history_of(history.definition(), folder).quarantine.to_dicts()
    assert record["reason"].startswith(reason)
    assert (record["row"], record["column"], record["value"], record["batch_id"]) == (5, "nir", "B3.csv", "B3")


def test_files__outside_the_folder_are_not_read(tmp_path: Path) -> None:
    history = replace(COLUMNS, in_files=True)
    folder = history.project(tmp_path).raw / "small"
    _edit(folder / "batches.csv", "B3.csv", "../../x.csv")
    (record,) = history_of(history.definition(), folder).quarantine.to_dicts()
    assert record["reason"].startswith("the file is not below the folder of the raw files")


def test_files__with_one_row_have_a_column_per_channel(tmp_path: Path) -> None:
    history = replace(COLUMNS, in_files=True)
    folder = history.project(tmp_path).raw / "small"
    for name, one in history.spectra().items():
        pl.DataFrame({f"{x:.1f}": [v] for x, v in zip(POSITIONS, one, strict=True)}).write_csv(folder / f"nir/{name}.csv")
    definition = history.definition()
    definition["attributes"]["nir"]["column"]["files"] = {"folder": "nir", "columns": "{:.1f}"}
    assert _spectra(history_of(definition, folder)) == pytest.approx(np.array(list(history.spectra().values())))


def test_lots__are_mixed_channel_by_channel(tmp_path: Path) -> None:
    history = replace(COLUMNS, of_lots=True)
    folder = history.project(tmp_path).raw / "small"
    _edit(folder / "use.csv", "B0,media,LB0,1.0\n", "B0,media,LB0,1.0\nB0,media,LB1,3.0\n")
    definition = history.definition()
    definition["attributes"]["nir"]["pre_treatment"] = []
    found = history_of(definition, folder)
    assert found.lots["attribute"].n_unique() == len(POSITIONS)
    tables = History(found.batches, found.results, found.lots, found.genealogy, found.trajectories)
    rows = build(process_of(definition), tables)
    one, other = list(history.spectra().values())[:2]
    assert rows.filter(pl.col("batch_id") == "B0")["nir"].to_numpy()[0] == pytest.approx(0.25 * one + 0.75 * other)
    assert not [name for name in rows.columns if name.startswith("nir[")]


def test_replicates__of_a_spectrum_become_their_mean(tmp_path: Path) -> None:
    folder = COLUMNS.project(tmp_path).raw / "small"
    table = pl.read_csv(folder / "batches.csv", infer_schema=False)
    spectra = table.select("batch", pl.col("^.* nm$"))
    higher = spectra.with_columns(pl.col("^.* nm$").cast(pl.Float64).add(1).cast(pl.String))
    pl.concat([spectra, higher]).write_csv(folder / "s.csv")
    definition = COLUMNS.definition()
    key = {"source": "nir", "column": "batch"}
    definition["sources"]["nir"] = {"gives": "details", "files": ["s.csv"], "key": ["batch"], "replicates": "mean"}
    definition["attributes"]["batch"]["column"] = [definition["attributes"]["batch"]["column"], key]
    definition["attributes"]["nir"]["column"] = {"source": "nir", "column": "{} nm"}
    found = _spectra(history_of(definition, folder))
    assert found == pytest.approx(np.array(list(COLUMNS.spectra().values())) + 0.5, abs=1e-5)
