"""Clients kept apart: which batches a run may learn from, and which names it may show."""
