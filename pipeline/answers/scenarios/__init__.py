"""Scenarios before a batch is run: what tolerances and lots do to quality, where the edges are, and what to set instead."""
