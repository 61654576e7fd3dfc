"""Spectra in the raw files."""
