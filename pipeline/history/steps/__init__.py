"""Steps before the last: their batches, how these were pooled and split, and what they hand on to a batch of the last step."""
