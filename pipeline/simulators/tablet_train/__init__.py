"""A simulated train of film-coated tablets by wet granulation, with known truth."""
