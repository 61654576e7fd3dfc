"""A blend of few and different models."""
