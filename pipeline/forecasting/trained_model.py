"""The trained models of all targets, saved as a folder of text files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.domain.attributes import KnownAt
from pipeline.domain.config_files import as_json, read_json
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.domain.process.parts import Grouping, lot_column
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import not_after, step_of, step_of_material
from pipeline.domain.reading.stored import REPLACE
from pipeline.domain.whole_files import write_whole
from pipeline.features.catalogue import CatalogueEntry, step_of_entry, usable
from pipeline.features.uninformative import uninformative
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.models.registry import Task


@dataclass(frozen=True)
class TrainedModel:
    """Final models of all targets."""

    finals: Mapping[str, CalibratedModel]
    products: tuple[str, ...]
    """Products of the training batches."""
    levels: tuple[float, ...]
    """Levels of the intervals."""
    choices: Mapping[str, tuple[str, str]]
    """Target → kind of its model, and the kinds of question by which it was chosen."""
    unanswered: Mapping[str, str] = field(default_factory=dict)
    """Target without a model → why it is not predicted."""

    def save(self, folder: Path) -> None:
        """Write the models as JSON: one file per target, and `about.json`."""
        about = {
            "targets": list(self.finals),
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

        Raises ScalebridgeError where there is no model, or where a file of it is damaged.
        """
        if not (folder / "about.json").is_file():
            raise ScalebridgeError(f"There is no trained model in {folder}; run `dvc repro` first")
        about = read_json(folder / "about.json")
        try:
            return cls._read(folder, about)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            kind = type(error).__name__
            raise ScalebridgeError(
                f"{folder} holds no model of this program ({kind}: {first_line(error)}); {REPLACE}"
            ) from None

    @classmethod
    def _read(cls, folder: Path, about: dict[str, Any]) -> "TrainedModel":
        files = {target: folder / f"{target}.model.json" for target in about["targets"]}
        finals = {target: CalibratedModel.from_dict(read_json(file)) for target, file in files.items()}
        choices = {target: (kind, protocol) for target, (kind, protocol) in about["choices"].items()}
        return cls(finals, tuple(about["products"]), tuple(about["levels"]), choices, about.get("unanswered", {}))

    @property
    def inputs(self) -> list[str]:
        """Features that any of the models reads."""
        return list(dict.fromkeys(column for final in self.finals.values() for column in final.task.columns))

    @property
    def reads(self) -> dict[str, tuple[str, ...]]:
        """Target → features that have contributions to its prediction."""
        return {name: final.model.reads for name, final in self.finals.items()}


def trained_model(
    finals: Mapping[str, CalibratedModel],
    rows: pl.DataFrame,
    levels: tuple[float, ...],
    choices: Mapping[str, tuple[str, str]],
    unanswered: Mapping[str, str] | None = None,
) -> TrainedModel:
    """Return the trained model.

    rows: feature rows of the training batches; choices: why each model was chosen; unanswered: why a target has no model.
    """
    return TrainedModel(finals, tuple(rows["product"].unique().sort()), levels, choices, unanswered or {})


def tasks_of(process: Process, horizon: KnownAt, rows: pl.DataFrame) -> list[Task]:
    """Return the learning task of each target: the features that are known at the horizon, and the product.

    rows: feature rows of history. Quantities that say nothing in them are left out, and what the process lists in
    `models_do_not_read`. What is constant or equal in all rows is so in the training rows of each fold, and no result is read: so
    nothing of a hidden batch is learned.
    """
    return [task_of(process, target, horizon, rows) for target in process.targets]


def task_of(process: Process, target: str, horizon: KnownAt, rows: pl.DataFrame) -> Task:
    """Return the learning task of one attribute, also of one that is recorded over time. rows: feature rows of history."""
    known = usable(process, target, horizon)
    left_out = {*uninformative(known, rows), *process.models_do_not_read}
    measured = (entry for entry in usable(process, target, "in_process") if entry not in known and entry.kind == "number")
    running = [entry for entry in measured if entry.feature in rows.columns]
    unmeasured = {*uninformative([*known, *running], rows), *process.models_do_not_read}
    entries = [entry for entry in known if entry.feature not in left_out]
    product = () if "product" in process.models_do_not_read else ("product",)
    attribute = process.attributes[target]
    low, high = attribute.possible or (None, None)
    groupings = _groupings(process, target)
    intermediates = tuple(entry for entry in running if entry.feature not in unmeasured)
    return Task(
        target,
        tuple(e.feature for e in entries if e.kind == "number"),
        (*product, *(e.feature for e in entries if e.kind == "text")),
        low,
        high,
        comparable=tuple(e.feature for e in entries if e.role == "similarity" and e.horizon == "plan"),
        groups=tuple(dict.fromkeys(("product", "lineage", *groupings))),
        refuse=tuple(name for name, grouping in groupings.items() if grouping.unseen == "refuse"),
        rising=attribute.rises_with,
        falling=attribute.falls_with,
        scale_tolerance=process.scale.tolerance,
        intermediates=tuple(entry.feature for entry in intermediates),
        later=_later_than(process, intermediates, entries),
        spectra=tuple(e.feature for e in entries if e.kind == "spectrum" and rows[e.feature].null_count() < rows.height),
        by_device=process.axes.new_to_lineage,
    )


def _groupings(process: Process, target: str) -> dict[str, Grouping]:
    """Return the groupings of the batches, without those of steps after that of the target."""
    own = step_of(process, target)
    return {
        name: one
        for name, one in process.grouping_columns.items()
        if (of := _step_of_grouping(process, name)) is None or not_after(process, of, own)
    }


def _step_of_grouping(process: Process, grouping: str) -> str | None:
    """Return the step of a grouping that is an attribute or a material; None for another grouping."""
    attributes = {"product": process.product, "site": process.site, "equipment": process.equipment}
    name = attributes.get(grouping) or grouping
    materials = {lot_column(material): material for material in process.materials}
    if name in materials:
        return step_of_material(process, materials[name])
    return step_of(process, name) if name in process.attributes else None


def _later_than(
    process: Process, intermediates: Sequence[CatalogueEntry], entries: Sequence[CatalogueEntry]
) -> dict[str, tuple[str, ...]]:
    """Return intermediate → features of steps after its own, which its model must not read; only intermediates with such."""
    if not process.steps:
        return {}
    later = {
        one.feature: tuple(
            e.feature for e in entries if not not_after(process, step_of_entry(process, e), step_of_entry(process, one))
        )
        for one in intermediates
    }
    return {name: features for name, features in later.items() if features}
