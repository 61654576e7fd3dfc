"""Pulls: read a database, and add what came to the snapshot of a source."""
