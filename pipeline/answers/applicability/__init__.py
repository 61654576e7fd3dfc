"""Whether the batches of history cover a proposal."""
