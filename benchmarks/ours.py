"""Scalebridge as one of the compared methods: `pipeline.forecasting.calibrated_model` with `conf/model/scaleup.yaml`."""

from collections.abc import Callable

import polars as pl
from tablets_rows import ROOT

from pipeline.domain.config_files import parse, read_yaml
from pipeline.forecasting.calibrated_model import train_and_forecast
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig, Task

OURS = "Scalebridge"


def scalebridge(model: str = "scaleup", interval: str = "rehearsed") -> Callable[..., pl.DataFrame]:
    """Return the forecaster with intervals as configured in `conf/`: batch_id, predicted, lower_L, upper_L, answered and more."""
    chosen = parse(ModelConfig, read_yaml(ROOT / f"conf/model/{model}.yaml"), model)
    width = parse(IntervalConfig, read_yaml(ROOT / f"conf/interval/{interval}.yaml"), interval)

    def answer(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> pl.DataFrame:
        return train_and_forecast(train, test, task, chosen, width, seed)

    return answer
