"""The answer to a proposal, typed and versioned. One module per part of the answer."""
