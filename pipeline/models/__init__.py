"""Models that learn a quality attribute from feature rows."""
