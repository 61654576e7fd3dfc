"""Assessment of models: scores, past scale-ups, learning curve, importance, acceptance."""
