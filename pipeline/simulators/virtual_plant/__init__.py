"""The simulated plant that the default run learns from. Its true quality is known, so no code that learns may import it."""
