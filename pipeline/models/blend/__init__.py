"""A blend of a few different models."""
