"""Simulated plants with known truth."""
