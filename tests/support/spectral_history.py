"""A small history with spectra: of each batch as columns or as a file, and of each lot of the media."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.places import Places
from tests.support.definitions import PlainData
from tests.support.small_history import SmallHistory

CHANNELS = {"first": 1100, "last": 1130, "step": 2, "unit": "nm"}
POSITIONS = np.arange(1100.0, 1131.0, 2.0)
TREATED = [{"kind": "snv"}, {"kind": "savitzky_golay", "window": 5, "order": 2, "derivative": 1}]
MADE = (("A", 2.0, 9), ("A", 50.0, 7), ("B", 2.0, 9), ("B", 50.0, 7), ("C", 2.0, 9))


def spectrum_of(peak: float, offset: float, stretch: float) -> FloatArray:
    """A peak of the given height at 1108 nm beside one of height 1 at 1120 nm, with a factor and an offset of the sample."""
    own, other = (np.exp(-0.5 * ((POSITIONS - centre) / 4) ** 2) for centre in (1108, 1120))
    return np.asarray(offset + stretch * (peak * own + other))


@dataclass(frozen=True)
class SpectralHistory(SmallHistory):
    """Batches whose titre follows the height of a peak in the spectrum of the batch."""

    in_files: bool = False
    """Whether each batch names a file with its spectrum, instead of a column per channel."""
    of_lots: bool = False
    """Whether the spectrum belongs to the lots of the media; each batch uses one."""

    def project(self, folder: Path) -> Places:
        """Write a project that holds this history before its first run."""
        places, raw = super().project(folder), folder / "data/raw/small"
        for name, one in self.spectra().items():
            if self.in_files:
                (raw / "nir").mkdir(exist_ok=True)
                pl.DataFrame({"nm": POSITIONS, "absorbance": one}).write_csv(raw / f"nir/{name}.csv")
        if self.of_lots:
            wide = [
                {"lot": f"L{name}"} | dict(zip(map(_nm, POSITIONS), one, strict=True))
                for name, one in self.spectra().items()
            ]
            pl.DataFrame(wide).write_csv(raw / "lots.csv")
            used = [{"b": name, "m": "media", "l": f"L{name}", "q": 1.0} for name in self.spectra()]
            pl.DataFrame(used).write_csv(raw / "use.csv")
        return places

    def definition(self) -> PlainData:
        """Return the process definition with the spectrum `nir`."""
        made = super().definition()
        column: PlainData = {"source": "lots" if self.of_lots else "batches", "column": "{} nm"}
        if self.in_files:
            column = {
                "source": "batches",
                "column": "nir",
                "files": {"folder": "nir", "position": "nm", "value": "absorbance"},
            }
        made["attributes"]["nir"] = {
            "role": "CMA",
            "horizon": "plan",
            "kind": "spectrum",
            "description": "near-infrared spectrum",
            "channels": CHANNELS,
            "pre_treatment": TREATED,
            "column": column,
        } | ({"material": "media"} if self.of_lots else {})
        if self.of_lots:
            made["materials"] = {"media": {}}
            made["sources"] |= {
                "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
                "use": {
                    "gives": "genealogy", "files": ["use.csv"], "batch": "b", "material": "m", "lot": "l", "quantity": "q",
                },
            }  # fmt: skip
        return made

    def spectra(self) -> dict[str, FloatArray]:
        """Return batch → its spectrum."""
        rng = np.random.default_rng(3)
        peaks = self.peaks()
        return {
            f"B{i}": spectrum_of(peak, 0.2 + 0.05 * rng.normal(), np.exp(0.1 * rng.normal())) for i, peak in enumerate(peaks)
        }

    def peaks(self) -> FloatArray:
        """Return the height of the peak of each batch."""
        count = sum(count for _, _, count in self.made)
        return 0.5 + 0.4 * np.random.default_rng(2).random(count)

    def batches(self) -> pl.DataFrame:
        """Return the batch file as text."""
        table = super().batches().with_columns(titre=pl.Series(2 + 4 * self.peaks()).round(3))
        if self.of_lots:
            return table
        if self.in_files:
            return table.with_columns(nir=pl.format("{}.csv", "batch"))
        values = np.array(list(self.spectra().values())).round(6)
        return table.with_columns(pl.Series(_nm(x), values[:, i]) for i, x in enumerate(POSITIONS))


def _nm(position: float) -> str:
    return f"{position:.0f} nm"
