"""Read dates, times of day and elapsed times, and place the records of a series in the process."""
