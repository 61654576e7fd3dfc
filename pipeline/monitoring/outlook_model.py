"""The trained outlook of a process: models of the records so far, for each decision point and attribute, saved as text files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.config_files import as_json, read_json
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import REPLACE
from pipeline.domain.whole_files import write_whole
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.monitoring.record_model import RecordModel

ABOUT = "outlook.json"


@dataclass(frozen=True)
class PointModel:
    """The models of one decision point."""

    hours: float
    """The decision point, hours since the start of the batch."""
    running: int
    """Number of past batches with records that still ran then."""
    models: Mapping[str, RecordModel]
    """Attribute → its model. An attribute with too few batches has none."""


@dataclass(frozen=True)
class OutlookModel:
    """Forecasts of the quality of a running batch at declared decision points."""

    process: Process
    finals: Mapping[str, CalibratedModel]
    """Attribute → the final model, which forecasts from the plan alone."""
    points: tuple[PointModel, ...]
    """The earliest first."""
    level: float
    """Share of results that an interval should cover."""

    def latest(self, hours: float) -> PointModel | None:
        """Return the latest decision point that is not after a time of the batch, or None before the first one."""
        return next((point for point in reversed(self.points) if point.hours <= hours), None)

    def save(self, folder: Path) -> None:
        """Write the models as JSON: one file per decision point and attribute, and `outlook.json`.

        The final models are not written. They are part of the trained model.
        """
        points = [{"hours": one.hours, "running": one.running, "attributes": list(one.models)} for one in self.points]
        write_whole(folder / ABOUT, as_json({"level": self.level, "points": points}, indent=1))
        for number, point in enumerate(self.points):
            for name, model in point.models.items():
                write_whole(_file(folder, number, name), as_json(model.to_dict(), indent=None))

    @classmethod
    def load(cls, folder: Path, process: Process, finals: Mapping[str, CalibratedModel]) -> "OutlookModel":
        """Return the models that `save` wrote. finals: the final models of the trained model that they belong to.

        Raises ScalebridgeError where there is no outlook, or where a file of it is damaged.
        """
        if not (folder / ABOUT).is_file():
            raise ScalebridgeError(f"There is no trained outlook in {folder}; run `dvc repro` first")
        try:
            about = read_json(folder / ABOUT)
            points = tuple(_point(folder, number, saved) for number, saved in enumerate(about["points"]))
            return cls(process, finals, points, float(about["level"]))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            kind = type(error).__name__
            raise ScalebridgeError(
                f"{folder} holds no outlook of this program ({kind}: {first_line(error)}); {REPLACE}"
            ) from None


def _point(folder: Path, number: int, saved: dict[str, Any]) -> PointModel:
    """Return the models of the decision point with this number."""
    models = {name: RecordModel.from_dict(read_json(_file(folder, number, name))) for name in saved["attributes"]}
    return PointModel(float(saved["hours"]), int(saved["running"]), models)


def _file(folder: Path, number: int, attribute: str) -> Path:
    return folder / f"point_{number + 1}.{attribute}.outlook.json"
