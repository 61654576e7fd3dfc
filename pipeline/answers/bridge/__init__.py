"""Which causes change the predicted quality between the reference batches and the proposed batch."""
