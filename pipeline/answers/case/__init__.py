"""The proposed batch: made once from the proposal and handed down."""
