"""The stage `train`: forecasts of hidden batches by every model, and final models that have learned the pot's formula."""

from itertools import pairwise

import numpy as np
import polars as pl

from pipeline.domain.places import Places
from pipeline.forecasting.trained_model import TrainedModel

LADDER = {"carry_over", "global_mean", "additive_table", "ridge", "answering"}


def test_train__every_model_forecasts_every_hidden_batch_once(project: Places) -> None:
    key = ["protocol", "fold", "batch_id"]
    hidden = pl.read_parquet(project.folds).filter(role="test").select(key).sort(key)
    forecasts = pl.read_parquet(project.forecasts)
    assert set(forecasts["model"]) == LADDER
    for (_,), own in forecasts.group_by("model"):
        assert own.select(key).sort(key).equals(hidden)


def test_train__a_forecast_lies_in_its_intervals_each_inside_the_next(project: Places) -> None:
    forecasts = pl.read_parquet(project.forecasts)
    order = ["lower_95", "lower_90", "lower_80", "predicted", "upper_80", "upper_90", "upper_95"]
    for inner, outer in pairwise(order):
        assert (forecasts[inner] <= forecasts[outer]).all(), (inner, outer)


def test_train__intervals_of_each_fold_say_on_how_many_groups_they_stand(project: Places) -> None:
    calibrations = pl.read_parquet(project.calibrations)
    folds = pl.read_parquet(project.folds).select("protocol", "fold").n_unique()
    assert calibrations.height >= folds * len(LADDER)
    assert np.allclose(calibrations["largest_level"], calibrations["groups"] / (calibrations["groups"] + 1))


def test_train__the_model_that_knows_the_formula_answers(project: Places) -> None:
    """Titre = 1 + (T − 310): a line in the temperature, which only the ridge model can see."""
    served = TrainedModel.load(project.model)
    assert set(pl.read_parquet(project.forecasts).filter(model="answering")["answered_by"]) == {"ridge"}
    assert served.choices["titre"][0] == served.finals["titre"].model.kind == "ridge"
    rows = pl.read_parquet(project.features).filter(pl.col("temperature") > 309.2)
    found = served.finals["titre"].predict(rows)
    assert np.abs(found - (rows["temperature"].to_numpy() - 309)).max() < 0.1
