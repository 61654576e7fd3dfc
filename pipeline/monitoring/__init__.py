"""The running batch: its expected course, deviations from the path of good batches, their causes, and the quality it heads for."""
