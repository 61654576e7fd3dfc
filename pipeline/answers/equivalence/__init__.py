"""Whether two scales are equivalent for a quality attribute."""
