"""Unit operations, one file each: their features, and the inputs that each feature needs."""
