"""Decide on a proposed scale-up: scenarios before a batch is run, what to run next, and what a transfer still lacks."""
