"""A Gaussian process of several quantities at once, for histories with many batches."""
