"""The model as MLflow runs it: code and text files, no pickle. Logged by path, so that it is read when it is served."""

from pathlib import Path

import mlflow
import pandas as pd
import polars as pl
from mlflow.pyfunc import PythonModelContext

from pipeline.forecasting.trained_model import TrainedModel


class ScalebridgeModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Predicts every quality attribute with its intervals, in the units of the process definition."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the model's text files."""
        self.served = TrainedModel.load(Path(context.artifacts["model"]))

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, object] | None = None
    ) -> pd.DataFrame:
        """Predict rows of features given in display units."""
        return self.served.predict(pl.from_pandas(model_input)).to_pandas()


mlflow.models.set_model(ScalebridgeModel())
