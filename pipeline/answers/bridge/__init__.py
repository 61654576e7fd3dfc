"""What moves the predicted quality from the reference batches to the proposed batch."""
