"""Whether history knows the place of a proposal."""
