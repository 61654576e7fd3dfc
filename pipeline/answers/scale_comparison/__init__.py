"""Which quantities stay alike between two scales, and what holding one costs."""
