"""The model in the form that MLflow serves. MLflow logs this file by its path and runs it when the model is loaded."""

from pathlib import Path

import mlflow
import pandas as pd
import polars as pl
from mlflow.pyfunc import PythonModelContext

from pipeline.forecasting.trained_model import TrainedModel


class ScalebridgeModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Predicts all quality attributes with their intervals, in the units of the process definition."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the text files of the model."""
        self.served = TrainedModel.load(Path(context.artifacts["model"]))

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, object] | None = None
    ) -> pd.DataFrame:
        """Predict rows of features, which are in display units."""
        return self.served.predict(pl.from_pandas(model_input)).to_pandas()


mlflow.models.set_model(ScalebridgeModel())
