"""A Gaussian model that reads whole spectra beside the other features."""
