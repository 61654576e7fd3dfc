"""Models that predict a quality attribute from feature rows."""
