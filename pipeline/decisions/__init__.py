"""What follows from a trained model for one proposal: why, against which conflicts, how equivalent, on what record."""
