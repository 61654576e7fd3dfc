"""How good the models are: scores, choice of model, past scale-ups, learning curve, importance, acceptance."""
