"""A Gaussian model that pools partially over crossed groupings."""
