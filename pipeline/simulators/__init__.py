"""Simulated plants, of which the true quality of every batch is known."""
