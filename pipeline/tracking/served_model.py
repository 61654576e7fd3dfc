"""The model in the form that MLflow serves. MLflow logs this file by its path and runs it when the model is loaded.

The model is a copy of the files of a published run that a prediction needs. It answers a row as `scalebridge predict` answers a
proposal. It needs no database and reads no pickle.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModelContext

from pipeline.answers.predicting_run import read_by_a_prediction, read_predicting_run
from pipeline.domain.config_files import load
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.publication.bundle import open_part
from pipeline.tracking.served_answer import Cell, answered, output_columns, refused
from pipeline.tracking.served_columns import input_columns, proposal_of

PART = read_by_a_prediction(Places.under(Path()))
"""Files and folders of a published run that are logged with the model."""
PLANNED = "plan"
"""The horizon that can be served. Later horizons read records and results of the running batch."""


class ScalebridgeModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Predicts all quality attributes of planned batches, with intervals, or says why not."""

    def load_context(self, context: PythonModelContext) -> None:
        """Open the copy of the published run, and compare every file with the manifest.

        Raises ScalebridgeError if a file is damaged, or if the model was trained by other code than the one that is loaded.
        """
        bundle = open_part(Path(context.artifacts["run"]), PART)
        self.served = read_predicting_run(bundle)
        self.horizon: str = load(bundle.places.config, "horizon", str)
        self.columns = input_columns(self.served.process)

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, object] | None = None
    ) -> pd.DataFrame:
        """Answer each row. A row that cannot be answered has no number; its columns `status` and `reason` say why."""
        rows = [self._answer(row, f"row {number}") for number, row in enumerate(_rows(model_input), start=1)]
        return pd.DataFrame(rows, columns=list(output_columns(self.served)), index=model_input.index, dtype=object)

    def _answer(self, row: Mapping[str, object], place: str) -> dict[str, Cell]:
        try:
            if self.horizon != PLANNED:
                raise ScalebridgeError(
                    f"This model was trained for the horizon '{self.horizon}'. It reads records or results of the running batch, "
                    "which the served model does not take; serve a model of the horizon 'plan', or use `scalebridge predict`"
                )
            return answered(self.served, proposal_of(self.served.process, self.columns, row, place))
        except ScalebridgeError as error:
            return refused(self.served, str(error))
        except Exception as error:  # a mistake in the program costs this row alone
            said = " ".join(str(error).split())[:200]
            return refused(
                self.served, f"{place}: the program failed on this row ({type(error).__name__}: {said}); report it"
            )


def _rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """Rows of a table as plain values. A cell that pandas counts as missing is None."""
    return [{str(name): _plain(cell) for name, cell in row.items()} for row in table.to_dict(orient="records")]


def _plain(cell: Any) -> object:
    if not pd.api.types.is_scalar(cell):
        return cell
    return None if pd.isna(cell) else cell.item() if hasattr(cell, "item") else cell


mlflow.models.set_model(ScalebridgeModel())
