"""A Gaussian model with partial pooling over crossed groupings."""
