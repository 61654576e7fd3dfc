"""The trained models of all targets: saved as a folder of text files, and predicting in the user's units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipeline.domain.attributes import Horizon
from pipeline.domain.config_files import as_json, read_json
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from pipeline.domain.whole_files import write_whole
from pipeline.features.catalogue import catalogue, usable
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.models.registry import Task

KEYS = ("product", "lineage", "site", "equipment")
"""Text columns that say where a batch belongs. They are not features."""


@dataclass(frozen=True)
class TrainedModel:
    """Final models of all targets, and the display unit of every feature and target."""

    finals: Mapping[str, CalibratedModel]
    units: Mapping[str, str]
    """Feature or target → display unit."""
    products: tuple[str, ...]
    """Products of the training batches."""
    levels: tuple[float, ...]
    """Levels of the intervals."""
    choices: Mapping[str, tuple[str, str]]
    """Target → kind of its model, and the protocols by which it was chosen."""
    unanswered: Mapping[str, str] = field(default_factory=dict)
    """Target without a model → why it is not predicted."""

    def save(self, folder: Path) -> None:
        """Write the models as JSON: one file per target, and `about.json`."""
        about = {
            "targets": list(self.finals),
            "units": dict(self.units),
            "products": list(self.products),
            "levels": list(self.levels),
            "choices": {target: list(choice) for target, choice in self.choices.items()},
            **({"unanswered": dict(self.unanswered)} if self.unanswered else {}),
        }
        write_whole(folder / "about.json", as_json(about, indent=1))
        for target, final in self.finals.items():
            write_whole(folder / f"{target}.model.json", as_json(final.to_dict(), indent=1))

    @classmethod
    def load(cls, folder: Path) -> "TrainedModel":
        """Return the models that `save` wrote.

        Raises ScalebridgeError where there is no model.
        """
        if not (folder / "about.json").is_file():
            raise ScalebridgeError(f"There is no trained model in {folder}; run `dvc repro` first")
        about = read_json(folder / "about.json")
        files = {target: folder / f"{target}.model.json" for target in about["targets"]}
        finals = {target: CalibratedModel.from_dict(read_json(file)) for target, file in files.items()}
        choices = {target: (kind, protocol) for target, (kind, protocol) in about["choices"].items()}
        return cls(
            finals, about["units"], tuple(about["products"]), tuple(about["levels"]), choices, about.get("unanswered", {})
        )

    @property
    def inputs(self) -> list[str]:
        """Features that any of the models reads."""
        return list(dict.fromkeys(column for final in self.finals.values() for column in final.task.columns))

    @property
    def reads(self) -> dict[str, tuple[str, ...]]:
        """Target → features that have contributions to its prediction."""
        return {name: final.model.reads for name, final in self.finals.items()}

    @property
    def words(self) -> list[str]:
        """Text columns that any of the models reads."""
        tasks = [final.task for final in self.finals.values()]
        return list(dict.fromkeys([*KEYS, *(name for task in tasks for name in (*task.categorical, *task.groups))]))

    def predict(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the predictions and interval limits of rows. Rows and predictions are in display units.

        Columns: `<target>`, `<target>_lower_90`, `<target>_upper_90` and so on. Missing columns count as unknown values.
        Raises ScalebridgeError where the column `product` is missing.
        """
        if "product" not in rows.columns:
            raise ScalebridgeError(f"Prediction needs the column 'product'; the table has {listed(rows.columns, 12)}")
        si = self._in_si(rows)
        return pl.DataFrame([column for target in self.finals for column in self._columns(target, si)])

    def _in_si(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that the models read, in SI.

        Scale follows from its logarithm. It is 1 where the process states no scale. A missing lineage is the product.
        """
        types = dict.fromkeys(self.inputs, pl.Float64) | dict.fromkeys(self.words, pl.String)
        given = [
            pl.col(name).cast(pl.String) if kind is pl.String else self._si(name)
            for name, kind in types.items()
            if name in rows.columns
        ]
        missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in types.items() if name not in rows.columns]
        si = rows.select(given).with_columns(missing)
        unread = pl.lit(None if "log10_scale" in self.units else 1.0, pl.Float64)
        scale = pl.lit(10.0) ** pl.col("log10_scale") if "log10_scale" in types else unread
        return si.with_columns(pl.coalesce("lineage", "product").alias("lineage"), scale.alias("scale"))

    def _si(self, name: str) -> pl.Expr:
        if name not in self.units:
            return pl.col(name).cast(pl.Float64)
        given = unit(self.units[name])
        return pl.col(name).cast(pl.Float64) * given.factor + given.offset

    def _columns(self, target: str, si: pl.DataFrame) -> list[pl.Series]:
        final, display = self.finals[target], unit(self.units[target])
        forecast = final.forecast(si)
        columns = [pl.Series(target, (forecast.predicted - display.offset) / display.factor)]
        for level, both in zip(self.levels, final.intervals(forecast, self.levels), strict=True):
            for side, limit in zip(("lower", "upper"), both, strict=True):
                columns.append(pl.Series(f"{target}_{side}_{level * 100:g}", (limit - display.offset) / display.factor))
        return columns


def trained_model(
    process: Process,
    finals: Mapping[str, CalibratedModel],
    rows: pl.DataFrame,
    levels: tuple[float, ...],
    choices: Mapping[str, tuple[str, str]],
    unanswered: Mapping[str, str] | None = None,
) -> TrainedModel:
    """Return the trained model of a process.

    rows: feature rows of the training batches; choices: why each model was chosen; unanswered: why a target has no model.
    """
    units = {entry.feature: entry.unit for entry in catalogue(process) if entry.kind == "number"}
    units |= {target: process.attributes[target].unit for target in process.targets}
    return TrainedModel(finals, units, tuple(rows["product"].unique().sort()), levels, choices, unanswered or {})


def tasks_of(process: Process, horizon: Horizon) -> list[Task]:
    """Return the learning task of each target: the features that are known at the horizon, and the product."""
    return [_task(process, target, horizon) for target in process.targets]


def _task(process: Process, target: str, horizon: Horizon) -> Task:
    entries = usable(process, target, horizon)
    attribute = process.attributes[target]
    low, high = attribute.possible or (None, None)
    groupings = process.grouping_columns
    return Task(
        target,
        tuple(e.feature for e in entries if e.kind == "number"),
        ("product", *(e.feature for e in entries if e.kind == "text")),
        low,
        high,
        comparable=tuple(e.feature for e in entries if e.role == "similarity" and e.horizon == "plan"),
        groups=tuple(dict.fromkeys(("product", "lineage", *groupings))),
        refuse=tuple(name for name, grouping in groupings.items() if grouping.unseen == "refuse"),
        rising=attribute.rises_with,
        falling=attribute.falls_with,
        scale_tolerance=process.scale.tolerance,
    )


def in_display_units(process: Process, rows: pl.DataFrame) -> pl.DataFrame:
    """Return feature rows in display units, as `TrainedModel.predict` takes them."""
    units = {entry.feature: unit(entry.unit) for entry in catalogue(process) if entry.kind == "number"}
    return rows.with_columns(((pl.col(name) - u.offset) / u.factor).alias(name) for name, u in units.items())
