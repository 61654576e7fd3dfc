"""The trained monitor as text files: plain JSON, without any code in it."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import as_json, parse, read_json
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import REPLACE
from pipeline.domain.whole_files import write_whole
from pipeline.extrapolation.kinds import TrainingExtent
from pipeline.models.hierarchical.model import hierarchical_from_dict
from pipeline.models.trees.lightgbm import lightgbm_from_dict
from pipeline.monitoring.agreement import Agreement
from pipeline.monitoring.causes import Causes
from pipeline.monitoring.channels import ChannelForecasts
from pipeline.monitoring.components import Components
from pipeline.monitoring.conditioning import CourseCovariance
from pipeline.monitoring.expected import ExpectedCourses
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.level import TagLevel
from pipeline.monitoring.limits import KindLimit
from pipeline.monitoring.monitor import Bands, Monitor
from pipeline.monitoring.past import TagForecast
from pipeline.monitoring.scoring import Scoring
from pipeline.monitoring.set_points import Response
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.statistic import Statistic
from pipeline.monitoring.tag_scale import TagScales
from pipeline.monitoring.tails import Tail

ABOUT, EXPECTED, CHANNELS, LIMITS = "about.json", "expected.json", "channels.json", "limits.json"
"""Files of a monitor."""


def save_monitor(monitor: Monitor, folder: Path) -> None:
    """Write a monitor as JSON files. The process definition is not among them: a run holds it already."""
    about = {
        "config": _plain(monitor.config),
        "causes": _plain(monitor.causes),
        "extent": monitor.extent.to_dict(),
        "trained_on": list(monitor.trained_on),
        "suspected": list(monitor.suspected),
    }
    limits = {
        "scorings": {kind: _plain(one) for kind, one in monitor.scorings.items()},
        "bands": {kind: _plain(one) for kind, one in monitor.bands.items()},
    }
    forecasts = monitor.forecasts
    channels = {
        "quantities": list(forecasts.quantities),
        "ahead": dict(forecasts.ahead),
        "sensors": {channel: [_forecast(one) for one in own] for channel, own in forecasts.sensors.items()},
        "samples": [[_forecast(one) for one in own] for own in forecasts.samples],
        "agreements": [None if one is None else _plain(one) for one in forecasts.agreements],
    }
    for name, content in {ABOUT: about, LIMITS: limits, CHANNELS: channels, EXPECTED: _expected(forecasts.expected)}.items():
        write_whole(folder / name, as_json(content, indent=None))


def save_reason(reason: str, folder: Path) -> None:
    """Write why there is no monitor."""
    write_whole(folder / ABOUT, as_json({"reason": reason}, indent=None))


def load_monitor(folder: Path, process: Process) -> Monitor:
    """Return the monitor that `save_monitor` wrote, for the process of its run.

    Raises ScalebridgeError where there is none, with the reason, or where a file of it is damaged.
    """
    if not (folder / ABOUT).is_file():
        raise ScalebridgeError(f"There is no trained monitor in {folder}; run `dvc repro` first")
    about = read_json(folder / ABOUT)
    if (reason := about.get("reason")) is not None:
        raise ScalebridgeError(f"No batch can be watched: {reason}")
    limits, channels, expected = (read_json(folder / name) for name in (LIMITS, CHANNELS, EXPECTED))
    try:
        return _monitor(process, about, limits, channels, expected)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        kind = type(error).__name__
        raise ScalebridgeError(
            f"{folder} holds no monitor of this program ({kind}: {first_line(error)}); {REPLACE}"
        ) from None


def _plain(value: Any) -> Any:
    """Return an object of dataclasses, arrays, tuples and numbers as plain data."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _forecast(one: TagForecast | None) -> Any:
    if one is None:
        return None
    trees = {
        name: None if model is None else model.to_dict() for name, model in (("mean", one.mean), ("log_size", one.log_size))
    }
    return trees | {"unit": one.unit, "usual_log": one.usual_log, "carried": one.carried}


def _expected(expected: ExpectedCourses) -> dict[str, Any]:
    return {
        "grid": _plain(expected.grid),
        "scales": _plain(expected.scales),
        "sample_scales": _plain(expected.sample_scales),
        "responses": [None if one is None else _plain(one) for one in expected.responses],
        "levels": [_level(one) for one in expected.levels],
        "sample_levels": [_level(one) for one in expected.sample_levels],
        "reach": expected.reach,
    }


def _level(level: TagLevel) -> dict[str, Any]:
    return {
        "mean": level.components.mean.tolist(),
        "shapes": level.components.shapes.tolist(),
        "scores": [None if model is None else model.to_dict() for model in level.scores],
    }


def _monitor(process: Process, about: Any, limits: Any, channels: Any, expected: Any) -> Monitor:
    forecasts = ChannelForecasts(
        _expected_from(process, expected),
        tuple(channels["quantities"]),
        {channel: tuple(_forecast_from(one) for one in own) for channel, own in channels["sensors"].items()},
        channels["ahead"],
        tuple(tuple(_forecast_from(one) for one in own) for own in channels["samples"]),
        tuple(None if one is None else Agreement(**one) for one in channels["agreements"]),
    )
    causes = about["causes"]
    return Monitor(
        process,
        parse(MonitoringConfig, about["config"], ABOUT),
        forecasts,
        {kind: _scoring_from(one) for kind, one in limits["scorings"].items()},
        {kind: _bands_from(one) for kind, one in limits["bands"].items()},
        Causes(
            tuple(causes["names"]),
            _array(causes["patterns"]).reshape(len(causes["names"]), len(causes["weights"])),
            tuple(causes["numbers"]),
            _array(causes["weights"]),
            causes["sharpness"],
            causes["strange"],
        ),
        TrainingExtent.from_dict(about["extent"]),
        tuple(about["trained_on"]),
        tuple(about["suspected"]),
    )


def _array(values: Any) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _forecast_from(saved: Any) -> TagForecast | None:
    if saved is None:
        return None
    mean, log_size = (None if saved[name] is None else lightgbm_from_dict(saved[name]) for name in ("mean", "log_size"))
    return TagForecast(mean, log_size, saved["unit"], saved["usual_log"], saved["carried"])


def _expected_from(process: Process, saved: Any) -> ExpectedCourses:
    grid: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in saved["grid"].items()}
    return ExpectedCourses(
        process,
        CourseGrid(**grid),
        _scales_from(saved["scales"]),
        _scales_from(saved["sample_scales"]),
        tuple(None if one is None else Response(tuple(one["hours"]), tuple(one["share"])) for one in saved["responses"]),
        tuple(_level_from(one) for one in saved["levels"]),
        tuple(_level_from(one) for one in saved["sample_levels"]),
        saved["reach"],
    )


def _scales_from(saved: Any) -> TagScales:
    return TagScales(tuple(saved["logarithm"]), tuple(saved["floor"]))


def _level_from(saved: Any) -> TagLevel:
    mean = _array(saved["mean"])
    components = Components(mean, _array(saved["shapes"]).reshape(-1, len(mean)))
    return TagLevel(components, tuple(None if one is None else hierarchical_from_dict(one) for one in saved["scores"]))


def _scoring_from(saved: Any) -> Scoring:
    statistics = tuple(
        Statistic(
            one["channel"],
            one["window"],
            tuple(Tail(tuple(tail["sizes"]), tail["exponent"]) for tail in one["tails"]),
            _array(one["inverse"]),
        )
        for one in saved["statistics"]
    )
    limit = saved["limit"]
    return Scoring(statistics, KindLimit(**{**limit, "parts": tuple(limit["parts"])}))


def _bands_from(saved: Any) -> Bands:
    covariance = {name: _array(values) for name, values in saved["covariance"].items()}
    covariance["common"] = covariance["common"].reshape(-1, len(covariance["sizes"]))
    return Bands(CourseCovariance(**covariance), _array(saved["factors"]))
