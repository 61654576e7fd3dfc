"""A model that knows how wrong it was: forecasts with intervals and chances."""
