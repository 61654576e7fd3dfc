"""Notes: what a person should know of raw files, in sentences."""
