"""MLflow: the log of runs, and the model in the form that MLflow serves."""
