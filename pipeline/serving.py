"""The trained model as a folder of text files, and prediction from it in the user's units."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.crossfit import Final
from pipeline.domain.attributes import Horizon
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process import Process
from pipeline.domain.units import unit
from pipeline.features import catalogue, usable
from pipeline.models import Task

KNOWN_PRODUCT = ("largest_scale_out", "forward_in_time", "leave_product_out")
NEW_PRODUCT = ("leave_product_out", "largest_scale_out", "forward_in_time")
"""Protocols whose errors speak for a proposal, the most fitting first."""


@dataclass(frozen=True)
class Served:
    """Final models of all targets, and the units in which the outside speaks."""

    finals: Mapping[str, Final]
    units: Mapping[str, str]
    """Feature or target → display unit."""
    products: tuple[str, ...]
    """Products that the models have seen."""
    levels: tuple[float, ...]

    def save(self, folder: Path) -> None:
        """Write the models as text."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "targets": list(self.finals),
            "units": dict(self.units),
            "products": list(self.products),
            "levels": list(self.levels),
        }
        (folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        for target, final in self.finals.items():
            (folder / f"{target}.model.json").write_text(json.dumps(final.to_dict(), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Served":
        """Read what `save` wrote.

        Raises ScalebridgeError where there is no model.
        """
        if not (folder / "about.json").is_file():
            raise ScalebridgeError(f"There is no trained model in {folder}; run `dvc repro` first")
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        files = {target: folder / f"{target}.model.json" for target in about["targets"]}
        finals = {target: Final.from_dict(json.loads(file.read_text(encoding="utf-8"))) for target, file in files.items()}
        return cls(finals, about["units"], tuple(about["products"]), tuple(about["levels"]))

    @property
    def inputs(self) -> list[str]:
        """All columns that any of the models reads."""
        return list(dict.fromkeys(column for final in self.finals.values() for column in final.task.columns))

    def predict(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict rows given in display units: per target its value and interval limits, in the target's unit.

        Columns: `<target>`, `<target>_lower_90`, `<target>_upper_90` and so on. Missing inputs count as unknown. Raises
        ScalebridgeError for a row without product.
        """
        if "product" not in rows.columns:
            raise ScalebridgeError(f"Prediction needs the column 'product'; the table has {listed(rows.columns, 12)}")
        si = self._in_si(rows)
        known = rows["product"].cast(pl.String).is_in(list(self.products))
        columns = [column for target in self.finals for column in self._columns(target, si, known)]
        return pl.DataFrame(columns)

    def _in_si(self, rows: pl.DataFrame) -> pl.DataFrame:
        words = {name for final in self.finals.values() for name in final.task.categorical}
        given = [
            pl.col(name).cast(pl.String) if name in words else self._si(name)
            for name in rows.columns
            if name in self.inputs or name in ("product", "lineage", "site")
        ]
        frame = rows.select(given)
        types = {name: pl.String if name in words else pl.Float64 for name in [*self.inputs, "product", "lineage", "site"]}
        types |= dict.fromkeys(("product", "lineage", "site"), pl.String)
        missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in types.items() if name not in frame.columns]
        return frame.with_columns(missing)

    def _si(self, name: str) -> pl.Expr:
        if name not in self.units:
            return pl.col(name).cast(pl.String)
        line = unit(self.units[name])
        return pl.col(name).cast(pl.Float64) * line.factor + line.offset

    def _columns(self, target: str, si: pl.DataFrame, known: pl.Series) -> list[pl.Series]:
        final, line = self.finals[target], unit(self.units[target])
        columns = [pl.Series(target, (final.predict(si) - line.offset) / line.factor)]
        for level in self.levels:
            of_known = final.interval(si, protocol_for(final, known=True), level)
            of_new = final.interval(si, protocol_for(final, known=False), level)
            for side, seen, new in zip(("lower", "upper"), of_known, of_new, strict=True):
                limit = pl.select(pl.when(known).then(pl.Series(seen)).otherwise(pl.Series(new))).to_series()
                columns.append(((limit - line.offset) / line.factor).alias(f"{target}_{side}_{level * 100:g}"))
        return columns


def served(process: Process, finals: Mapping[str, Final], rows: pl.DataFrame, levels: tuple[float, ...]) -> Served:
    """Put final models together with the units of their process."""
    units = {entry.feature: entry.unit for entry in catalogue(process) if entry.kind == "number"}
    units |= {target: process.attributes[target].unit for target in process.targets}
    return Served(finals, units, tuple(rows["product"].unique().sort()), levels)


def tasks_of(process: Process, horizon: Horizon) -> list[Task]:
    """What each target may be predicted from at a horizon; the product is known at all of them."""
    return [_task(process, target, horizon) for target in process.targets]


def _task(process: Process, target: str, horizon: Horizon) -> Task:
    entries = usable(process, target, horizon)
    attribute = process.attributes[target]
    low, high = (None, None) if attribute.between is None else (attribute.si.to_si(limit) for limit in attribute.between)
    words = ("product", *(e.feature for e in entries if e.kind == "text"))
    return Task(target, tuple(e.feature for e in entries if e.kind == "number"), words, low, high)


def protocol_for(final: Final, *, known: bool) -> str:
    """The protocol whose errors fit best: a step in scale of a known product, or a product never seen."""
    order = KNOWN_PRODUCT if known else NEW_PRODUCT
    return next(name for name in order if name in final.calibrations)


def in_display_units(process: Process, rows: pl.DataFrame) -> pl.DataFrame:
    """Feature rows as the served model takes them."""
    units = {entry.feature: unit(entry.unit) for entry in catalogue(process) if entry.kind == "number"}
    return rows.with_columns(((pl.col(name) - u.offset) / u.factor).alias(name) for name, u in units.items())
