"""Checks of an installation and of its operation, with the evidence on one page."""
