"""Gradient-boosted trees: learned by LightGBM, evaluated without it."""
