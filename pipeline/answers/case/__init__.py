"""The proposed batch, made once from the proposal and passed to all parts of the answer."""
