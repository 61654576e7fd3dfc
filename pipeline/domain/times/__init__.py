"""How dates, times of day and elapsed times are written in files, as the process definition declares it."""
