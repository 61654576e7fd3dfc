"""Published runs: what a run is, how it is checked, and which one answers."""
