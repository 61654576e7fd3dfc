"""MLflow: runs, and the model as MLflow serves it."""
