"""A simulated plant with known truth: what the default run learns from. Nothing that learns may import it."""

from pipeline.plant.build import build

__all__ = ["build"]
