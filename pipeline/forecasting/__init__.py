"""Forecasts with calibrated intervals and chances, and the trained model of a process."""
