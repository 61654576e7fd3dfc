"""Which quantities match between two scales, and what changes if one of them is held constant."""
