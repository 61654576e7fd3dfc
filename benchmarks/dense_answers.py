"""Forecasts of one dense set by the blend, with the processor time and the peak memory of this process.

    PYTHONPATH=<folder with pipeline/ and conf/> python benchmarks/dense_answers.py <set> <rows> <seed> <file>

`dense.py` runs it in a process of its own for each version of the library. The library and its configuration are those of the
folder.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from dense_sets import SETS

import pipeline
from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import parse, read_yaml
from pipeline.extrapolation.kinds import BEYOND_SCALE
from pipeline.forecasting.calibrated_model import fit_calibrated, forecast_table
from pipeline.forecasting.intervals import IntervalConfig, bounds
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.registry import ModelConfig

CONF = Path(str(pipeline.__file__)).parents[1] / "conf"


def main(name: str, rows: int, seed: int, file: Path) -> None:
    """Fit, forecast the rows beyond all scales, and write the figures as JSON."""
    own = SETS[name](rows, seed)
    model: ModelConfig = parse(ModelConfig, read_yaml(CONF / "model/scaleup.yaml"), "scaleup")
    interval: IntervalConfig = parse(IntervalConfig, read_yaml(CONF / "interval/rehearsed.yaml"), "rehearsed")
    loaded, start = _peak(), time.process_time()
    fitted = fit_calibrated(own.train, own.task, model, interval, seed, [BEYOND_SCALE])
    found = forecast_table(fitted, own.test, interval.levels)
    seconds = time.process_time() - start
    low, high = (found[column].to_numpy() for column in bounds(0.9))
    observed = own.test["observed"].to_numpy()
    assert isinstance(fitted.model, FittedSuperLearner)
    peak = _peak()
    figures = {
        "error": rmse(found["predicted"].to_numpy(), observed),
        "coverage": float(((low <= observed) & (observed <= high)).mean()),
        "width": float((high - low).mean()),
        "seconds": seconds,
        "loaded": loaded,
        "peak": peak,
        "members": [
            (member.kind, weight, rmse(own.task.clipped(member.predict(own.test)), observed))
            for member, weight in zip(fitted.model.members, fitted.model.weights[BEYOND_SCALE], strict=True)
        ],
    }
    file.write_text(json.dumps(figures), encoding="utf-8")


def rmse(predicted: FloatArray, observed: FloatArray) -> float:
    """Return the root mean square error."""
    return float(np.sqrt(((predicted - observed) ** 2).mean()))


def _peak() -> float:
    """Return the peak memory of this process so far [MiB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    name, rows, seed, file = sys.argv[1:]
    main(name, int(rows), int(seed), Path(file))
