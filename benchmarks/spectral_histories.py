"""Histories with spectra: three made up, and one of a real fermentation that a Python package holds.

The made-up ones have 300 batches of eight or five products at four scales, and spectra of 400 channels: overlapping peaks of eight
substances, a baseline, the scatter of a sample, noise. What differs is how quality follows from the substances and the settings:

- `additive`: a sum over substances, settings and the product.
- `shifting peaks`: a setting shifts the peaks of the spectrum; another acts more strongly at large scale.
- `saturating`: the detector saturates, quality saturates in one substance, and a setting acts more strongly at large scale.
"""

import importlib.util
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from raw_files import feature_rows, history_of
from tablets_rows import Batches

from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.ingest import ingest
from pipeline.models.registry import Task

BATCHES, CHANNELS, SUBSTANCES = 300, 400, 8
SCALES = np.array([1.0, 10.0, 100.0, 1000.0])
TREATED: list[dict[str, Any]] = [{"kind": "snv"}, {"kind": "savitzky_golay", "window": 15, "order": 2, "derivative": 1}]
REAL = "fermentation"
NUMBER = {"role": "CPP", "horizon": "plan", "description": "made up"}
TEXT = {"role": "context", "horizon": "plan", "kind": "text", "description": "made up"}


@dataclass(frozen=True)
class SpectralBatches:
    """One history, with the spectra as they are and after the declared pre-treatment."""

    name: str
    raw: Batches
    treated: Batches
    hidden: dict[str, list[pl.Series]]
    """Question → the batches that each fold hides."""


@dataclass(frozen=True)
class _Kind:
    name: str
    products: int
    shift: float
    saturation: float
    at_scale: float
    """How much more one setting acts per decade of scale."""


KINDS = (
    _Kind("additive", 8, 0.0, 0.0, 0.0),
    _Kind("shifting peaks", 5, 6.0, 0.0, 0.25),
    _Kind("saturating", 8, 0.0, 0.35, 0.25),
)


def histories(seed: int, *, real: bool = True) -> Iterator[SpectralBatches]:
    """Yield the made-up histories, and with `real` the real one, where its package is installed."""
    for i, kind in enumerate(KINDS):
        table = _made(kind, np.random.default_rng([seed, i]))
        yield _read(kind.name, _definition(), {"batches.csv": table.write_csv()}, _hidden(table))
    if real:
        yield from _fermentation()


def _made(kind: _Kind, rng: np.random.Generator) -> pl.DataFrame:
    """Return the file of a made-up history: settings, quality and a column per channel."""
    wavelengths = _positions()
    place = (wavelengths - 1800) / 700
    centres, widths = rng.uniform(1150, 2450, (SUBSTANCES, 3)), rng.uniform(25, 110, (SUBSTANCES, 3))
    heights = rng.uniform(0.3, 1, (SUBSTANCES, 3))
    product, scale = rng.integers(0, kind.products, BATCHES), SCALES[np.minimum(rng.integers(0, 5, BATCHES), 3)]
    settings, decades = rng.normal(size=(BATCHES, 4)), np.log10(scale)
    typical = rng.uniform(0.5, 2, (kind.products, SUBSTANCES))
    amounts = typical[product] + rng.normal(0, 0.25, (BATCHES, SUBSTANCES))
    amounts[:, 1] += 0.15 * settings[:, 0] - 0.1 * decades
    amounts = np.maximum(amounts, 0.02)
    shifts = kind.shift * settings[:, 1] + (rng.normal(0, 2, BATCHES) if kind.shift else 0.0)
    away = (wavelengths - centres[..., None] - shifts[:, None, None, None]) / widths[..., None]
    pure = (heights[..., None] * np.exp(-0.5 * away**2)).sum(axis=2)
    absorbance = np.einsum("ns,nsc->nc", amounts, pure)
    if kind.saturation:
        absorbance = 2.2 * absorbance / (2.2 + kind.saturation * absorbance)
    baseline = rng.normal(0, 0.25, (BATCHES, 1)) + rng.normal(0, 0.2, (BATCHES, 1)) * place
    baseline = baseline + rng.normal(0, 0.12, (BATCHES, 1)) * place**2
    scatter = np.exp(rng.normal(0, 0.12, (BATCHES, 1)))
    spectra = scatter * absorbance + baseline + rng.normal(0, 0.004, absorbance.shape)
    first = amounts[:, 0] / (1 + kind.saturation * amounts[:, 0])
    quality = 4 * first + 1.5 * amounts[:, 1] - amounts[:, 2] + 0.4 * settings[:, 2]
    quality += kind.at_scale * decades * settings[:, 3] + 0.1 * decades + rng.normal(0, 0.4, kind.products)[product]
    quality += 0.12 * quality.std() * rng.normal(size=BATCHES)
    return pl.DataFrame(
        {
            "batch": [f"B{i:03d}" for i in range(BATCHES)],
            "product": [f"P{i}" for i in product],
            "volume": scale,
            **{f"setting_{i}": settings[:, i].round(4) for i in range(4)},
            "quality": quality.round(5),
            **{f"{x:.1f}": spectra[:, i].round(6) for i, x in enumerate(_positions())},
        }
    )


def _positions() -> FloatArray:
    return np.asarray(np.arange(CHANNELS) * 3.5 + 1100, dtype=np.float64)


def _definition() -> dict[str, Any]:
    """Return the process definition of the made-up histories."""
    return {
        "name": "spectral",
        "title": "A history with spectra",
        "batch": "batch",
        "product": "product",
        "scale": {"attribute": "volume"},
        "sources": {"batches": {"gives": "batches", "files": ["batches.csv"]}},
        "attributes": {
            "batch": TEXT | {"role": "identifier", "column": "batches.batch"},
            "product": TEXT | {"column": "batches.product"},
            "volume": NUMBER | {"role": "scale", "unit": "L", "column": "batches.volume"},
            **{f"setting_{i}": NUMBER | {"column": f"batches.setting_{i}"} for i in range(4)},
            "quality": NUMBER | {"role": "CQA", "horizon": "release", "column": "batches.quality"},
            "nir": _spectrum(
                {"first": 1100, "last": 1100 + 3.5 * (CHANNELS - 1), "step": 3.5, "unit": "nm"},
                {"source": "batches", "column": "{:.1f}"},
                TREATED,
            ),
        },
    }


def _spectrum(channels: dict[str, Any], column: dict[str, Any], treated: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "role": "IPC",
        "horizon": "in_process",
        "kind": "spectrum",
        "description": "spectrum",
        "channels": channels,
        "pre_treatment": treated,
        "column": column,
    }


def _hidden(table: pl.DataFrame) -> dict[str, list[pl.Series]]:
    """Return the batches that are hidden: the largest scale; a random third; every third product."""
    third = np.random.default_rng(0).integers(0, 3, table.height)
    first = pl.col("product").rank("dense") % 3 == 0
    return {
        "largest scale": [table.filter(pl.col("volume") == SCALES[-1])["batch"]],
        "batches": [table.filter(pl.Series(third == 0))["batch"]],
        "products": [table.filter(first)["batch"]],
    }


def _read(
    name: str, definition: dict[str, Any], files: dict[str, str], hidden: dict[str, list[pl.Series]]
) -> SpectralBatches:
    """Read files by a definition as the stages do, with the declared pre-treatment and without."""
    with tempfile.TemporaryDirectory() as folder:
        for file, text in files.items():
            path = Path(folder) / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        process = parse(Process, definition, name)
        history = history_of(process, ingest(process, Path(folder)))
    untreated = replace(
        process, attributes={**process.attributes, "nir": replace(process.attributes["nir"], pre_treatment=())}
    )
    raw, treated = (
        Batches(rows, history.results, {task.target: task for task in tasks_of(one, "in_process", rows)})
        for one in (untreated, process)
        for rows in [feature_rows(one, history)]
    )
    return SpectralBatches(name, raw, treated, hidden)


def as_columns(rows: pl.DataFrame, task: Task) -> tuple[pl.DataFrame, Task]:
    """Return rows and task with each channel of each spectrum as a number."""
    for name in task.spectra:
        values = rows[name].to_numpy()
        names = [f"{name}_{i}" for i in range(values.shape[1])]
        rows = rows.hstack([pl.Series(one, values[:, i]) for i, one in enumerate(names)]).drop(name)
        task = replace(task, numeric=(*task.numeric, *names))
    return rows, replace(task, spectra=())


def _fermentation() -> Iterator[SpectralBatches]:
    """Yield the samples of the fermentation of the package chemotools (MIT), if it is installed.

    Cabaneros Lopez et al. (2020), Bioprocess Biosyst. Eng. 43: glucose by mid-infrared spectra. 21 samples that were mixed for a
    calibration, and 34 samples of a fermentation, each with the spectrum that was recorded nearest in time (one every 1.25 min).
    One question is that of the data: learn from the mixed samples, and predict the fermentation. The other hides every third sample
    of the fermentation. Channels and derivative are those that the documentation of the package uses.
    """
    found = importlib.util.find_spec("chemotools")
    if found is None or found.origin is None:
        print(
            "the package chemotools is not installed, so the real history is left out: pip install --no-deps chemotools==0.5.0",
            flush=True,
        )
        return
    data = Path(found.origin).parent / "datasets/data"
    tables = {name: pl.read_csv(data / f"{name}.csv") for name in ("train_spectra", "train_hplc")}
    tables |= {name: pl.read_csv(data / f"{name}.csv") for name in ("fermentation_spectra", "fermentation_hplc")}
    nearest = (tables["fermentation_hplc"]["time"] * 60 / 1.25).round().cast(pl.Int64).clip(0, 1628)
    spectra = pl.concat([tables["train_spectra"], tables["fermentation_spectra"][nearest.to_list()]])
    glucose = pl.concat([tables["train_hplc"]["glucose"], tables["fermentation_hplc"]["glucose"]])
    names = [f"S{i:02d}" for i in range(len(glucose))]
    batches = pl.DataFrame({"batch": names, "quality": glucose, "nir": [f"{name}.csv" for name in names]})
    positions = [float(name) for name in spectra.columns]
    files = {"batches.csv": batches.write_csv()}
    for name, values in zip(names, spectra.iter_rows(), strict=True):
        out = io.StringIO()
        pl.DataFrame({"position": positions, "value": values}).write_csv(out)
        files[f"{name}.csv"] = out.getvalue()
    definition = _definition()
    definition["attributes"] = {
        "batch": definition["attributes"]["batch"],
        "quality": definition["attributes"]["quality"],
        "nir": _spectrum(
            {"first": 950, "last": 1500, "step": 2, "unit": "1/cm"},
            {"source": "batches", "column": "nir", "files": {"position": "position", "value": "value"}},
            TREATED[1:],
        ),
    }
    del definition["product"], definition["scale"]
    hidden = {"from mixed samples": [pl.Series(names[21:])], "every third sample": [pl.Series(names[21::3])]}
    yield _read(REAL, definition, files, hidden)
