"""What a meeting needs of an answer, on one page."""
