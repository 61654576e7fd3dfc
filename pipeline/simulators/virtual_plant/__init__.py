"""A simulated plant with known truth: what the default run learns from. Nothing that learns may import it."""
