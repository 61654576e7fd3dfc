"""Scenarios before a batch is run: effect of tolerances and lots on quality, ranges of the parameters, better settings."""
