"""Assessment of models: scores, model choice, past scale-ups, learning curve, importance, acceptance."""
