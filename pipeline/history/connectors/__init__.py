"""Connectors: read raw data from where it is kept."""
